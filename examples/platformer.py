"""An agent plays hop, our platformer for the NES: one that has a script, or a random one.

    python examples/platformer.py                           the script, in MAME, for a minute
    python examples/platformer.py --backend libretro        several times faster; needs the core libretro-nestopia
    python examples/platformer.py --policy random --level 3
    python examples/platformer.py --render --throttle       to watch it, in MAME's window

Ctrl-C ends it at any time.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from tqdm import tqdm

from games.platformer import ACTIONS, BUTTONS, Environment, ScriptedPolicy
from toolkit.errors import ToolkitError

Policy = Callable[[Mapping[str, Any]], int]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backend", choices=BUTTONS, default="mame", help="the emulator (default: mame)")
    parser.add_argument("--core", metavar="NAME", help="libretro: another core than nestopia")
    parser.add_argument("--policy", choices=("scripted", "random"), default="scripted", help="(default: scripted)")
    parser.add_argument("--level", type=int, default=1, metavar="L", help="to begin with, 1 to 6 (default: 1)")
    parser.add_argument("--steps", type=int, metavar="N", help="stop after N steps")
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after S seconds (default: 60 without --steps)")
    parser.add_argument("--frame-ratio", type=int, default=4, metavar="N", help="emulated frames a step (default: 4)")
    parser.add_argument("--seed", type=int, default=0, help="of the random choices (default: 0)")
    parser.add_argument("--render", action="store_true", help="mame: open its window")
    parser.add_argument("--throttle", action="store_true", help="mame: run at the console's own speed")
    arguments = parser.parse_args()
    if arguments.seconds is None and arguments.steps is None:
        arguments.seconds = 60.0
    return arguments


def make_policy(arguments: argparse.Namespace) -> Policy:
    """A function from what the environment reads to the number of an action."""
    if arguments.policy == "scripted":
        return ScriptedPolicy()
    random = np.random.default_rng(arguments.seed)
    return lambda _data: int(random.integers(len(ACTIONS)))


def play(env: Environment, arguments: argparse.Namespace, tally: defaultdict[str, float]) -> None:
    """Steps until the time or the steps are up; counts in `tally` what happened."""
    policy = make_policy(arguments)
    env.start()
    begin, first_frame = time.monotonic(), env.emulator.frame_number
    with tqdm(total=arguments.steps, unit=" steps", dynamic_ncols=True, mininterval=0.5) as bar:
        while arguments.steps is None or tally["steps"] < arguments.steps:
            result = env.step(policy(env.data))
            tally["steps"] += 1
            tally["reward"] += result.reward["P1"]
            if result.round_done:
                tally["levels won"] += result.stage_done
                tally["lives lost"] += not result.stage_done
                tally["games"] += result.game_done
                env.reset()
            seconds = time.monotonic() - begin
            speed = (env.emulator.frame_number - first_frame) / seconds
            share = speed / env.emulator.refresh_rate
            where = f"level {env.level}, {env.lives} lives, x {env.data['x']}"
            bar.set_postfix_str(f"{speed:.0f} frames/s, {share:.0%} of real time, {where}", refresh=False)
            bar.update()
            if arguments.seconds is not None and seconds >= arguments.seconds:
                break


def main() -> None:
    arguments = parse_arguments()
    # What only one of the backends has is passed on only if it was asked for.
    asked = {name: getattr(arguments, name) for name in ("core", "render", "throttle") if getattr(arguments, name)}
    tally: defaultdict[str, float] = defaultdict(float)
    try:
        with Environment(
            "platformer", level=arguments.level, frame_ratio=arguments.frame_ratio, backend=arguments.backend, **asked
        ) as env:
            play(env, arguments, tally)
    except KeyboardInterrupt:
        print("stopped")
    except ToolkitError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(", ".join(f"{name}: {count:g}" for name, count in tally.items()))


if __name__ == "__main__":
    main()
