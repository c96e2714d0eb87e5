"""A random agent in a console game, as Gymnasium has it, until it is told to stop.

    python examples/retro_random.py                                     Airstriker, a free game that stable-retro brings
    python examples/retro_random.py SuperMarioBros-Nes --actions discrete     a game of yours; see toolkit import-roms
    python examples/retro_random.py --record movies                     then: toolkit render movies/... -o film.mp4

Needs pip install 'coinop-toolkit[retro]', and for its games and cores pip install stable-retro. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import sys
import time

from tqdm import tqdm

import toolkit.retro as retro
from toolkit.errors import ToolkitError


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("game", nargs="?", default="Airstriker-Genesis-v0", help="an integration's name")
    parser.add_argument("--state", help="a start state's name (default: the integration's)")
    parser.add_argument("--scenario", help="a scenario's name, or a JSON file")
    parser.add_argument("--core", help="a libretro core, by name or path")
    parser.add_argument("--players", type=int, default=1, metavar="N", help="how many play (default: 1)")
    parser.add_argument("--actions", choices=[kind.name.lower() for kind in retro.Actions], default="filtered")
    parser.add_argument("--record", metavar="FOLDER", help="write a movie of each episode")
    parser.add_argument("--steps", type=int, metavar="N", help="stop after N steps")
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after S seconds (default: 60 without --steps)")
    parser.add_argument("--seed", type=int, default=0, help="of the random choices (default: 0)")
    parser.add_argument("--render", action="store_true", help="open a window")
    arguments = parser.parse_args()
    if arguments.seconds is None and arguments.steps is None:
        arguments.seconds = 60.0
    return arguments


def play(env: retro.RetroEnv, arguments: argparse.Namespace) -> None:
    """Random steps until the time or the steps are up."""
    env.action_space.seed(arguments.seed)
    env.reset(seed=arguments.seed)
    begin = time.monotonic()
    episodes, total, best = 0, 0.0, 0.0
    with tqdm(total=arguments.steps, unit=" frames", dynamic_ncols=True, mininterval=0.5) as bar:
        while arguments.steps is None or bar.n < arguments.steps:
            _observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
            total += float(reward)
            bar.update()
            if terminated or truncated:
                episodes, best, total = episodes + 1, max(best, total), 0.0
                env.reset()
                bar.set_postfix_str(f"{episodes} episodes, best {best:g}, {info}", refresh=False)
            if arguments.seconds is not None and time.monotonic() - begin >= arguments.seconds:
                break
    print(f"{bar.n} frames, {episodes} episodes, best reward {max(best, total):g}")


def main() -> None:
    arguments = parse_arguments()
    try:
        with retro.make(
            arguments.game,
            arguments.state or retro.State.DEFAULT,
            scenario=arguments.scenario,
            use_restricted_actions=retro.Actions[arguments.actions.upper()],
            record=arguments.record or False,
            players=arguments.players,
            render_mode="human" if arguments.render else None,
            core=arguments.core,
        ) as env:
            play(env, arguments)
    except KeyboardInterrupt:
        print("stopped")
    except ToolkitError as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
