"""Makes environments of the games that are here; the one place that says what to do when PettingZoo is missing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from toolkit.errors import ConfigError
from toolkit.options import refuse_unknown

if TYPE_CHECKING:
    from toolkit.pettingzoo.parallel import ParallelGame

_PARALLEL: Final = ("discrete", "mirror", "max_cycles", "max_episode_steps", "render_mode")


def bout(**options: Any) -> ParallelGame:
    """Our own fighting game, both sides.

    Args:
        options: `discrete`, `mirror`, `max_cycles` (or `max_episode_steps`) and `render_mode` of `ParallelGame`;
            `episode` and `start_states` of `toolkit.gym.GameLane`; those of `toolkit.gym.Preprocessing`; and those of
            `games.street_fighter.TwoPlayers`: `frame_ratio` (3), `frames_per_step` (1), `win_bonus`, `publish`, ...

    Raises:
        ConfigError: PettingZoo is not installed, an option that there is not, or a wrong value.
        LaunchError: MAME did not come up.
    """
    parallel_game()  # before anything else that is not there without it
    from games.homebrew import rom_path
    from toolkit.gym.games import BOUT_BOOT_FRAMES

    return _make("bout_v0", rom_path("bout"), {"boot_frames": BOUT_BOOT_FRAMES, **options})


def street_fighter(
    roms_path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]], **options: Any
) -> ParallelGame:
    """Street Fighter III: 3rd Strike, both sides, with the ROM set sfiii3n in `roms_path`; otherwise like `bout`.

    The way through the menus of the real game has not been tried; see `games.street_fighter.TwoPlayers`.
    """
    parallel_game()
    return _make("street_fighter_v0", roms_path, options)


def parallel_game() -> type[ParallelGame]:
    """The class.

    Raises:
        ConfigError: PettingZoo is not installed.
    """
    try:
        from toolkit.pettingzoo.parallel import ParallelGame
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pettingzoo", "gymnasium"):
            raise
        raise ConfigError("toolkit.pettingzoo needs PettingZoo: pip install 'coinop-toolkit[pettingzoo]'") from None
    return ParallelGame


def _make(name: str, roms_path: Any, options: Mapping[str, Any]) -> ParallelGame:
    from games.street_fighter import TwoPlayers
    from toolkit.gym.games import environment_options, game_lanes

    known = environment_options(TwoPlayers, more=_PARALLEL) - {"env_id", "roms_path"}
    refuse_unknown(options, known, f"toolkit.pettingzoo's {name}")
    own = dict(options)
    parallel = {key: own.pop(key) for key in _PARALLEL if key in own}

    return parallel_game()(game_lanes(partial(TwoPlayers, name, roms_path), own), name, **parallel)
