"""Finds our ROMs: sets for arcade boards in a cache folder, filled on first use; cartridges where they are."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from games.homebrew import cps3
from toolkit.errors import RomError, UnknownGame
from toolkit.files import open_file
from toolkit.storage import cache_folder, write_whole

# Name of the ROM -> the plain program, relative to this folder.
_PROGRAMS = {"bout": Path("bout") / "bout.bin"}
# Name of the cartridge -> its file, relative to this folder: it is loaded as it is.
_CARTRIDGES = {"hop": Path("hop") / "hop.nes"}
# Part of the cache key: raise it when cps3.make_set changes what it makes of a program.
_SET_VERSION = b"sfiii3n 1"


def rom_names() -> list[str]:
    """The names that `rom_path` takes."""
    return sorted(_PROGRAMS | _CARTRIDGES)


def rom_path(name: str) -> Path:
    """A folder to give to MAME as ROM path: it holds what our game `name` is played from.

    For a cartridge (hop) that is the folder of its file in this package, which holds `hop.nes`. For an arcade game
    (bout) it holds `sfiii3n.zip` with our program in it. That is made on first use under `$XDG_CACHE_HOME` (or
    `~/.cache`) in `coinop-toolkit/roms/`, in a folder named after the program and a hash of its content. The archive
    is written under another name and then moved into place, so that many processes may call this at the same time.

    Raises:
        UnknownGame: No ROM has this name.
        RomError: The program is missing from the installation, or the cache folder cannot be written.
    """
    if name in _CARTRIDGES:
        return _cartridge(name)
    if name not in _PROGRAMS:
        raise UnknownGame(f"no ROM of ours is called {name!r}; there are: {', '.join(rom_names())}")
    source = Path(__file__).parent / _PROGRAMS[name]
    try:
        program = source.read_bytes()
    except OSError as error:
        raise RomError(f"the program of {name!r} cannot be read at {source}: {error}") from error
    digest = hashlib.sha256(_SET_VERSION + program).hexdigest()[:16]
    folder = cache_folder("roms") / f"{name}-{digest}"
    archive = folder / f"{cps3.SET_NAME}.zip"
    if not _is_whole(archive):
        try:
            write_whole(archive, cps3.make_set(program))
        except OSError as error:
            raise RomError(
                f"cannot write {archive}: {error}; set XDG_CACHE_HOME to a folder that can be written"
            ) from error
    return folder


def _is_whole(archive: Path) -> bool:
    """Whether an archive that is there lists the files of a set; what is in them is as it was written."""
    try:
        with open_file(archive) as file, zipfile.ZipFile(file) as packed:
            return {info.filename: info.file_size for info in packed.infolist()} == cps3.set_files()
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile):
        return False


def _cartridge(name: str) -> Path:
    file = Path(__file__).parent / _CARTRIDGES[name]
    if not file.is_file():
        raise RomError(f"the cartridge of {name!r} is missing from the installation: {file}")
    return file.parent
