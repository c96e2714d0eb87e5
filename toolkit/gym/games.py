"""The games that have an id in Gymnasium, and the options of each: for one environment and for vectors alike.

The games themselves are imported when one is made.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from toolkit.errors import ConfigError, RomError, UnknownGame
from toolkit.gym.preprocessing import Preprocessing
from toolkit.options import parameters, refuse_unknown

if TYPE_CHECKING:
    from toolkit.emulator import BaseEmulator
    from toolkit.environment import GameEnvironment
    from toolkit.gym.game_lane import GameLane
    from toolkit.gym.lane import Lane
    from toolkit.link import Slab

# Takes the slab and the row in it that observations go to, which not all lanes have a use for; without, the lane has
# one of its own. Those that are made here can be pickled.
MakeLane = Callable[..., "Lane"]
# bout needs no minute of warnings and logos, as the real game does.
BOUT_BOOT_FRAMES: Final = 60
BOUT_CHARACTERS: Final = ("Kai", "Bruna", "Tolo", "Vex")
PREPROCESSING: Final = tuple(field.name for field in fields(Preprocessing))
_LANE: Final = ("episode", "start_states")
# What an environment class tells its emulator by itself.
_SETTLED: Final = frozenset(("self", "game_id", "memory_addresses", "core", "rom"))


def lane_factory(game: str, **options: Any) -> MakeLane:
    """What makes lanes of a game; each call of it starts an emulator.

    Args:
        game: An id, or the name of an integration in gym-retro's format, such as "Airstriker-Genesis-v0".
        options: The game's.

    Raises:
        UnknownGame: There is no such id.
        ConfigError: Options that are wrong by themselves. What only the emulator can tell comes later.
    """
    check_options(game, options)
    if game in GAMES:
        return GAMES[game](**options)
    if "/" in game:
        raise UnknownGame(f"there is no game {game!r}; there are {', '.join(GAMES)}, and integrations by their names")
    make: MakeLane = importlib.import_module("toolkit.gym.retro_lane").make_retro(game, **options)
    return make


def check_options(game: str, options: Iterable[str], more: Iterable[str] = ()) -> None:
    """Refuses options that a game does not have.

    Args:
        game: As for `lane_factory`.
        options: Their names.
        more: Names that whoever makes the lanes takes besides.

    Raises:
        ConfigError: There is one; says which is meant.
    """
    refuse_unknown(options, _options(game).union(more), game)


def _options(game: str) -> frozenset[str]:
    if game == "toolkit/Platformer-v0":
        from games.platformer import Environment as Platformer
        from games.platformer.backends import BACKENDS

        return environment_options(Platformer, *BACKENDS.values()) | {"core"}
    if game in ("toolkit/Bout-v0", "toolkit/StreetFighter-v0"):
        from games.street_fighter import Environment

        return environment_options(Environment)
    lane = importlib.import_module("toolkit.gym.retro_lane").RetroLane
    return parameters(lane) - {"game", "preprocessing", "slab", "row"} | frozenset(PREPROCESSING)


def environment_options(
    environment: type[GameEnvironment], *emulators: type[BaseEmulator], more: Iterable[str] = ()
) -> frozenset[str]:
    """The options of lanes of an environment class, whose emulators are these, or MAME."""
    from toolkit.emulator import Emulator

    found = parameters(environment).union(PREPROCESSING, _LANE, more)
    return found.union(*(parameters(emulator) - _SETTLED for emulator in emulators or (Emulator,)))


def game_lanes(make: Callable[..., GameEnvironment], options: Mapping[str, Any]) -> Callable[..., GameLane]:
    """Makes lanes of an environment class.

    Args:
        make: Gets what is left of the options, `observation` among them, by keyword.
        options: Those of `Preprocessing`, `episode` and `start_states`, and the environment's own. A stack holds
            `frames_per_step` frames unless `stack_num` says otherwise.
    """
    own = dict(options)
    prepared = {name: own.pop(name) for name in PREPROCESSING if name in own}
    frames_per_step = own.setdefault("frames_per_step", 1)
    preprocessing = Preprocessing(**{"stack_num": frames_per_step, **prepared})
    lane: dict[str, Any] = {name: own.pop(name) for name in _LANE if name in own}

    return partial(_make_game_lane, make, preprocessing, lane, own)


def _make_game_lane(
    make: Callable[..., GameEnvironment],
    preprocessing: Preprocessing,
    lane: Mapping[str, Any],
    own: Mapping[str, Any],
    slab: Slab | None = None,
    row: int = 0,
) -> GameLane:
    from toolkit.gym.game_lane import GameLane

    del slab, row  # What MAME shows has to be converted in this process anyway.
    return GameLane(lambda observation: make(observation=observation, **own), preprocessing, **lane)


def _street_fighter(*, roms_path: Any = None, **options: Any) -> MakeLane:
    from games.street_fighter import Environment

    if roms_path is None:
        raise RomError(
            "toolkit/StreetFighter-v0 needs roms_path=, the folder with your own ROM set sfiii3n; toolkit/Bout-v0 is a "
            "free game on the same machine"
        )
    return game_lanes(partial(Environment, env_id="StreetFighter", roms_path=roms_path), options)


def _bout(*, character: str = "Kai", **options: Any) -> MakeLane:
    from games.homebrew import rom_path
    from games.street_fighter import Environment

    if character not in BOUT_CHARACTERS:
        raise ConfigError(f"character is one of {', '.join(BOUT_CHARACTERS)}, got {character!r}")
    chosen = {"boot_frames": BOUT_BOOT_FRAMES, "character": BOUT_CHARACTERS.index(character), **options}
    return game_lanes(partial(Environment, env_id="Bout", roms_path=rom_path("bout")), chosen)


def _platformer(*, backend: str | None = None, **options: Any) -> MakeLane:
    from games.platformer import Environment

    chosen = _platformer_backend() if backend is None else backend
    return game_lanes(partial(Environment, env_id="Platformer", backend=chosen), options)


def _platformer_backend() -> str:
    from games.platformer.backends import CORE
    from toolkit.retro.cores import find_core
    from toolkit.retro.program import find_program

    try:
        find_core(CORE)
        find_program()
    except ConfigError:
        return "mame"
    return "libretro"


def _airstriker(**options: Any) -> MakeLane:
    make: Callable[..., MakeLane] = importlib.import_module("toolkit.gym.retro_lane").make_airstriker
    return make(**options)


# Id -> what takes the options by keyword and returns what makes a lane.
GAMES: Final[dict[str, Callable[..., MakeLane]]] = {
    "toolkit/StreetFighter-v0": _street_fighter,
    "toolkit/Bout-v0": _bout,
    "toolkit/Platformer-v0": _platformer,
    "toolkit/Airstriker-v0": _airstriker,
}
