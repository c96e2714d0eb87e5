"""Makes environments of the games that are here; the one place that says what to do when PettingZoo is missing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from toolkit.errors import ConfigError
from toolkit.gym.preprocessing import Preprocessing

if TYPE_CHECKING:
    from toolkit.pettingzoo.parallel import Episode, ParallelGame

# MAME draws only what is seen: one frame of nine costs less than three, and both players choose as often.
FRAME_RATIO = 9
# bout is there after a few frames; the real game needs its default.
BOUT_BOOT_FRAMES = 60


def bout(
    env_id: str = "bout",
    *,
    discrete: bool = False,
    mirror: bool = False,
    episode: Episode = "match",
    max_cycles: int | None = None,
    render_mode: str | None = None,
    **options: Any,
) -> ParallelGame:
    """Our own fighting game, both sides.

    Args:
        env_id: A name for this environment, of your choice.
        discrete, mirror, episode, max_cycles: As for `ParallelGame`.
        render_mode: None, "rgb_array", or "human", which opens MAME's window at the game's own speed.
        options: Those of `Preprocessing` (`grayscale`, `crop`, `resize`, `stack_num`, `channels_first`, `noop_max`,
            `reward_clipping`), and those of `games.street_fighter.TwoPlayers`: `frame_ratio` (9 emulated frames a step
            by default), `binary_path`, `timeout`, `publish`, ...

    Raises:
        ConfigError: PettingZoo is not installed, or a wrong value.
        TypeError: An option that there is not.
        LaunchError: MAME did not come up.
    """
    from games.homebrew import rom_path

    options = {"boot_frames": BOUT_BOOT_FRAMES, **options}
    chosen = {"discrete": discrete, "mirror": mirror, "episode": episode, "max_cycles": max_cycles}
    return _make("bout_v0", env_id, rom_path("bout"), render_mode, chosen, options)


def street_fighter(
    roms_path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    env_id: str = "street_fighter",
    *,
    discrete: bool = False,
    mirror: bool = False,
    episode: Episode = "match",
    max_cycles: int | None = None,
    render_mode: str | None = None,
    **options: Any,
) -> ParallelGame:
    """Street Fighter III: 3rd Strike, both sides, with the ROM set in `roms_path`; otherwise like `bout`.

    The way through the menus of the real game has not been tried; see `games.street_fighter.TwoPlayers`.
    """
    chosen = {"discrete": discrete, "mirror": mirror, "episode": episode, "max_cycles": max_cycles}
    return _make("street_fighter_v0", env_id, roms_path, render_mode, chosen, options)


def parallel_game() -> type[ParallelGame]:
    """The class.

    Raises:
        ConfigError: PettingZoo is not installed.
    """
    try:
        from toolkit.pettingzoo.parallel import ParallelGame
    except ModuleNotFoundError as error:
        if error.name not in ("pettingzoo", "gymnasium"):
            raise
        raise ConfigError("toolkit.pettingzoo needs PettingZoo: pip install 'coinop-toolkit[pettingzoo]'") from None
    return ParallelGame


def _make(
    name: str, env_id: str, roms_path: Any, render_mode: str | None, chosen: dict[str, Any], options: dict[str, Any]
) -> ParallelGame:
    from games.street_fighter import TwoPlayers

    game_class = parallel_game()
    prepared = {field.name for field in fields(Preprocessing)} & options.keys()
    preprocessing = Preprocessing(**{key: options.pop(key) for key in prepared})
    options = {"frame_ratio": FRAME_RATIO, "frames_per_step": 1, **options}
    if render_mode == "human":
        options = {"render": True, "throttle": True, **options}
    game = TwoPlayers(env_id, roms_path, **options)
    try:
        return game_class(game, name=name, preprocessing=preprocessing, render_mode=render_mode, **chosen)
    except BaseException:
        game.close()
        raise
