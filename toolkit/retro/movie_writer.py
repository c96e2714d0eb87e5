"""Writes movies: BK2 as gym-retro writes it, with members of our own, which it ignores. See docs/movies.md."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from toolkit import __version__
from toolkit.errors import ConfigError, MovieWarning
from toolkit.limits import limit_error
from toolkit.retro.cores import hash_system_files
from toolkit.retro.movie import CHECKSUMS, DETAILS, HEADER, INPUTS, LETTERS, PLATFORMS, START, VERSION, checksum
from toolkit.retro.rom_files import rom_sha1
from toolkit.retro.systems import SYSTEMS

_NUMBER: Final = re.compile(r"(.*?)(\d+)(\.[^.]*)", re.DOTALL)


def number_of(path: Path) -> int:
    """The number at the end of a file's name, before its ending."""
    return int(_parts(path)[1])


def next_free(path: Path) -> Path:
    """`path`, whose name has a number before its ending, or where there is such a file the first after it that is
    free."""
    name, number, ending = _parts(path)
    count = int(number)
    while os.path.lexists(path):
        count += 1
        path = path.with_name(f"{name}{count:0{len(number)}d}{ending}")
    return path


def _parts(path: Path) -> tuple[str, str, str]:
    match = _NUMBER.fullmatch(path.name)
    if match is None:
        raise ConfigError(f"{path} has no number before its ending")
    return match[1], match[2], match[3]


def _move_to_free(source: Path, target: Path) -> Path:
    """Moves a file to `next_free(target)`, which nobody else gets meanwhile; returns where it is.

    Raises:
        OSError: It cannot be moved.
    """
    while True:
        target = next_free(target)
        try:
            # An empty file is what everybody can make and only one: hard links are not there on all file systems.
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
        except FileExistsError:
            continue  # somebody else was quicker
        try:
            os.replace(source, target)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return target


class MovieWriter:
    """Collects an episode; `close` writes it, and until then there is no file.

    Args:
        path: The file. Where `numbered`, its name ends in a number, and if there is such a file when this one is
            written, it gets the next number that is free: nobody else's movie is overwritten.
        game: The integration's name.
        system: The console's name.
        buttons: Of its pad.
        players: How many.
        state: The core's state before the first frame.
        rom: The ROM file.
        core: The core's `name` and `version`.
        frame_rate: Frames per second.
        options: What the core's options were set to.
        system_files: The folder with the core's BIOS files.
        numbered: Whether the file's name was made up here, and not given.
        partial_start: The core goes on with more than `state` has.
    """

    def __init__(
        self,
        path: Path,
        game: str,
        system: str,
        buttons: Sequence[str | None],
        players: int,
        state: bytes,
        *,
        rom: Path,
        core: dict[str, Any],
        frame_rate: float,
        options: Mapping[str, str] | None = None,
        system_files: Path | None = None,
        numbered: bool = False,
        partial_start: bool = False,
    ) -> None:
        self.path = path
        self.numbered = numbered
        self._options = dict(options or {})
        self._system_files = system_files
        self._console = SYSTEMS.get(system)
        self._game = game
        self._platform = PLATFORMS.get(system, system)
        # From the last button on, as gym-retro has them.
        self._letters = [(1 << p, LETTERS[name], name) for p, name in enumerate(buttons) if name][::-1]
        self._players = players
        self.start = state
        self._rom = rom
        self._core = core
        self._frame_rate = frame_rate
        self._lines: list[str] = []
        self._checksums: list[str] = []
        self._partial_start = partial_start
        self._disturbed: str | None = None
        self._closed = False

    @property
    def frames(self) -> int:
        """How many were added."""
        return len(self._lines)

    def add(self, pressed: Sequence[int], picture: npt.NDArray[np.uint8] | None = None) -> None:
        """One frame: the buttons that were held, as bits for each player, and what it showed, uncropped: of every
        frame or of none."""
        if self._partial_start and not self._lines:
            self.disturb(f"what {self._core['name']} leaves out of the state that it begins with")
        pads = ("".join(letter if bits & bit else "." for bit, letter, _ in self._letters) for bits in pressed)
        self._lines.append(f"|..|{'|'.join(pads)}|")
        if picture is not None:
            self._checksums.append(f"{checksum(picture):08x}")

    def disturb(self, what: str) -> None:
        """Says that `what`, which no movie has, is about to change the machine: a warning the first time, and a note in
        the file."""
        if self._disturbed is None:
            self._disturbed = f"{what}, before frame {self.frames}"
            warnings.warn(
                f"the movie {self.path} will not play back as it was from frame {self.frames} on: a movie has inputs "
                f"only, and not {what}",
                MovieWarning,
                stacklevel=_outside_level(),
            )

    def close(self) -> None:
        """Writes the file, whole or not at all. Safe to call twice; after an interrupt the second call writes it.

        Raises:
            ConfigError: It cannot be written.
        """
        if self._closed:
            return
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}-{threading.get_ident()}.part")
        try:
            try:
                self._write(part)
                if self.numbered:
                    self.path = _move_to_free(part, self.path)
                else:
                    os.replace(part, self.path)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            self._closed = True
            tried = f"cannot write the movie {self.path}"
            raise limit_error(error, tried) or ConfigError(f"{tried}: {error.strerror or error}") from error
        self._closed = True

    def _write(self, path: Path) -> None:
        keys = "".join(
            f"P{player} {name.capitalize()}|" for player in range(1, self._players + 1) for _, _, name in self._letters
        )
        header = (
            "MovieVersion Retro\nAuthor ?\nemuVersion ?\n"
            f"Platform {self._platform}\nGameName {self._game}\nSHA1 ?\nCore ?\nrerecordCount 1\n"
        )
        details = {
            "version": VERSION,
            "toolkit": __version__,
            "game": self._game,
            "rom_sha1": rom_sha1(self._rom, self._console),
            "core": self._core,
            "options": self._options,
            "system_files": {} if self._system_files is None else hash_system_files(self._system_files),
            "frame_rate": self._frame_rate,
            "frames": len(self._lines),
            **({} if self._disturbed is None else {"disturbed": self._disturbed}),
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(INPUTS, "\n".join(["[Input]", keys, *self._lines, "[/Input]"]))
            archive.writestr(HEADER, header)
            if self.start:
                archive.writestr(START, self.start)
            archive.writestr(DETAILS, json.dumps(details, indent=1))
            if self._checksums:
                archive.writestr(CHECKSUMS, "\n".join(self._checksums))


def _outside_level() -> int:
    """The `stacklevel` with which a warning of our caller's names the program that called the toolkit."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "toolkit":
        frame, level = frame.f_back, level + 1
    return level
