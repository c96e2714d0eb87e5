"""A random agent in Airstriker, a free game for the Mega Drive, with rounds and games as in the other environments.

    python examples/airstriker.py                     for a minute
    python examples/airstriker.py --steps 1000 --frame-ratio 2

Needs pip install stable-retro, which brings the game and its core. examples/retro_random.py shows the same game as
Gymnasium has it. Ctrl-C ends it at any time.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

import numpy as np
from tqdm import tqdm

from games.airstriker import Environment
from toolkit.errors import ToolkitError


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rom", metavar="FILE", help="the game's file (default: stable-retro's)")
    parser.add_argument("--steps", type=int, metavar="N", help="stop after N steps")
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after S seconds (default: 60 without --steps)")
    parser.add_argument("--frame-ratio", type=int, default=4, metavar="N", help="emulated frames a step (default: 4)")
    parser.add_argument("--seed", type=int, default=0, help="of the random choices (default: 0)")
    arguments = parser.parse_args()
    if arguments.seconds is None and arguments.steps is None:
        arguments.seconds = 60.0
    return arguments


def play(env: Environment, arguments: argparse.Namespace, tally: Counter[str]) -> None:
    """Random steps until the time or the steps are up; counts in `tally` what happened."""
    random = np.random.default_rng(arguments.seed)
    env.start()
    begin = time.monotonic()
    with tqdm(total=arguments.steps, unit=" steps", dynamic_ncols=True, mininterval=0.5) as bar:
        while arguments.steps is None or tally["steps"] < arguments.steps:
            _frame, reward, life_lost, _stage_done, game_done = env.step(*random.integers(env.action_counts))
            tally["steps"] += 1
            tally["points"] += int(reward["P1"])
            if life_lost:
                tally["lives lost"] += 1
                tally["games"] += game_done
                env.reset()
            bar.set_postfix_str(f"{tally['points']} points, {tally['lives lost']} lives lost", refresh=False)
            bar.update()
            if arguments.seconds is not None and time.monotonic() - begin >= arguments.seconds:
                break


def main() -> None:
    arguments = parse_arguments()
    tally: Counter[str] = Counter()
    try:
        with Environment("airstriker", arguments.rom, frame_ratio=arguments.frame_ratio) as env:
            play(env, arguments, tally)
    except KeyboardInterrupt:
        print("stopped")
    except ToolkitError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(", ".join(f"{name}: {count}" for name, count in tally.items()))


if __name__ == "__main__":
    main()
