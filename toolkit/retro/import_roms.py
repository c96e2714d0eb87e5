"""Finds ROMs that integrations know, by their hashes, and puts them where the integrations look."""

from __future__ import annotations

import enum
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import ConfigError
from toolkit.files import file_problem, folder_problem
from toolkit.retro.archive import DAMAGE
from toolkit.retro.data import list_games
from toolkit.retro.integrations import Integrations, find_file, user_folder
from toolkit.retro.json_file import read_json
from toolkit.retro.rom_files import MAX_ROM, read_hashes, readings, stored_extension
from toolkit.retro.systems import EXTENSIONS
from toolkit.storage import write_whole

# What dumps are called besides; `smd` is an interleaved one.
OTHER_EXTENSIONS = ("smd", "gen", "smc", "rom", "32x", "a26", "fds")


class Outcome(enum.Enum):
    """What became of a file that was recognized."""

    IMPORTED = "imported"
    PRESENT = "already there"


@dataclass(frozen=True)
class Found:
    """A ROM that was recognized: in which file (and archive member), of which game, where it is now."""

    source: str
    game: str
    target: Path
    outcome: Outcome


def known_hashes() -> dict[str, list[str]]:
    """Every hash in an integration's rom.sha, with the games that have it.

    Raises:
        ConfigError: A rom.sha cannot be read.
    """
    known: dict[str, list[str]] = {}
    for game in list_games(Integrations.ALL):
        for folder in Integrations.ALL.folders:
            path = folder / game / "rom.sha"
            if os.path.isfile(path):
                for hash_ in read_hashes(path):
                    games = known.setdefault(hash_, [])
                    if game not in games:
                        games.append(game)
    return known


def candidates(folder: str | os.PathLike[str]) -> list[Path]:
    """The files under `folder` (or that file itself) that may be ROMs or archives.

    Raises:
        ConfigError: There is no such folder, or it cannot be read.
    """
    root = Path(folder)
    if os.path.isfile(root):
        return [root]
    problem = folder_problem(root)
    if problem is not None:
        raise ConfigError(f"the folder {root} {problem}; name one that has ROM files or zip archives in it")
    return sorted(path for path in root.rglob("*") if os.path.isfile(path))


def import_file(path: Path, known: dict[str, list[str]]) -> Iterator[Found]:
    """Imports what is recognized in one file, which may be a zip archive.

    Raises:
        ConfigError: A ROM cannot be written to where it belongs.
    """
    for source, extension, data in _contents(path):
        for hash_, rom in readings(data, extension):
            games = known.get(hash_, [])
            for game in games:
                yield _store(source, game, rom)
            if games:
                break


def _contents(path: Path) -> Iterator[tuple[str, str, bytes]]:
    """The file, and if it is an archive what is in it: a description, an extension, the data. What cannot be read
    is no ROM."""
    try:
        if path.stat().st_size > 2 * MAX_ROM:
            return
        data = path.read_bytes()
    except OSError:
        return
    yield str(path), path.suffix[1:].lower(), data
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                extension = os.path.splitext(info.filename)[1][1:].lower()
                if not info.is_dir() and info.file_size <= MAX_ROM and extension in (*EXTENSIONS, *OTHER_EXTENSIONS):
                    with archive.open(info) as file:
                        member = file.read(MAX_ROM + 1)
                    yield f"{path}: {info.filename}", extension, member
    except (*DAMAGE, OSError):
        return


def _store(source: str, game: str, data: bytes) -> Found:
    name = _file_name(game)
    for folder in Integrations.ALL.folders:
        there = folder / game / name
        if file_problem(there) is None and there.stat().st_size == len(data) and there.read_bytes() == data:
            return Found(source, game, there, Outcome.PRESENT)
    target = user_folder() / game / name
    try:
        write_whole(target, data)
    except OSError as error:
        raise ConfigError(f"cannot write {target}: {error.strerror}; set XDG_DATA_HOME to another folder") from error
    return Found(source, game, target, Outcome.IMPORTED)


def _file_name(game: str) -> str:
    metadata = find_file(game, "metadata.json", Integrations.ALL)
    named = None if metadata is None else read_json(metadata).get("original_rom_name")
    if named is not None and os.path.basename(named.text()) == named.text():
        return named.text()
    return f"rom.{stored_extension(game) or 'bin'}"
