"""libretro cores, stepped from Python like any other emulator."""

from toolkit.retro.cores import CoreFile, find_core, list_cores
from toolkit.retro.emulator import RetroEmulator
from toolkit.retro.observation import MemoryArea, Observation

__all__ = ["CoreFile", "MemoryArea", "Observation", "RetroEmulator", "find_core", "list_cores"]
