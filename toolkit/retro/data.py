"""What is there to play: games, their states and scenarios, and where their files are."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from toolkit.errors import ConfigError
from toolkit.retro.checks import check_rom
from toolkit.retro.integrations import (
    DefaultIntegrations,
    Integrations,
    add_custom_integration,
    add_integrations,
    find_beside,
    find_file,
    has_game,
    stable_retro_data,
    unknown_game,
    user_folder,
)
from toolkit.retro.json_file import read_json
from toolkit.retro.legacy_data import GameData
from toolkit.retro.rom_files import console_of, expected_hashes, find_rom, hash_rom, open_rom, readable_hashes
from toolkit.retro.system_info import EMU_CORES, EMU_EXTENSIONS, EMU_INFO
from toolkit.retro.systems import system_of_game

__all__ = [
    "EMU_CORES",
    "EMU_EXTENSIONS",
    "EMU_INFO",
    "DefaultIntegrations",
    "GameData",
    "Integrations",
    "add_custom_integration",
    "add_integrations",
    "get_file_path",
    "get_known_hashes",
    "get_original_romfile_path",
    "get_romfile_path",
    "list_games",
    "list_scenarios",
    "list_states",
    "merge",
    "path",
    "verify_hash",
]

log = logging.getLogger(__name__)


def path() -> str:
    """The folder of an installed stable-retro's collections; the user's own where it is not installed."""
    return str(stable_retro_data() or user_folder())


def get_file_path(game: str, file: str, inttype: Integrations = Integrations.DEFAULT) -> str | None:
    """The path of a game's file; None if there is none. The game "" is the collections' folders themselves."""
    found = find_file(game, file, inttype) if game else find_beside(file, inttype)
    return None if found is None else str(found)


def get_romfile_path(game: str, inttype: Integrations = Integrations.DEFAULT) -> str:
    """The path of a game's ROM.

    Raises:
        RomError: There is none.
        UnknownGame: No such game.
    """
    return str(find_rom(game, inttype))


def get_original_romfile_path(game: str, inttype: Integrations = Integrations.DEFAULT) -> str:
    """The same as `get_romfile_path`, which goes by the name that the integration says, too."""
    return get_romfile_path(game, inttype)


def list_games(inttype: Integrations = Integrations.DEFAULT) -> list[str]:
    """The games that have an integration, whether or not their ROM is there."""
    found = set()
    for folder in inttype.folders:
        found |= {entry.parent.name for entry in folder.glob("*/rom.sha")} if os.path.isdir(folder) else set()
    return sorted(found)


def list_states(game: str, inttype: Integrations = Integrations.DEFAULT) -> list[str]:
    """The names of a game's start states."""
    return _names(game, inttype, "state", lambda file: not file.name.startswith("_"))


def list_scenarios(game: str, inttype: Integrations = Integrations.DEFAULT) -> list[str]:
    """The names of a game's scenarios: its JSON files that say what is rewarded, or when an episode is over."""
    return _names(game, inttype, "json", _is_scenario)


def _names(game: str, inttype: Integrations, extension: str, wanted: Callable[[Path], bool]) -> list[str]:
    # The name is checked by `find_file`.
    if find_file(game, "rom.sha", inttype) is None and not has_game(game, inttype):
        raise unknown_game(game, inttype)
    files = [file for folder in inttype.folders for file in (folder / game).glob(f"*.{extension}")]
    return sorted({file.name[: -len(extension) - 1] for file in files if wanted(file)})


def _is_scenario(file: Path) -> bool:
    try:
        return not {"reward", "rewards", "done"}.isdisjoint(read_json(file).value)
    except ConfigError:
        return False


def verify_hash(game: str, inttype: Integrations = Integrations.DEFAULT) -> list[tuple[str, str]]:
    """What is wrong with a game's ROM, as pairs of the game and a text; empty if nothing is."""
    rom = check_rom(find_rom(game, inttype))
    with open_rom(rom, console_of(game, rom)) as (extension, file):
        actual = hash_rom(file.read(), extension)
    return [] if actual in expected_hashes(game, inttype) else [(game, f"its ROM's SHA-1 is {actual}")]


def get_known_hashes() -> dict[str, tuple[str, str, str]]:
    """The games whose ROMs can be recognized: by SHA-1 the game, what its ROM file ends in, such as ".md", and the
    folder in which `merge` makes the game's. A rom.sha that cannot be read is left out, with a warning in the log.
    """
    known = {}
    for folder in Integrations.ALL.folders[::-1]:
        for path in sorted(folder.glob("*/rom.sha")):
            game = path.parent.name
            system = system_of_game(game)
            if system is not None:
                entry = game, f".{system.extensions[0]}", str(user_folder())
                known.update(dict.fromkeys(readable_hashes(game, path), entry))
    return known


def merge(*args: str | os.PathLike[str], quiet: bool = True) -> None:
    """Imports those of these files that are a known game's ROM, also inside zip archives, into the user's own folder.
    What is not recognized, or cannot be read, is passed over.

    Args:
        *args: The files' paths.
        quiet: Log nothing.

    Raises:
        ConfigError: A ROM cannot be written to where it belongs.
    """
    from toolkit.retro.import_roms import import_file, known_hashes

    known = known_hashes()
    for path in args:
        for found in import_file(Path(path), known):
            if not quiet:
                log.info("%s: %s, %s", found.game, found.outcome.value, found.target)
