"""The file that a core gets: a game's own, or in the emulator's folder one unpacked or under the console's ending."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from toolkit.errors import ConfigError, LaunchError, RomError
from toolkit.limits import reason
from toolkit.retro.archive import archive_kind, unpack_game
from toolkit.retro.systems import AMBIGUOUS, System

# Consoles whose games are discs: their files name each other, and are told by what is in them.
DISCS = ("SCD", "Saturn")


def file_for_core(rom: Path, extensions: Callable[[], Collection[str]], folder: Path) -> Path:
    """The file to give to a core of which nothing is known but `extensions()`, the endings of the games that it takes.
    An archive is unpacked into `folder` unless the core takes such ones.

    Raises:
        RomError: The archive cannot be read, or does not hold exactly one game.
        ConfigError: The folder cannot be written.
    """
    kind = _kind(rom)
    if kind is None:
        return rom
    taken = extensions()
    return rom if kind in taken else unpack_game(rom, kind, taken, folder)


def file_for_console(rom: Path, console: System, folder: Path) -> Path:
    """The file to give to a core of a console's. What it ends in is the console's: cores of several consoles go by it.

    Raises:
        RomError, ConfigError: As from `file_for_core`.
    """
    path = file_for_core(rom, lambda: console.files, folder)
    ending = path.suffix[1:]
    if ending in console.files and (ending in console.extensions or ending not in AMBIGUOUS):
        return path
    if console.name in DISCS:
        return path
    link = folder / f"{path.stem}.{console.extensions[0]}"
    try:
        folder.mkdir(exist_ok=True)
        link.symlink_to(path)
    except OSError as error:
        raise ConfigError(f"cannot make a link in {folder}: {reason(error)}") from error
    return link


def core_extensions(program: Path, core: Path, folder: Path, environment: Mapping[str, str], limit: float) -> list[str]:
    """The endings of the games that a core takes, by its own account, without the dot and in lower case.

    Raises:
        ConfigError: It cannot be loaded.
        LaunchError: It does not answer within `limit` seconds.
    """
    argv = [str(program), "--extensions", str(core)]
    try:
        answer = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=folder,
            env=dict(environment),
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LaunchError(f"{core} did not say within {limit:g} s which games it takes", argv) from error
    except OSError as error:
        raise LaunchError(f"cannot start {program}: {reason(error)}", argv) from error
    words = answer.stderr.decode("utf-8", "replace").strip()
    if answer.returncode:
        raise ConfigError(f"{core} does not say which games it takes: {words or f'status {answer.returncode}'}")
    # A core may print something when it is loaded; this comes last.
    line = answer.stdout.decode("utf-8", "replace").rstrip("\n").rpartition("\n")[2]
    return [ending.lower() for ending in line.split("|") if ending]


def _kind(rom: Path) -> str | None:
    try:
        return archive_kind(rom)
    except OSError as error:
        raise RomError(f"the game {str(rom)!r} cannot be read: {reason(error)}") from error
