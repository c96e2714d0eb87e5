"""Reads movies: ours, and BK2 as gym-retro and stable-retro write it. docs/movies.md says it in words."""

from __future__ import annotations

import functools
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from toolkit.errors import ConfigError
from toolkit.files import decode_text, open_file, text_encoding
from toolkit.foreign_json import member, parse_object
from toolkit.limits import reason
from toolkit.retro.archive import DAMAGE
from toolkit.retro.states import MAX_STATE
from toolkit.retro.systems import SYSTEMS, System
from toolkit.retro.zip_members import open_member, open_zip

VERSION: Final = 1
INPUTS, HEADER, START = "Input Log.txt", "Header.txt", "Core.bin"
DETAILS, CHECKSUMS = "Toolkit.json", "Checksums.txt"
# 19 hours at 60 frames per second.
MAX_FRAMES: Final = 2**22
# Besides frames: headings and empty lines.
_OTHER_LINES: Final = 2**12
_MAX_LINE: Final = 2**12
# More than any console has ports for.
_MAX_PLAYERS: Final = 32
# Bytes that each part may have: the inputs of so many frames of two players, and their checksums.
_MOST: Final = {INPUTS: 2**27, CHECKSUMS: 2**26, HEADER: 2**16, DETAILS: 2**20, START: MAX_STATE}
# What the recorder says, and of which types that may be; options are checked where they are used.
_DETAILS: Final[Mapping[str, tuple[type, ...]]] = {
    "rom_sha1": (str, type(None)),
    "core": (dict, type(None)),
    "system_files": (dict,),
    "frame_rate": (int, float),
    "frames": (int,),
    "disturbed": (str,),
}

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
        ConfigError: It cannot be read, is no movie, or has more than `MAX_FRAMES` frames.
    """
    name = os.fspath(path)
    try:
        with open_file(path) as file, open_zip(file) as archive:
            return _read(name, archive)
    except ConfigError:
        raise
    except OSError as error:
        raise ConfigError(f"cannot read {name}: {reason(error)}") from error
    except DAMAGE as error:
        raise ConfigError(f"{name} is no movie, or is damaged: {error}") from None


def _read(path: str, archive: zipfile.ZipFile) -> Movie:
    parts = _parts(path, archive)
    for needed in (HEADER, INPUTS):
        if needed not in parts:
            raise ConfigError(f"{path} is no movie: it has no {needed!r} in it")
    text = decode_text(_whole(archive, parts[HEADER]), "replace")
    header = dict(line.partition(" ")[::2] for line in text.splitlines())
    names = {short: long for long, short in PLATFORMS.items()}
    platform = header.get("Platform", "").strip()
    system = SYSTEMS.get(names.get(platform, platform))
    if system is None:
        raise ConfigError(f"{path}: a movie for {platform or 'no platform'!r:.80}; known are {', '.join(SYSTEMS)}")
    details = _details(path, _whole(archive, parts[DETAILS])) if DETAILS in parts else {}
    inputs = _inputs(path, _lines(path, archive, parts[INPUTS]), system)
    checksums = _checksums(path, _lines(path, archive, parts[CHECKSUMS]), len(inputs)) if CHECKSUMS in parts else []
    return Movie(
        path,
        header.get("GameName", "").strip(),
        system,
        len(inputs[0]) if inputs else 1,
        inputs,
        _whole(archive, parts[START]) if START in parts else None,
        checksums,
        details,
    )


def _parts(path: str, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """What a movie consists of, by name, as far as it is there, none of it too large."""
    there = archive.namelist()
    parts = {name: archive.getinfo(name) for name in _MOST if name in there}
    for name, info in parts.items():
        if info.file_size > _MOST[name]:
            raise ConfigError(f"{path}: {name!r} unpacks to {info.file_size} bytes; at most {_MOST[name]} are allowed")
    return parts


def _whole(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with open_member(archive, info) as file:
        return file.read()


def _lines(path: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[str]:
    """The lines of a part, without their ends. They are read one after the other: there may be a great many."""
    with open_member(archive, info) as head:
        encoding = text_encoding(head.read(4))
    with io.TextIOWrapper(open_member(archive, info), encoding, "replace") as file:
        for _ in range(MAX_FRAMES + _OTHER_LINES):
            line = file.readline(_MAX_LINE + 1)
            if not line:
                return
            if len(line) > _MAX_LINE:
                raise ConfigError(f"{path}: a line of {info.filename!r} is too long: {line[:80]!r}")
            yield line.rstrip("\r\n")
    raise ConfigError(f"{path}: {info.filename!r} has too many lines; a movie has at most {MAX_FRAMES} frames")


def _inputs(path: str, lines: Iterator[str], system: System) -> list[tuple[int, ...]]:
    inputs: list[tuple[int, ...]] = []
    read = _line_reader(system)
    for line in lines:
        # |commands|player 1|player 2|, where commands are the console's own buttons: reset, power.
        if not line.startswith("|"):
            continue
        try:
            pressed = read(line)
        except ValueError as error:
            raise ConfigError(f"{path}: frame {len(inputs)}{error}") from None
        if len(inputs) == MAX_FRAMES:
            raise ConfigError(f"{path}: it has more than {MAX_FRAMES} frames, which no movie has")
        inputs.append(pressed)
        if len(pressed) != len(inputs[0]):
            raise ConfigError(f"{path}: frame {len(inputs) - 1} has another number of players than the first")
    return inputs


def _line_reader(system: System) -> Callable[[str], tuple[int, ...]]:
    """What reads a line of a console's inputs; raises ValueError, with what may stand behind "frame 7". Equal lines
    share one result, as long as there are not too many others: most frames are as the one before."""
    bits = {LETTERS[button]: 1 << place for place, button in enumerate(system.buttons) if button in LETTERS}

    @functools.lru_cache(2**12)
    def pad(letters: str) -> int:
        return sum(bits.get(letter, 0) for letter in set(letters))

    @functools.lru_cache(2**12)
    def read(line: str) -> tuple[int, ...]:
        parts = line.split("|")
        if len(parts) < 4 or parts[-1].strip():
            raise ValueError(f" cannot be read: {line[:80]!r}")
        if len(parts) > _MAX_PLAYERS + 3:
            raise ValueError(f" has {len(parts) - 3} players; at most {_MAX_PLAYERS} can play")
        if parts[1].strip("."):
            raise ValueError(f" presses the console's own button ({parts[1]!r:.80}), which cannot be played")
        return tuple(map(pad, parts[2:-1]))

    return read


def _details(path: str, text: bytes) -> dict[str, Any]:
    try:
        details = parse_object(text)
        version = member(details, "version", object)
        if version != VERSION:
            raise ConfigError(f"{path}: expected a movie of version {VERSION}, got {version!r:.80}")
        for name in details.keys() & _DETAILS.keys():
            member(details, name, *_DETAILS[name])
    except ConfigError:
        raise
    except ValueError as error:
        raise ConfigError(f"{path}: its {DETAILS} cannot be read: {error}") from None
    return details


def _checksums(path: str, lines: Iterator[str], frames: int) -> list[int]:
    checksums: list[int] = []
    try:
        for line in lines:
            checksums += [int(text, 16) for text in line.split()]
            if len(checksums) > frames:
                break
    except ConfigError:
        raise
    except ValueError:
        raise ConfigError(f"{path}: its {CHECKSUMS} cannot be read") from None
    if len(checksums) != frames:
        more = f"more than {frames}" if len(checksums) > frames else len(checksums)
        raise ConfigError(f"{path}: it has {frames} frames and {more} checksums; it is damaged")
    return checksums
