"""Makes vectors of environments by name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from toolkit.checks import check_integer
from toolkit.errors import ConfigError
from toolkit.gym.games import MakeLane, check_options, lane_factory
from toolkit.options import parameters
from toolkit.vector.env import LaneVectorEnv

# What of the options is LaneVectorEnv's; all others are the game's.
OPTIONS: Final = parameters(LaneVectorEnv) - {"makers"}


def make_vec(
    game: str | MakeLane | Sequence[str | MakeLane], num_envs: int | None = None, **options: Any
) -> LaneVectorEnv:
    """A vector of environments.

    Args:
        game: An id such as "toolkit/Bout-v0"; the name of an integration in gym-retro's format, such as
            "Airstriker-Genesis-v0"; what makes a lane; or a list of these, one for each environment, whose spaces must
            be equal.
        num_envs: How many; of a list its length, otherwise 1 unless given.
        options: Those of `LaneVectorEnv`, and the games' own; docs/gymnasium.md lists them.

    Raises:
        ConfigError: No such game, or options that there are not.
    """
    for one in [game] if isinstance(game, str) or not isinstance(game, Sequence) else game:
        if isinstance(one, str):
            check_options(one, options, {*OPTIONS, "num_envs"})
        elif not callable(one):
            raise ConfigError(f"a game is an id, the name of an integration or what makes a lane, got {one!r}")
    vector = {name: options.pop(name) for name in OPTIONS if name in options}
    if num_envs is not None:
        num_envs = check_integer("num_envs", num_envs, 1)
    if isinstance(game, Sequence) and not isinstance(game, str):
        if num_envs not in (None, len(game)):
            raise ConfigError(f"num_envs is {num_envs}, and there are {len(game)} games")
        return LaneVectorEnv([_maker(one, options) for one in game], **vector)
    return LaneVectorEnv([_maker(game, options)] * (num_envs or 1), **vector)


def _maker(game: str | MakeLane, options: dict[str, Any]) -> MakeLane:
    if not isinstance(game, str):
        return partial(game, **options) if options else game
    return lane_factory(game, **options)


# What Gymnasium calls for vectors of the ids.
street_fighter = partial(make_vec, "toolkit/StreetFighter-v0")
bout = partial(make_vec, "toolkit/Bout-v0")
platformer = partial(make_vec, "toolkit/Platformer-v0")
airstriker = partial(make_vec, "toolkit/Airstriker-v0")
