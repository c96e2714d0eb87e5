"""The consoles as stable-retro's tables have them: by name, by the ending of their ROMs, with their cores."""

from __future__ import annotations

import os
from typing import Any, Final

from toolkit.errors import ConfigError, UnknownSystem
from toolkit.retro.integrations import Integrations, find_file
from toolkit.retro.json_file import Node, read_json
from toolkit.retro.memory_search import TYPES
from toolkit.retro.rom_files import original_name
from toolkit.retro.systems import EXTENSIONS, SYSTEMS, System, system_of_rom


def _info(system: System) -> dict[str, Any]:
    info: dict[str, Any] = {
        "lib": system.cores[0],
        "ext": list(system.extensions),
        "buttons": list(system.buttons),
        "actions": [[list(combination) for combination in group] for group in system.combinations],
    }
    if system.name in TYPES:
        info["types"] = list(TYPES[system.name])
    if system.overlay[2] > 1:
        info["overlay"] = list(system.overlay)
    if system.ram_base:
        info["rambase"] = system.ram_base
    return info


EMU_INFO: Final = {name: _info(system) for name, system in SYSTEMS.items()}
EMU_CORES: Final = {name: f"{system.cores[0]}_libretro.so" for name, system in SYSTEMS.items()}
EMU_EXTENSIONS: Final = {f".{extension}": system.name for extension, system in EXTENSIONS.items()}


def get_system_info(system: str) -> dict[str, Any]:
    """What is known of a console: the name of its `lib` (the core), its ROMs' `ext`, its `buttons`, the `actions` that
    make sense, the `types` that searches consider, ...

    Raises:
        UnknownSystem: No console is called so.
    """
    return EMU_INFO[_system(system).name]


def get_core_path(corename: str) -> str:
    """The file of the core that runs a console's games here, by the console's name.

    Raises:
        UnknownSystem: No console is called so.
        ConfigError: None of its cores is installed.
    """
    from toolkit.retro.libretro_machine import choose_core

    return str(choose_core(_system(corename), None))


def get_romfile_system(rom_path: str | os.PathLike[str]) -> str:
    """The name of the console whose ROM this is, by the file's ending; the file need not be there.

    Raises:
        ConfigError: No console's ROM ends so.
    """
    return system_of_rom(os.fspath(rom_path)).name


def get_fbneo_rom_name(game: str, inttype: Integrations = Integrations.DEFAULT) -> str | None:
    """The name that an arcade game's ROM must have; None if any will do."""
    try:
        return original_name(game, inttype)
    except ConfigError:
        return None


def is_fbneo_game(game: str, inttype: Integrations = Integrations.DEFAULT) -> bool:
    """Whether the integration says that it is an arcade game for FBNeo."""
    system = _metadata(game, "system", inttype)
    return system is not None and system.value == "FBNeo"


def _metadata(game: str, name: str, inttype: Integrations) -> Node | None:
    path = find_file(game, "metadata.json", inttype)
    if path is None:
        return None
    try:
        return read_json(path).get(name)
    except ConfigError:
        return None


def _system(name: str) -> System:
    if name not in SYSTEMS:
        raise UnknownSystem(f"no console is called {name!r}; known are {', '.join(SYSTEMS)}")
    return SYSTEMS[name]
