"""`RetroEmulator(rom)`: stable-retro's emulator, which finds the core by the ROM's name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from toolkit.retro.checks import check_rom
from toolkit.retro.legacy import LegacyEmulator
from toolkit.retro.memory import Memory
from toolkit.retro.rom_files import ARCADE, inspect
from toolkit.retro.scenario import MAX_PLAYERS
from toolkit.retro.systems import system_of_rom


class StartsFromRom:
    """What makes `RetroEmulator` with a single argument, a ROM, stable-retro's emulator."""

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        from toolkit.retro.emulator import RetroEmulator

        if cls is RetroEmulator and len(arguments) == 1 and not options:
            # No instance of this class, so that Python does not call __init__ on it.
            return open_rom(arguments[0])
        return super().__new__(cls, *arguments, **options)


def open_rom(rom: str | os.PathLike[str]) -> LegacyEmulator:
    """A console with this game, one frame after it was switched on; nothing else owns it, so `close` it.

    Raises:
        ConfigError: The file's extension is no console's, or the console has no core here.
        RomError: There is no such file, it is a damaged archive, or the core refuses it.
    """
    from toolkit.retro.libretro_machine import start_machine

    path = Path(check_rom(rom))
    console = system_of_rom(path)
    if console is ARCADE:
        # By its ending; but it may be an archive with a console's game, and FBNeo would only show that it knows none.
        console = inspect(path, None)[0] or ARCADE
    machine = start_machine(console, path, path.stem, MAX_PLAYERS, None, None, 30.0)
    emulator = LegacyEmulator(machine, Memory(machine.blocks, console.overlay, machine.write), MAX_PLAYERS)
    emulator.step()
    return emulator
