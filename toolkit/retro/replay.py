"""Plays a movie back, and watches that it is the same one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import closing

from toolkit.errors import ConfigError, MovieDiffers
from toolkit.retro.integrations import Integrations
from toolkit.retro.machine import Machine, Pixels
from toolkit.retro.movie import Movie, checksum
from toolkit.retro.rom_files import find_rom


def play_movie(
    movie: Movie,
    *,
    rom: str | os.PathLike[str] | None = None,
    core: str | None = None,
    verify: bool = True,
    timeout: float = 30.0,
) -> Iterator[Pixels]:
    """Runs a movie frame by frame, on a machine of its own.

    Args:
        movie: What to play.
        rom: The game's ROM; by default that of the integration that the movie names.
        core: The core to play it on; by default the one that it was recorded on, or the console's first.
        verify: Compare every frame with the movie's checksums, if it has any.
        timeout: Seconds that a frame may take.

    Yields:
        The picture of each frame: uint8, (height, width, 3), RGB.

    Raises:
        ConfigError: The ROM or the core is not there, or the ROM is another one.
        StateError: The core refuses the movie's start state.
        MovieDiffers: A frame is not what it was.
    """
    from toolkit.retro.libretro_machine import start_machine

    path = find_rom(movie.game, Integrations.ALL) if rom is None else rom
    _check_rom(movie, path)
    recorded = movie.details.get("core")
    name = core or (str(recorded.get("id", "")) if isinstance(recorded, dict) else "") or None
    with closing(
        start_machine(movie.system, path, movie.game or "movie", movie.players, name, None, timeout)
    ) as machine:
        yield from _play(movie, machine, verify)


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


def _play(movie: Movie, machine: Machine, verify: bool) -> Iterator[Pixels]:
    # As an environment does before it loads its start state.
    for _ in range(2):
        machine.run([0] * movie.players)
    if movie.state is not None:
        machine.load(movie.state)
    for number, pressed in enumerate(movie.inputs):
        machine.run(pressed)
        picture = machine.picture
        if verify and movie.checksums and checksum(picture) != movie.checksums[number]:
            raise MovieDiffers(
                f"{movie.path}: frame {number} of {len(movie.inputs)} is not what it was when the movie was recorded "
                f"(checksum {movie.checksums[number]:08x} then, {checksum(picture):08x} now); all before are. "
                f"It was recorded on {_core_text(movie.details.get('core'))}, and this is {_core_text(machine.core)}",
                number,
            )
        yield picture


def _core_text(core: object) -> str:
    return f"{core.get('name')} {core.get('version')}" if isinstance(core, dict) else "an unnamed core"
