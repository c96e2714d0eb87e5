"""Console games: libretro cores, stepped like any other emulator, and the integrations of gym-retro and stable-retro.

`import toolkit.retro as retro` stands in for `import stable_retro as retro`.
"""

from typing import TYPE_CHECKING, Any

from toolkit.emulator.observation import Observation
from toolkit.retro import data
from toolkit.retro.cores import CoreFile, find_core, list_cores
from toolkit.retro.emulator import RetroEmulator
from toolkit.retro.enums import Actions, Observations, State
from toolkit.retro.factory import make
from toolkit.retro.legacy_movie import Movie
from toolkit.retro.movie import read_movie
from toolkit.retro.observation import MemoryArea
from toolkit.retro.system_info import (
    get_core_path,
    get_fbneo_rom_name,
    get_romfile_system,
    get_system_info,
    is_fbneo_game,
)

if TYPE_CHECKING:
    from toolkit.retro.env import RetroEnv

__all__ = [
    "Actions",
    "CoreFile",
    "MemoryArea",
    "Movie",
    "Observation",
    "Observations",
    "RetroEmulator",
    "RetroEnv",
    "State",
    "data",
    "find_core",
    "get_core_path",
    "get_fbneo_rom_name",
    "get_romfile_system",
    "get_system_info",
    "is_fbneo_game",
    "list_cores",
    "make",
    "read_movie",
]


def __getattr__(name: str) -> Any:
    # Gymnasium is an optional dependency, and takes a while to import.
    if name == "RetroEnv":
        from toolkit.retro.env import RetroEnv

        return RetroEnv
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
