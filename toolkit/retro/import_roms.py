"""Finds ROMs that integrations know, by their hashes, and puts them where the integrations look."""

from __future__ import annotations

import enum
import io
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError
from toolkit.files import file_problem, folder_problem, read_file
from toolkit.limits import reason
from toolkit.retro.archive import DAMAGE, MAX_UNPACKED, archive_kind, extension_of, files_in, unreadable_archive
from toolkit.retro.data import list_games
from toolkit.retro.dumps import HEAD, identify, readings
from toolkit.retro.integrations import Integrations, user_folder
from toolkit.retro.rom_files import MAX_ROM, dump_problem, original_name, readable_hashes
from toolkit.retro.systems import system_of_game
from toolkit.retro.zip_members import open_member, open_zip
from toolkit.storage import write_whole

log = logging.getLogger(__name__)

# How deep archives may lie in one another.
MAX_DEPTH: Final = 3


class Outcome(enum.Enum):
    """What became of a file that was recognized."""

    IMPORTED = "imported"
    PRESENT = "already there"
    REFUSED = "refused"


@dataclass(frozen=True)
class Found:
    """A ROM that was recognized: in which file (and archive member), of which game, where it is now; or None and the
    reason why it was refused."""

    source: str
    game: str
    target: Path | None
    outcome: Outcome
    reason: str = ""


def known_hashes() -> dict[str, list[str]]:
    """Every hash in an integration's rom.sha, with the games that have it. One that cannot be read is left out, with a
    warning in the log: the other games are not its fault."""
    known: dict[str, list[str]] = {}
    for game in list_games(Integrations.ALL):
        for folder in Integrations.ALL.folders:
            path = folder / game / "rom.sha"
            for hash_ in readable_hashes(game, path) if os.path.isfile(path) else []:
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
    return sorted(_files_under(root))


def _files_under(root: Path) -> Iterator[Path]:
    """The files in a folder and those in it, which may be nested as deeply as anybody likes; links are no folders."""
    folders = [os.fspath(root)]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif os.path.isfile(entry.path):
                        yield Path(entry.path)
        except OSError as error:
            # Such as a path that is too long.
            name = folder if len(folder) <= 200 else f"{folder[:100]}...{folder[-100:]}"
            log.warning("the folder %s is left out: %s", name, error.strerror)


def skipped(path: Path) -> str | None:
    """Why nothing can be recognized in a file, as the end of a sentence that names it; None if something may be."""
    problem = file_problem(path)
    if problem is not None:
        return problem
    kind = archive_kind(path)
    return None if kind in (None, "zip") else unreadable_archive(str(kind))


def import_file(path: Path, known: dict[str, list[str]]) -> Iterator[Found]:
    """Imports what is recognized in one file, which may be a zip archive, with archives in it.

    Raises:
        ConfigError: A ROM cannot be written to where it belongs.
    """
    for source, extension, data in _contents(path):
        for hash_, rom in readings(data, extension):
            games = known.get(hash_, [])
            for game in games:
                yield _store(source, game, rom, extension)
            if games:
                break


def _contents(path: Path) -> Iterator[tuple[str, str, bytes]]:
    """The file, and if it is an archive what is in it: a description, an extension, the data. What cannot be read
    is no ROM."""
    try:
        data = read_file(path, 2 * MAX_ROM)
    except OSError:
        return
    yield from _Unpacker(path).unpacked(str(path), path.suffix[1:].lower(), data, MAX_DEPTH)


class _Unpacker:
    """Unpacks a file, with archives in archives, up to `MAX_UNPACKED` bytes: in a few kilobytes there may be more than
    could be hashed in a day."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left = MAX_UNPACKED

    def unpacked(self, source: str, extension: str, data: bytes, depth: int) -> Iterator[tuple[str, str, bytes]]:
        yield source, extension, data
        if not depth:
            return
        try:
            with open_zip(io.BytesIO(data)) as archive:
                for info in files_in(archive):
                    if info.file_size > MAX_ROM:
                        continue
                    with open_member(archive, info) as file:
                        member = file.read()
                    if not self._may_have(len(member)):
                        return
                    name = f"{source}: {info.filename}"
                    yield from self.unpacked(name, extension_of(info.filename), member, depth - 1)
        except (*DAMAGE, OSError):
            return

    def _may_have(self, size: int) -> bool:
        if self._left >= 0 > self._left - size:
            log.warning("%s unpacks to more than %d MiB; the rest is left out", self._path, MAX_UNPACKED >> 20)
        self._left -= size
        return self._left >= 0


def _store(source: str, game: str, data: bytes, extension: str) -> Found:
    head = data[:HEAD]
    system = system_of_game(game) or identify(head, extension)
    problem = dump_problem(system, extension, head)
    if system is None or problem is not None:
        return Found(source, game, None, Outcome.REFUSED, f"it {problem}")
    name = _original_name(game) or f"rom.{system.extensions[0]}"
    for folder in Integrations.ALL.folders:
        there = folder / game / name
        if file_problem(there) is None and there.stat().st_size == len(data) and there.read_bytes() == data:
            return Found(source, game, there, Outcome.PRESENT)
        if folder == user_folder() and os.path.lexists(there):
            # What is there hides the same ROM in later folders.
            break
    target = user_folder() / game / name
    try:
        write_whole(target, data)
    except OSError as error:
        raise ConfigError(f"cannot write {target}: {reason(error)}; set XDG_DATA_HOME to another folder") from error
    return Found(source, game, target, Outcome.IMPORTED)


def _original_name(game: str) -> str | None:
    """The name that a game's metadata.json gives its ROM."""
    try:
        return original_name(game, Integrations.ALL)
    except ConfigError as error:
        # Whoever plays the game will be told; here it would stop the import of all others.
        log.warning("%s has no other name for its ROM: %s", game, error)
        return None
