"""`toolkit.retro.Movie`: a movie as stable-retro's programs read and write one, frame by frame."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from toolkit.checks import check_integer
from toolkit.closing import Closing
from toolkit.errors import ConfigError, StateError
from toolkit.retro import movie as movies
from toolkit.retro.legacy import LegacyEmulator
from toolkit.retro.movie_writer import MovieWriter
from toolkit.retro.scenario import MAX_PLAYERS
from toolkit.retro.systems import MAX_BUTTONS


class Movie(Closing):
    """A BK2, which is read or written a frame at a time.

    To read, call `step` before each frame, then `get_key`. To write, call `configure`, `set_state`, and for each frame
    `set_key` and then `step`; the file is there after `close`.

    Args:
        path: The file.
        record: Write it instead of reading it.
        players: How many play; of a movie that is read, as many as it says.

    Raises:
        ConfigError: It cannot be read, or is no movie.
    """

    def __init__(self, path: str | os.PathLike[str], record: bool = False, players: int = 1) -> None:
        players = check_integer("players", players, 1, MAX_PLAYERS)
        self._path = Path(path)
        self._movie = None if record else movies.read_movie(path)
        self._writer: MovieWriter | None = None
        self._players = players if self._movie is None else self._movie.players
        self._game = "" if self._movie is None else self._movie.game
        self._state = b"" if self._movie is None else self._movie.state or b""
        self._frame = 0
        self._pressed: Sequence[int] = [0] * self._players

    @property
    def players(self) -> int:
        """How many play."""
        return self._players

    def configure(self, name: str, emulator: LegacyEmulator) -> None:
        """Says what is recorded: the integration's name and the emulator, such as `env.em`. Of a movie that is read it
        changes nothing."""
        if self._movie is None:
            self._game = str(name)
            machine = emulator.machine
            self._writer = MovieWriter(
                self._path,
                self._game,
                machine.system.name,
                machine.system.buttons,
                self._players,
                self._state,
                rom=machine.rom,
                core=machine.core,
                frame_rate=machine.frame_rate,
                options=machine.options,
                system_files=machine.system_folder,
            )

    def get_game(self) -> str:
        """The integration's name."""
        return self._game

    def step(self) -> bool:
        """Goes on to the next frame of a movie that is read: whether there is one. Adds a frame to one that is written:
        True, and no key is down then.

        Raises:
            StateError: It is written, and `configure` was not called, or `close` was.
        """
        if self._movie is not None:
            there = self._frame < len(self._movie.inputs)
            if there:
                self._pressed = self._movie.inputs[self._frame]
                self._frame += 1
            return there
        self._written().add(self._pressed)
        self._pressed = [0] * self._players
        return True

    def _written(self) -> MovieWriter:
        if self._writer is None:
            raise StateError("nothing is recorded: call configure(game, emulator) first, and close() last")
        return self._writer

    def get_key(self, key: int, player: int = 0) -> bool:
        """Whether a player, counted from 0, holds the button of that number in this frame."""
        return bool(self._pressed[self._player(player)] >> _button(key) & 1)

    def set_key(self, key: int, down: bool, player: int = 0) -> None:
        """Whether a player, counted from 0, holds the button of that number in the frame that `step` adds next."""
        pressed = list(self._pressed)
        number = self._player(player)
        bit = 1 << _button(key)
        pressed[number] = pressed[number] | bit if down else pressed[number] & ~bit
        self._pressed = pressed

    def _player(self, player: int) -> int:
        if not 0 <= player < self._players:
            raise ConfigError(f"this movie has {self._players} player(s), counted from 0; got {player}")
        return player

    def get_state(self) -> bytes:
        """The core's state before the first frame; empty if there is none."""
        return self._state

    def set_state(self, state: bytes) -> None:
        """The core's state before the first frame, of a movie that is written."""
        self._state = bytes(state)
        if self._writer is not None:
            self._writer.start = self._state

    def close(self) -> None:
        """Writes a movie that is written, whole or not at all. Safe to call twice.

        Raises:
            ConfigError: It cannot be written.
        """
        if self._writer is not None:
            try:
                self._writer.close()
            except Exception:
                self._writer = None
                raise
            self._writer = None

    def __del__(self) -> None:
        # As stable-retro's programs rely on it; of a half-built object there is nothing to write.
        if getattr(self, "_writer", None) is not None:
            self.close()


def _button(key: int) -> int:
    return check_integer("the button", key, 0, MAX_BUTTONS - 1)
