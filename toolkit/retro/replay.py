"""Plays a movie back, and watches that it is the same one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import Any, Final

from toolkit.closing import Closing
from toolkit.errors import ConfigError, MovieDiffers
from toolkit.retro.integrations import Integrations
from toolkit.retro.machine import Pixels
from toolkit.retro.movie import Movie, checksum
from toolkit.retro.rom_files import find_rom
from toolkit.retro.sound import Sound

# Of a core that says it shows fewer than one picture per second, or more than a thousand.
USUAL_RATE: Final = 60.0


class Player(Closing):
    """A movie on a machine of its own, which runs frame by frame.

    Args:
        movie: What to play.
        rom: The game's ROM; by default that of the integration that the movie names.
        core: The core to play it on; by default the one that it was recorded on, or the console's first.
        verify: Compare every frame with the movie's checksums, if it has any.
        system: The folder with the core's BIOS files, as of `RetroEmulator`.
        timeout: Seconds that a frame may take.
        sound: Keep the sound, for `take_sound`.

    Raises:
        ConfigError: The ROM or the core is not there, the ROM is another one, or the movie names a core by its path.
    """

    def __init__(
        self,
        movie: Movie,
        *,
        rom: str | os.PathLike[str] | None = None,
        core: str | None = None,
        system: str | os.PathLike[str] | None = None,
        verify: bool = True,
        timeout: float = 30.0,
        sound: bool = False,
    ) -> None:
        from toolkit.retro.libretro_machine import start_machine

        path = find_rom(movie.game, Integrations.ALL) if rom is None else rom
        _check_rom(movie, path)
        name = core or _recorded_core(movie)
        game = movie.game or "movie"
        self._movie = movie
        self._verify = verify
        self._machine = start_machine(
            movie.system, path, game, movie.players, name, None, timeout, system_folder=system, sound=sound
        )
        rate = self._machine.frame_rate
        self.frame_rate = rate if 1 <= rate <= 1000 else USUAL_RATE
        self.sound = Sound(self._machine.sample_rate, self._machine.take_sound) if sound else None

    def play(self) -> Iterator[Pixels]:
        """Runs the movie, once.

        Yields:
            The picture of each frame: uint8, (height, width, 3), RGB.

        Raises:
            StateError: The core refuses the movie's start state.
            MovieDiffers: A frame is not what it was.
        """
        # As an environment does before it loads its start state.
        for _ in range(2):
            self._machine.run([0] * self._movie.players)
        if self._movie.state is not None:
            self._machine.load(self._movie.state)
        if self.sound is not None:
            self.sound.take()
        for number, pressed in enumerate(self._movie.inputs):
            self._machine.run(pressed)
            picture = self._machine.picture
            if self._verify and self._movie.checksums:
                self._compare(number, checksum(picture))
            yield picture

    def _compare(self, number: int, seen: int) -> None:
        movie = self._movie
        if seen != movie.checksums[number]:
            raise MovieDiffers(
                f"{movie.path}: frame {number} of {len(movie.inputs)} is not what it was when the movie was recorded "
                f"(checksum {movie.checksums[number]:08x} then, {seen:08x} now); all before are. "
                f"It was recorded on {_core_text(movie.details.get('core'))}, and this is "
                f"{_core_text(self._machine.core)}{_disturbance(movie)}",
                number,
            )

    def close(self) -> None:
        self._machine.close()


def play_movie(movie: Movie, **options: Any) -> Iterator[Pixels]:
    """The pictures of a movie, from a `Player` with these options, which is closed after the last."""
    with Player(movie, **options) as player:
        yield from player.play()


def _recorded_core(movie: Movie) -> str | None:
    """The name of the core that the movie was recorded on, if it has one."""
    recorded = movie.details.get("core")
    name = recorded.get("id") if isinstance(recorded, dict) else None
    if not isinstance(name, str) or not name:
        return None
    # A movie may come from anybody, and a core is a program.
    if os.sep in name or name.endswith(".so"):
        raise ConfigError(f"{movie.path} was recorded on a core in a file of its own, {name!r}; say which core to take")
    return name


def _check_rom(movie: Movie, path: str | os.PathLike[str]) -> None:
    expected = movie.details.get("rom_sha1")
    try:
        with open(path, "rb") as file:
            actual = hashlib.file_digest(file, "sha1").hexdigest()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}") from error
    if expected is not None and expected != actual:
        raise ConfigError(
            f"{movie.path} was recorded with another ROM: expected the SHA-1 {expected}, and {path} has {actual}"
        )


def _disturbance(movie: Movie) -> str:
    what = movie.details.get("disturbed")
    return f". While it was recorded the machine was changed by other means: {what}" if isinstance(what, str) else ""


def _core_text(core: object) -> str:
    return f"{core.get('name')} {core.get('version')}" if isinstance(core, dict) else "an unnamed core"
