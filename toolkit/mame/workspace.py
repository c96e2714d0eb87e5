"""A private folder per MAME process: its settings, its files, its way to the ROMs.

MAME runs inside this folder and is told relative names only. Folders of the user are reached through symbolic links,
so that a path may hold what MAME's path lists would take apart: semicolons, dollars, quotes, newlines.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError, RomError, UnknownGame
from toolkit.files import file_problem, folder_problem
from toolkit.limits import limit_error
from toolkit.link.folder import PrivateFolder

RomsPath = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
Media = Mapping[str, str | os.PathLike[str]]
PLUGIN_FOLDERS: Final = (
    Path(__file__).parent.parent / "lua_plugins",  # as installed
    Path(__file__).parent.parent.parent / "lua_plugins",  # in the repository
)
HASH_FOLDERS: Final = (
    Path("/usr/share/games/mame/hash"),
    Path("/usr/share/mame/hash"),
    Path("/usr/local/share/mame/hash"),
)
# MAME's own names have at most 20 letters; of very long ones it looks for look-alikes for minutes.
_NAME: Final = re.compile(r"[a-z0-9_]{1,32}")
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,8}")


def plugin_folder() -> Path:
    """The folder with boot.lua and our plugin."""
    for folder in PLUGIN_FOLDERS:
        if (folder / "boot.lua").is_file():
            return folder
    places = ", ".join(map(str, PLUGIN_FOLDERS))
    raise ConfigError(f"the Lua plugin is missing from this installation; looked in {places}")


class Workspace:
    """The folder of one MAME process; gone after `close`, or with the object."""

    def __init__(self) -> None:
        self.rom_folders: list[Path] = []
        self._folder = PrivateFolder()
        self.path = self._folder.path
        try:
            for name in ("home", "cfg", "nvram", "sta", "snap", "diff", "media"):
                self._make(name)
            self.output = self.path / "output.txt"
            self._link("plugins", plugin_folder())
        except BaseException:
            self.close()
            raise

    def _make(self, name: str) -> None:
        try:
            (self.path / name).mkdir()
        except OSError as error:
            tried = f"cannot make a folder in {self.path}"
            raise limit_error(error, tried) or ConfigError(f"{tried}: {error.strerror}") from error

    def _link(self, name: str, target: Path) -> None:
        try:
            (self.path / name).symlink_to(target.absolute())
        except OSError as error:
            tried = f"cannot make a link in {self.path}"
            raise limit_error(error, tried) or ConfigError(f"{tried}: {error.strerror}") from error

    def add_roms(self, roms_path: RomsPath) -> str:
        """Makes the ROM folders reachable; returns the value for MAME's -rompath."""
        try:
            given = [roms_path] if isinstance(roms_path, (str, os.PathLike)) else roms_path
            folders = [Path(folder) for folder in given]
        except TypeError:
            raise ConfigError(f"roms_path is a folder, or a list of folders, got {roms_path!r}") from None
        if roms_path == "":
            raise ConfigError("roms_path is empty; give the folder that holds the ROM sets ('.' for the current one)")
        names = []
        self.rom_folders = folders
        for number, folder in enumerate(folders):
            problem = folder_problem(folder)
            if problem is not None:
                raise RomError(f"the ROM folder {str(folder)!r} {problem}; give the folder that holds the ROM sets")
            names.append(f"roms{number}")
            self._link(names[-1], folder)
        return ";".join(names)

    def add_media(self, media: Media) -> list[str]:
        """Makes media files reachable; returns MAME's arguments for them, such as -cart media/cart.nes."""
        arguments = []
        if not isinstance(media, Mapping):
            raise ConfigError(f"media is a dict such as {{'cart': path}}, got {media!r}")
        for slot, given in media.items():
            if not isinstance(slot, str) or not _NAME.fullmatch(slot):
                raise ConfigError(f"{slot!r} is no name of a media slot; they are like 'cart', 'flop1', 'cdrom'")
            if not isinstance(given, (str, os.PathLike)):
                raise ConfigError(f"the file for media slot {slot!r} is a path, got {given!r}")
            path = Path(given)
            problem = file_problem(path)
            if problem is not None:
                raise RomError(f"the file for media slot {slot!r}, {str(path)!r}, {problem}")
            suffix = path.suffix if _SUFFIX.fullmatch(path.suffix) else ""
            self._link(f"media/{slot}{suffix}", path)
            arguments += [f"-{slot}", f"media/{slot}{suffix}"]
        return arguments

    def add_software_lists(self, binary: Path) -> str:
        """Makes MAME's software lists reachable where they are installed; returns the value for -hashpath."""
        for folder in (binary.parent / "hash", *HASH_FOLDERS):
            if folder.is_dir():
                self._link("hash", folder)
                break
        return "hash"

    def game_files(self, sets: Iterable[str]) -> list[Path]:
        """The files in the ROM folders that may belong to `sets`, packed or not, and the media files."""
        found = []
        for folder in sorted(self.path.glob("roms[0-9]*")):
            for name in sets:
                found += [path for path in (folder / f"{name}.zip", folder / f"{name}.7z") if path.is_file()]
                found += sorted(path for path in (folder / name).glob("**/*") if path.is_file())
        return [*found, *sorted((self.path / "media").iterdir())]

    def close(self) -> None:
        self._folder.close()


def check_game_id(game_id: str) -> str:
    """`game_id` if it can be the name of a machine: lower-case letters, digits and underscores.

    Raises:
        UnknownGame: It is something else, such as an option or a path.
    """
    if not isinstance(game_id, str) or not _NAME.fullmatch(game_id):
        raise UnknownGame(
            f"{game_id!r} is no MAME machine name; they are like 'sfiii3n' or 'pacman': list_games() shows them"
        )
    return game_id
