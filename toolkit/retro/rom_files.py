"""ROM files: what they hash to, and which of them belongs to which game."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from toolkit.errors import ConfigError, RomError
from toolkit.files import decode_text, file_problem, open_file, read_file, unreadable
from toolkit.limits import reason
from toolkit.retro.archive import NotOneGame, archive_kind, extension_of, open_game
from toolkit.retro.dumps import HEAD, NES_HEADERS, identify
from toolkit.retro.integrations import Integrations, find_file, has_game, own_folders, unknown_game
from toolkit.retro.json_file import read_json
from toolkit.retro.systems import EXTENSIONS, FILES, SYSTEMS, System, system_of_game

log = logging.getLogger(__name__)

# The largest cartridge there was; disc images are not copied about.
MAX_ROM: Final = 2**25 + 2**9
# Bytes of a rom.sha.
MAX_HASHES: Final = 2**20
ARCADE: Final = SYSTEMS["FBNeo"]
# What a game's ROM may end in.
ENDINGS: Final = (*FILES, "zip", "7z")
# Bytes of a file's name on all usual file systems, less those that `write_whole` adds.
MAX_NAME: Final = 200
# What files in an archive end in that are games of consoles. u1 is also what arcade boards' sets call a chip.
CARTRIDGES: Final = [ending for ending in FILES if ending not in (*ARCADE.files, "u1")]


def hash_rom(data: bytes, extension: str) -> str:
    """The SHA-1 that a rom.sha has of a ROM: that of a `nes` file leaves its header out."""
    return hashlib.sha1(data[16:] if extension == "nes" else data).hexdigest()


def expected_hashes(game: str, integrations: Integrations) -> list[str]:
    """The hashes in a game's rom.sha; empty if it has none."""
    path = find_file(game, "rom.sha", integrations)
    return [] if path is None else read_hashes(path)


def read_hashes(path: Path) -> list[str]:
    """The hashes in a rom.sha, one per line.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        text = decode_text(read_file(path, MAX_HASHES))
        return [line.strip().lower() for line in text.splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def readable_hashes(game: str, path: Path) -> list[str]:
    """The hashes in a game's rom.sha; none, with a warning in the log, where it cannot be read: other games are to be
    recognized all the same."""
    try:
        return read_hashes(path)
    except ConfigError as error:
        log.warning("%s is left out: %s", game, error)
        return []


def find_rom(game: str, integrations: Integrations) -> Path:
    """The game's ROM: of the files that may be it the first that can be played.

    Raises:
        RomError: There is none, or it may not be read; the message says how to get it there, and what is wrong with
            those that there are.
        UnknownGame: No integration is called so.
    """
    system = system_of_game(game)
    problems = {}
    for path in _candidates(game, system, integrations):
        # That one may not read it does not make it a bad ROM: another is not played in its stead.
        problem = file_problem(path)
        if problem is not None:
            raise RomError(f"the ROM {path} {problem}")
        problem = rom_problem(path, system)
        if problem is None:
            return path
        problems[path] = f"{path} {problem}"
    hashes = expected_hashes(game, integrations)
    for folder in own_folders():
        # A homebrew game's ROM lies beside its integration, under its own name.
        for path in sorted(folder.parent.iterdir()) if (folder / game).is_dir() else ():
            extension = path.suffix[1:]
            if extension in EXTENSIONS and hash_rom(path.read_bytes(), extension) in hashes:
                return path
    if not problems and not has_game(game, integrations):
        raise unknown_game(game, integrations)
    if hashes:
        advice = f" (its SHA-1 is {' or '.join(hashes)}); run `toolkit import-roms FOLDER` with a folder that has it"
    else:
        # Nothing says which file it is, so that it cannot be recognized.
        advice = "; copy it into the game's folder, as rom with the ending of the console's ROMs"
    raise RomError(
        f"the ROM of {game} is not there{advice}"
        f"{'. ' * bool(problems)}{'; '.join(problems.values())}"
        f"{unreadable(folder / game for folder in integrations.folders)}"
    )


def _candidates(game: str, system: System | None, integrations: Integrations) -> Iterator[Path]:
    """The files that may be a game's ROM: what its metadata.json names; then those called rom, in any case, of the
    first folder before those of the next, with the console's own endings before others."""
    named = original_name(game, integrations)
    path = None if named is None else find_file(game, named, integrations)
    if path is not None:
        yield path
    endings = [*(system.files if system else ()), *ENDINGS]
    ranks = {f"rom.{ending}": rank for rank, ending in reversed(list(enumerate(endings)))}
    for folder in integrations.folders:
        try:
            files = [name for name in os.listdir(folder / game) if name.lower() in ranks]
        except OSError:
            continue
        # Of the same name in several cases, lower case first.
        for name in sorted(files, key=lambda name: (ranks[name.lower()], name != name.lower(), name)):
            if os.path.isfile(folder / game / name):
                yield folder / game / name


def original_name(game: str, integrations: Integrations) -> str | None:
    """The name that a game's metadata.json gives its ROM; None if it gives none.

    Raises:
        ConfigError: It is no name of a ROM. An integration may come from anybody, and `import-roms` writes to that
            name: it must not be that of the integration's own files.
    """
    path = find_file(game, "metadata.json", integrations)
    named = None if path is None else read_json(path).get("original_rom_name")
    if named is None:
        return None
    name = named.text()
    usable = name.isprintable() and os.path.basename(name) == name and len(os.fsencode(name)) <= MAX_NAME
    if not usable or extension_of(name) not in ENDINGS:
        named.wrong("the name of a file, without a folder, that ends as ROMs of consoles or as archives do")
    return name


def rom_problem(path: Path, system: System | None) -> str | None:
    """Why a file cannot be the ROM of a game for `system`, as the end of a sentence that names it; None if it may be.

    Args:
        path: The file.
        system: None if the game's name does not tell, and the file has to.
    """
    try:
        return "is empty" if path.stat().st_size == 0 else dump_problem(*inspect(path, system))
    except OSError as error:  # RomError is one
        return str(error).removeprefix(f"{path} ")


def dump_problem(console: System | None, extension: str, head: bytes) -> str | None:
    """`rom_problem`, from the console, the ending and the first bytes of what is no archive, or was in one."""
    if console is None:
        return (
            "may be for any console, and the game's name names none; its folder should be called NAME-CONSOLE, where "
            f"CONSOLE is one of {', '.join(SYSTEMS)}"
        )
    if console.name == "Nes" and extension != "fds" and not head.startswith(NES_HEADERS):
        return "has no iNES header, the 16 bytes before a cartridge's own without which no emulator can play it"
    return None


def inspect(path: Path, system: System | None) -> tuple[System | None, str, bytes]:
    """The console of a ROM, `system` if that is given; what it ends in, in lower case; its first bytes.

    Raises:
        RomError: As from `open_rom`.
    """
    try:
        with open_rom(path, system) as (extension, file):
            head = file.read(HEAD)
    except NotOneGame:
        if system is not None:
            raise
        # A set for an arcade board is an archive of files that are no console's.
        return ARCADE, "zip", b""
    return system or identify(head, extension), extension, head


@contextlib.contextmanager
def open_rom(path: Path, system: System | None) -> Iterator[tuple[str, IO[bytes]]]:
    """Opens a ROM, or the one in an archive, unless the system's emulator takes archives; what it ends in, in lower
    case, and its bytes.

    Raises:
        RomError: It cannot be read, or is an archive without exactly one game in it.
    """
    try:
        kind = archive_kind(path)
        if kind is None or (system is not None and kind in system.files):
            with open_file(path) as file:
                yield path.suffix[1:].lower(), file
            return
        with open_game(path, kind, system.files if system else CARTRIDGES) as (name, member):
            yield extension_of(name), member
    except OSError as error:
        if isinstance(error, RomError):
            raise
        raise RomError(f"{path} cannot be read: {reason(error)}") from error


def rom_sha1(path: Path, system: System | None) -> str:
    """The SHA-1 of all of a ROM, or of the one in an archive.

    Raises:
        RomError: As from `open_rom`.
    """
    digest = hashlib.sha1()
    with open_rom(path, system) as (_, file):
        while chunk := file.read(2**20):
            digest.update(chunk)
    return digest.hexdigest()


def console_of(game: str, rom: Path) -> System:
    """The console to play a ROM on: the one that the game's name names, or else the one that the dump is for.

    Raises:
        RomError: Neither tells, or the ROM cannot be read.
    """
    system = system_of_game(game)
    if system is not None:
        return system
    system, extension, head = inspect(rom, None)
    if system is None:
        raise RomError(f"{rom} {dump_problem(None, extension, head)}")
    return system
