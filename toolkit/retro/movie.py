"""Reads movies: ours, and BK2 as gym-retro and stable-retro write it. docs/movies.md says it in words."""

from __future__ import annotations

import json
import os
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from toolkit.errors import ConfigError
from toolkit.files import decode_text
from toolkit.limits import reason
from toolkit.retro.archive import DAMAGE
from toolkit.retro.systems import SYSTEMS, System

VERSION: Final = 1
INPUTS, HEADER, START = "Input Log.txt", "Header.txt", "Core.bin"
DETAILS, CHECKSUMS = "Toolkit.json", "Checksums.txt"
MAX_MEMBER: Final = 2**28

PLATFORMS: Final = {"Genesis": "GEN", "Snes": "SNES", "Nes": "NES", "Atari2600": "A26"}
# One letter per button. Those up to BUTTON are gym-retro's, which does not record the others.
LETTERS: Final = {
    "A": "A", "B": "B", "C": "C", "X": "X", "Y": "Y", "Z": "Z", "START": "S", "SELECT": "s", "MODE": "M",
    "UP": "U", "DOWN": "D", "LEFT": "L", "RIGHT": "R", "L": "l", "R": "r", "BUTTON": "B",
    "PAUSE": "P", "RESET": "T", "RUN": "N", "I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6",
    "L2": "q", "R2": "w", "L3": "e", "R3": "t", "C-UP": "^", "C-RIGHT": ">", "C-MODE": "m",
}  # fmt: skip


@dataclass(frozen=True)
class Movie:
    """Args:
    path: Where it was read from.
    game: The integration's name.
    system: The console.
    players: How many pads it has the buttons of.
    inputs: Per frame the buttons that are down, as bits, for each player.
    state: The core's state before the first frame; None if the machine was just switched on.
    checksums: One per frame, of what was on the screen; empty if the movie has none.
    details: What else the recorder said: "rom_sha1", "core", "frame_rate", ...
    """

    path: str
    game: str
    system: System
    players: int
    inputs: Sequence[tuple[int, ...]]
    state: bytes | None = None
    checksums: Sequence[int] = ()
    details: dict[str, Any] = field(default_factory=dict)


def checksum(picture: npt.NDArray[np.uint8]) -> int:
    """The CRC-32 of a picture's height and width, as 32-bit little-endian numbers, and of its RGB bytes."""
    height, width = picture.shape[:2]
    return zlib.crc32(np.ascontiguousarray(picture).data, zlib.crc32(struct.pack("<II", height, width)))


def read_movie(path: str | os.PathLike[str]) -> Movie:
    """The movie in the file.

    Raises:
        ConfigError: It cannot be read, or is no movie.
    """
    name = os.fspath(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(name, archive)
    except ConfigError:
        raise
    except OSError as error:
        raise ConfigError(f"cannot read {name}: {reason(error)}") from error
    except DAMAGE as error:
        raise ConfigError(f"{name} is no movie, or is damaged: {error}") from None
    return _read(name, members)


def _members(path: str, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """What a movie consists of, by name, as far as it is there."""
    members = {}
    for name in (HEADER, INPUTS, START, DETAILS, CHECKSUMS):
        try:
            info = archive.getinfo(name)
        except KeyError:
            if name in (HEADER, INPUTS):
                raise ConfigError(f"{path} is no movie: it has no {name!r} in it") from None
            continue
        if info.file_size > MAX_MEMBER:
            raise ConfigError(f"{path}: {name!r} unpacks to {info.file_size} bytes; at most {MAX_MEMBER} are allowed")
        members[name] = archive.read(info)
    return members


def _read(path: str, members: Mapping[str, bytes]) -> Movie:
    header = dict(line.partition(" ")[::2] for line in _text(members[HEADER]).splitlines())
    details = _details(path, members)
    names = {short: long for long, short in PLATFORMS.items()}
    platform = header.get("Platform", "").strip()
    system = SYSTEMS.get(names.get(platform, platform))
    if system is None:
        raise ConfigError(f"{path}: a movie for {platform or 'no platform'!r}; known are {', '.join(SYSTEMS)}")
    inputs = _inputs(path, _text(members[INPUTS]), system)
    return Movie(
        path,
        header.get("GameName", "").strip(),
        system,
        len(inputs[0]) if inputs else 1,
        inputs,
        members.get(START),
        _checksums(path, members, len(inputs)),
        details,
    )


def _text(content: bytes) -> str:
    return decode_text(content, "replace")


def _inputs(path: str, log: str, system: System) -> list[tuple[int, ...]]:
    bits = {LETTERS[button]: 1 << place for place, button in enumerate(system.buttons) if button in LETTERS}
    inputs: list[tuple[int, ...]] = []
    for line in log.splitlines():
        # |commands|player 1|player 2|, where commands are the console's own buttons: reset, power.
        if not line.startswith("|"):
            continue
        parts = line.split("|")
        if len(parts) < 4 or parts[-1].strip():
            raise ConfigError(f"{path}: this line of its inputs cannot be read: {line[:80]!r}")
        if parts[1].strip("."):
            raise ConfigError(
                f"{path}: frame {len(inputs)} presses the console's own button ({parts[1]!r}), which cannot be played"
            )
        inputs.append(tuple(sum(bits.get(letter, 0) for letter in set(part)) for part in parts[2:-1]))
        if len(inputs[-1]) != len(inputs[0]):
            raise ConfigError(f"{path}: frame {len(inputs) - 1} has another number of players than the first")
    return inputs


def _details(path: str, members: Mapping[str, bytes]) -> dict[str, Any]:
    if DETAILS not in members:
        return {}
    try:
        details = json.loads(_text(members[DETAILS]))
        version = details["version"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ConfigError(f"{path}: its {DETAILS} cannot be read") from None
    if version != VERSION:
        raise ConfigError(f"{path}: expected a movie of version {VERSION}, got {version!r}")
    return dict(details)


def _checksums(path: str, members: Mapping[str, bytes], frames: int) -> list[int]:
    if CHECKSUMS not in members:
        return []
    try:
        checksums = [int(line, 16) for line in _text(members[CHECKSUMS]).split()]
    except ValueError:
        raise ConfigError(f"{path}: its {CHECKSUMS} cannot be read") from None
    if len(checksums) != frames:
        raise ConfigError(f"{path}: it has {frames} frames and {len(checksums)} checksums; it is damaged")
    return checksums
