"""toolkit demo: a random agent in the Street Fighter environment, on the bundled game."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from toolkit.cli.options import add_binary

if TYPE_CHECKING:
    from toolkit.cli.film import Frame

HELP = "let a random agent fight through the Street Fighter environment, and film it; ends by itself"

# Of the machine sfiii3n, by MAME's -listxml.
REFRESH: Final = 59.599491
# Before, a speed would say nothing.
MEASURABLE: Final = 0.5
FILM_SECONDS: Final = 12.0
FILM_NAME: Final = "fight.gif"
PICTURE_NAME: Final = "fight.png"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=40.0, help="how long to fight (default: 40)")
    parser.add_argument("--output", type=Path, default=Path("demo"), help="folder for the pictures (default: ./demo)")
    parser.add_argument("--seed", type=int, default=None, help="seed of the random agent (default: another each time)")
    parser.add_argument("--difficulty", type=int, default=0, help="the opponent's, 0 to 7 (default: 0)")
    parser.add_argument("--roms", type=Path, help="folder with your own sfiii3n set (default: the bundled game)")
    parser.add_argument("--render", action="store_true", help="show MAME's window, at the game's own speed")
    add_binary(parser)


def run(args: argparse.Namespace) -> int:
    from games.homebrew import rom_path
    from games.street_fighter import Environment
    from toolkit.cli.film import make_folder, write_gif, write_png

    folder = make_folder(args.output)
    roms = args.roms if args.roms is not None else rom_path("bout")
    menus = "the menus, half a minute at the game's own speed" if args.render else "the menus"
    print(f"Starting MAME's sfiii3n and going through {menus} ...", flush=True)
    with Environment(
        "demo", roms, args.difficulty, render=args.render, throttle=args.render, binary_path=args.binary
    ) as environment:
        show = Show(environment, args.seconds, args.seed)
        show.run()
        summary = show.summary()
        aspect = environment.emulator.aspect_ratio
    film, picture = folder / FILM_NAME, folder / PICTURE_NAME
    write_gif(film, show.film, show.frames_per_second, aspect_ratio=aspect)
    write_png(picture, show.picture, aspect_ratio=aspect)
    print(summary)
    print(f"The agent's best round, its end: {film.absolute()}")
    print(f"Its best hit:                    {picture.absolute()}")
    return 0


class Show:
    """A random agent's fights for some seconds, and the end of its best round on film."""

    def __init__(self, environment: Any, seconds: float, seed: int | None) -> None:
        import random

        from toolkit.cli.film import Reel

        self.environment = environment
        self.seconds = seconds
        self.random = random.Random(seed)
        ratio: int = environment.emulator.frame_ratio
        self.frames_per_second = REFRESH / ratio
        self.film: list[Frame] = []
        self.picture: Frame
        self.games = self.rounds = self.steps = 0
        self.top_stage = 1
        self._reel = Reel(FILM_SECONDS, self.frames_per_second)
        self._best = float("-inf")
        self._round_reward = 0.0
        self._hit: tuple[float, Frame] | None = None
        self._elapsed = 1e-9

    def run(self) -> None:
        """Fights until the time is over."""
        import time

        from toolkit.cli.progress import ProgressLine

        line = ProgressLine()
        environment = self.environment
        self._film(environment.start(), 0.0)
        start, self._first_frame = time.monotonic(), environment.emulator.frame_number
        while (elapsed := time.monotonic() - start) < self.seconds:
            result = environment.step(*(self.random.randrange(count) for count in environment.action_counts))
            self.steps += 1
            self._film(result.frames, result.reward["P1"])
            if result.round_done:
                self._cut()
                self.rounds += 1
                self.games += result.game_done
                self._film(environment.reset(), 0.0)
                self.top_stage = max(self.top_stage, environment.stage)
            if line.due() and elapsed > MEASURABLE:
                self._elapsed = elapsed
                line.show(self._progress())
        self._elapsed = time.monotonic() - start
        line.end(self._progress())
        self._cut(only_if_none=True)

    def summary(self) -> str:
        return (
            f"{self.rounds} rounds, {self.games} games, stage {self.top_stage} reached: "
            f"{self._frames_run() / REFRESH:.0f} s of the game in {self._elapsed:.0f} s."
        )

    def _film(self, frames: Any, reward: float) -> None:
        self._reel.add(frames)
        self._round_reward += reward
        if self._hit is None or reward > self._hit[0]:
            self._hit = (reward, frames[-1])

    def _cut(self, only_if_none: bool = False) -> None:
        """Keeps the round that has just ended if it is the agent's best so far."""
        frames = self._reel.cut()
        if self._hit is not None and self._round_reward > self._best and not (only_if_none and self.film):
            self._best, self.film, self.picture = self._round_reward, frames, self._hit[1]
        self._round_reward, self._hit = 0.0, None

    def _frames_run(self) -> int:
        frames: int = self.environment.emulator.frame_number - self._first_frame
        return frames

    def _progress(self) -> str:
        frames = self._frames_run()
        rate = frames / self._elapsed
        return (
            f"{self._elapsed:4.0f}/{self.seconds:.0f} s   {self.steps} steps   {frames} frames   {rate:.0f} frames/s   "
            f"{100 * rate / REFRESH:.0f} % of real time   stage {self.environment.stage}   "
            f"round {self.rounds + 1}   games over: {self.games}"
        )
