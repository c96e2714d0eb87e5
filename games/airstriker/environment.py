"""One ship against waves of others."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from toolkit.emulator import Action, Address, BaseEmulator
from toolkit.environment import GameEnvironment, Press, Result, SequenceStep, Wait
from toolkit.options import parameters, refuse_unknown
from toolkit.retro import RetroEmulator
from toolkit.retro.data import get_romfile_path

GAME: Final = "Airstriker-Genesis-v0"
# The game reads words from odd addresses, which a real machine would stop at: so it does when a ship explodes.
OPTIONS: Final = {"genesis_plus_gx_addr_error": "disabled"}
# What the ship is doing, as the integration's variable "gameover" says: 0 to 2 while it explodes, and 0 in the menus.
EXPLODING: Final = 2
DIRECTIONS: Final = (
    ("LEFT",),
    ("LEFT", "UP"),
    ("UP",),
    ("RIGHT", "UP"),
    ("RIGHT",),
    ("RIGHT", "DOWN"),
    ("DOWN",),
    ("LEFT", "DOWN"),
    (),
)


class Environment(GameEnvironment):
    """Airstriker: a round is a life, and a game has four of them.

    Args:
        env_id: A name for this environment, of your choice.
        rom: The ROM file; by default that of an installed stable-retro, which brings this free game.
        frame_ratio: How many emulated frames one step of the emulator takes.
        frames_per_step: How many frames a `step` returns, each after `frame_ratio` emulated ones.
        core: The libretro core.
        emulator_options: Passed on to the emulator: `timeout`, `publish`, ...

    `step(move, fire)`: `move` is 0-7 for the directions, from left on clockwise, and 8 for none; `fire` is 0 or 1;
    a shot needs the button to be let go first.
    Rewards are `{"P1": x}`, where x is what the score rose by.
    """

    game_id: ClassVar[str] = GAME
    # The places are those of the integration, and were found by its authors.
    addresses: ClassVar[Mapping[str, Address]] = {
        "score": Address(0xFF024E, ">u4"),
        "lives": Address(0xFF025A, ">u2"),
        "ship": Address(0xFF0266, ">u2"),
    }
    action_counts: ClassVar[tuple[int, ...]] = (len(DIRECTIONS), 2)

    def __init__(
        self,
        env_id: str,
        rom: str | os.PathLike[str] | None = None,
        frame_ratio: int = 4,
        frames_per_step: int = 1,
        *,
        core: str = "genesis_plus_gx",
        **emulator_options: Any,
    ) -> None:
        self._core = core
        path = get_romfile_path(GAME) if rom is None else rom
        super().__init__(env_id, Path(path), frame_ratio, frames_per_step, **emulator_options)

    def make_emulator(self, env_id: str, roms_path: Any, frame_ratio: int, **options: Any) -> BaseEmulator:
        refuse_unknown(options, parameters(type(self)) | parameters(RetroEmulator), type(self).__name__)
        given = options.pop("options", None) or {}
        return RetroEmulator(
            self._core, roms_path, self.addresses, frame_ratio, env_id=env_id, options={**OPTIONS, **given}, **options
        )

    def start_sequence(self) -> Sequence[SequenceStep]:
        # Two logos, and then the title waits for START; B chooses the first line of the menus after it.
        return [Wait(450), *self._menus()]

    def game_sequence(self) -> Sequence[SequenceStep]:
        # The title is back 101 frames after the last ship began to explode.
        return [Wait(200), *self._menus()]

    def _menus(self) -> list[SequenceStep]:
        fire = Press([_press("B")], 4)
        return [Press([_press("START")], 4), Wait(90), fire, Wait(60), fire]

    def actions(self, *choice: int) -> Sequence[Action]:
        move, fire = choice
        return [_press(name) for name in (*DIRECTIONS[move], *(("B",) if fire else ()))]

    def playing(self, data: Mapping[str, Any]) -> bool:
        return bool(data["ship"] > EXPLODING)

    def reward(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, float]:
        # A new game begins with a score of 0 again.
        return {"P1": float(max(0, after["score"] - before.get("score", 0)))}

    def result(self, data: Mapping[str, Any]) -> Result:
        # "lives" are those in reserve: it is 0 while the last one is played.
        return Result(game_done=data["lives"] == 0)


def _press(button: str) -> Action:
    return Action(":joypad1", button)
