"""Writes movies: BK2 as gym-retro writes it, with members of our own, which it ignores. See docs/movies.md."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit import __version__
from toolkit.errors import ConfigError
from toolkit.retro.movie import CHECKSUMS, DETAILS, HEADER, INPUTS, LETTERS, PLATFORMS, START, VERSION, checksum


class MovieWriter:
    """Collects an episode; `close` writes it, and until then there is no file.

    Args:
        path: The file.
        game: The integration's name.
        system: The console's name.
        buttons: Of its pad.
        players: How many.
        state: The core's state before the first frame.
        rom: The ROM file.
        core: The core's `name` and `version`.
        frame_rate: Frames per second.
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
    ) -> None:
        self.path = path
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
        self._closed = False

    @property
    def frames(self) -> int:
        """How many were added."""
        return len(self._lines)

    def add(self, pressed: Sequence[int], picture: npt.NDArray[np.uint8] | None = None) -> None:
        """One frame: the buttons that were held, as bits for each player, and what it showed, uncropped: of every
        frame or of none."""
        pads = ("".join(letter if bits & bit else "." for bit, letter, _ in self._letters) for bits in pressed)
        self._lines.append(f"|..|{'|'.join(pads)}|")
        if picture is not None:
            self._checksums.append(f"{checksum(picture):08x}")

    def close(self) -> None:
        """Writes the file, whole or not at all. Safe to call twice.

        Raises:
            ConfigError: It cannot be written.
        """
        if self._closed:
            return
        self._closed = True
        part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        try:
            try:
                self._write(part)
                os.replace(part, self.path)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise ConfigError(f"cannot write the movie {self.path}: {error.strerror or error}") from error

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
            "rom_sha1": hashlib.sha1(self._rom.read_bytes()).hexdigest(),
            "core": self._core,
            "frame_rate": self._frame_rate,
            "frames": len(self._lines),
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(INPUTS, "\n".join(["[Input]", keys, *self._lines, "[/Input]"]))
            archive.writestr(HEADER, header)
            if self.start:
                archive.writestr(START, self.start)
            archive.writestr(DETAILS, json.dumps(details, indent=1))
            if self._checksums:
                archive.writestr(CHECKSUMS, "\n".join(self._checksums))
