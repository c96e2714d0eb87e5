"""Two policies against each other in bout, our own fighting game: both sides of a PettingZoo environment.

    python examples/self_play.py                           random against random, for a minute
    python examples/self_play.py --p1 scripted             one that looks at the game's memory against a random one
    python examples/self_play.py --p2 scripted --render    the same from the other side, to watch it

Needs `pip install '.[pettingzoo]'`. Ctrl-C ends it at any time.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, ClassVar

from tqdm import tqdm

from games.homebrew import rom_path
from games.homebrew.bout import ADDRESSES
from games.homebrew.bout.policies import ATTACKS, DIRECTIONS, scripted_buttons
from games.street_fighter import TwoPlayers
from toolkit.emulator import Address
from toolkit.errors import ToolkitError
from toolkit.gym.games import BOUT_BOOT_FRAMES, game_lanes
from toolkit.pettingzoo import ParallelGame

Choice = tuple[int, int]
# Gets the infos' "values", as if it were player 1.
Policy = Callable[[Mapping[str, int], Random], Choice]

# What a policy of bout's holds, as numbers of a move and an attack.
CHOICES = {frozenset(move + attack): (m, a) for m, move in enumerate(DIRECTIONS) for a, attack in enumerate(ATTACKS)}
OTHER = {"P1": "P2", "P2": "P1"}


class Bout(TwoPlayers):
    """Two players, and in the infos what the scripted policy looks at."""

    addresses: ClassVar[Mapping[str, Address]] = {
        **TwoPlayers.addresses,
        **{name + p: Address(*ADDRESSES[name + p]) for name in ("x", "distance", "act", "move") for p in OTHER},
    }


def play_at_random(values: Mapping[str, int], random: Random) -> Choice:
    return random.randrange(len(DIRECTIONS)), random.randrange(len(ATTACKS))


def play_by_script(values: Mapping[str, int], random: Random) -> Choice:
    return CHOICES[frozenset(scripted_buttons(values, random))]


POLICIES: dict[str, Policy] = {"random": play_at_random, "scripted": play_by_script}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for player in ("p1", "p2"):
        parser.add_argument(f"--{player}", choices=POLICIES, default="random", help="its policy (default: random)")
    parser.add_argument("--steps", type=int, metavar="N", help="stop after N steps")
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after S seconds (default: 60 without --steps)")
    parser.add_argument("--frame-ratio", type=int, default=9, metavar="N", help="emulated frames a step (default: 9)")
    parser.add_argument("--seed", type=int, default=0, help="of the random choices (default: 0)")
    parser.add_argument("--render", action="store_true", help="open a window")
    arguments = parser.parse_args()
    if arguments.seconds is None and arguments.steps is None:
        arguments.seconds = 60.0
    return arguments


def make_environment(arguments: argparse.Namespace) -> ParallelGame:
    """`toolkit.pettingzoo.bout()` is all it takes, but for the memory that the scripted policy reads."""

    def make_game(**options: Any) -> Bout:
        return Bout("self-play", rom_path("bout"), boot_frames=BOUT_BOOT_FRAMES, **options)

    options = {"frame_ratio": arguments.frame_ratio, "episode": "game"}
    return ParallelGame(game_lanes(make_game, options), "bout_v0", render_mode="human" if arguments.render else None)


def as_seen_by(player: str, values: Mapping[str, int]) -> Mapping[str, int]:
    """`values` with the players' names exchanged for the second one."""
    if player == "P1":
        return values
    return {name[:-2] + OTHER[name[-2:]] if name[-2:] in OTHER else name: value for name, value in values.items()}


def play(env: ParallelGame, arguments: argparse.Namespace, tally: Counter[str]) -> None:
    """Matches until the time or the steps are up; counts in `tally` who won them."""
    policies = {"P1": POLICIES[arguments.p1], "P2": POLICIES[arguments.p2]}
    random = Random(arguments.seed)
    _, infos = env.reset(seed=arguments.seed)
    begin = time.monotonic()
    with tqdm(total=arguments.steps, unit=" steps", dynamic_ncols=True, mininterval=0.5) as bar:
        while arguments.steps is None or tally["steps"] < arguments.steps:
            actions = {
                player: policies[player](as_seen_by(player, infos[player]["values"]), random) for player in env.agents
            }
            _, rewards, _, _, infos = env.step(actions)
            tally["steps"] += 1
            tally["reward of P1"] += int(rewards["P1"])
            if not env.agents:
                # An emulator that died ends a match that nobody has won.
                if infos["P1"].get("game_done"):
                    values = infos["P1"]["values"]
                    tally["P1 won" if values["winsP1"] > values["winsP2"] else "P2 won"] += 1
                _, infos = env.reset()
            bar.set_postfix_str(f"P1 won {tally['P1 won']}, P2 won {tally['P2 won']}", refresh=False)
            bar.update()
            if arguments.seconds is not None and time.monotonic() - begin >= arguments.seconds:
                break


def main() -> None:
    arguments = parse_arguments()
    tally: Counter[str] = Counter()
    try:
        with make_environment(arguments) as env:
            play(env, arguments, tally)
    except KeyboardInterrupt:
        print("stopped")
    except ToolkitError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    print(", ".join(f"{name}: {count}" for name, count in tally.items()))


if __name__ == "__main__":
    main()
