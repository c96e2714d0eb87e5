"""A random agent in the Street Fighter environment, one step after the other until it is told to stop.

    python examples/random_agent.py                                  bout, our own game, for a minute
    python examples/random_agent.py --roms ~/roms --difficulty 5     the real game, if you own it
    python examples/random_agent.py --render --throttle              to watch it

Ctrl-C ends it at any time.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

import numpy as np
from tqdm import tqdm

from games.homebrew import rom_path
from games.street_fighter import Environment
from toolkit.errors import ToolkitError


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--roms", metavar="PATH", help="folder with the ROM set sfiii3n (default: bout, our own game)")
    parser.add_argument("--steps", type=int, metavar="N", help="stop after N steps")
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after S seconds (default: 60 without --steps)")
    parser.add_argument("--difficulty", type=int, default=3, metavar="D", help="0 to 7 (default: 3)")
    parser.add_argument("--frame-ratio", type=int, default=3, metavar="N", help="emulated frames a frame (default: 3)")
    parser.add_argument("--frames-per-step", type=int, default=3, metavar="N", help="frames a step (default: 3)")
    parser.add_argument("--seed", type=int, default=0, help="of the random choices (default: 0)")
    parser.add_argument("--render", action="store_true", help="open the emulator's window")
    parser.add_argument("--throttle", action="store_true", help="run at the machine's own speed")
    parser.add_argument("--sound", action="store_true", help="play its sound")
    arguments = parser.parse_args()
    if arguments.seconds is None and arguments.steps is None:
        arguments.seconds = 60.0
    return arguments


def play(env: Environment, arguments: argparse.Namespace, tally: Counter[str]) -> None:
    """Random steps until the time or the steps are up; counts in `tally` what happened."""
    random = np.random.default_rng(arguments.seed)
    move_count, attack_count = env.action_counts
    env.start()
    emulator = env.emulator
    begin, first_frame = time.monotonic(), emulator.frame_number
    with tqdm(total=arguments.steps, unit=" steps", dynamic_ncols=True, mininterval=0.5) as bar:
        while arguments.steps is None or tally["steps"] < arguments.steps:
            _frames, reward, round_done, stage_done, game_done = env.step(
                random.integers(move_count), random.integers(attack_count)
            )
            tally["steps"] += 1
            tally["reward"] += int(reward["P1"])
            tally["best stage"] = max(tally["best stage"], env.stage)
            if round_done:
                tally["rounds"] += 1
                tally["stages won"] += stage_done
                tally["games"] += game_done
                env.reset()
            seconds = time.monotonic() - begin
            speed = (emulator.frame_number - first_frame) / seconds
            share = speed / emulator.refresh_rate
            bar.set_postfix_str(f"{speed:.0f} frames/s, {share:.0%} of real time, stage {env.stage}", refresh=False)
            bar.update()
            if arguments.seconds is not None and seconds >= arguments.seconds:
                break


def main() -> None:
    arguments = parse_arguments()
    tally: Counter[str] = Counter()
    try:
        with Environment(
            "random-agent",
            arguments.roms or rom_path("bout"),
            difficulty=arguments.difficulty,
            frame_ratio=arguments.frame_ratio,
            frames_per_step=arguments.frames_per_step,
            render=arguments.render,
            throttle=arguments.throttle,
            sound=arguments.sound,
        ) as env:
            play(env, arguments, tally)
    except KeyboardInterrupt:
        print("stopped")
    except ToolkitError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(", ".join(f"{name}: {count}" for name, count in tally.items()))


if __name__ == "__main__":
    main()
