"""Plays a movie back, and watches that it is the same one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from toolkit.closing import Closing
from toolkit.errors import ConfigError, MovieDiffers, RomError, UnknownGame
from toolkit.retro.checks import check_options, check_rom
from toolkit.retro.cores import hash_system_files
from toolkit.retro.integrations import Integrations, game_names, same_game
from toolkit.retro.machine import Pixels
from toolkit.retro.movie import Movie, checksum
from toolkit.retro.rom_files import find_rom, rom_sha1
from toolkit.retro.sound import Sound

# Of a core that says it shows fewer than one picture per second, or more than a thousand.
USUAL_RATE: Final = 60.0


class Player(Closing):
    """A movie on a machine of its own, which runs frame by frame.

    Args:
        movie: What to play.
        rom: The game's ROM; by default that of the integration that the movie names, or of the one whose name differs
            from that by case and version alone: movies of gym-retro name no version.
        core: The core to play it on; by default the one that it was recorded on, or the console's first.
        options: The core's options; by default those that it was recorded with, on the same core.
        verify: Compare every frame with the movie's checksums, if it has any.
        system: The folder with the core's BIOS files, as of `RetroEmulator`.
        timeout: Seconds that a frame may take.
        sound: Keep the sound, for `take_sound`.

    Raises:
        UnknownGame, RomError: The game, or its ROM, is not there.
        ConfigError: The core is not there, the ROM is another one, or the movie names a core by its path.
    """

    def __init__(
        self,
        movie: Movie,
        *,
        rom: str | os.PathLike[str] | None = None,
        core: str | None = None,
        options: Mapping[str, str] | None = None,
        system: str | os.PathLike[str] | None = None,
        verify: bool = True,
        timeout: float = 30.0,
        sound: bool = False,
    ) -> None:
        path = _find_rom(movie) if rom is None else check_rom(rom)
        _check_rom(movie, path)
        name = core or _recorded_core(movie)
        if options is None:
            options = _recorded_options(movie, name)
        game = movie.game or "movie"
        self._movie = movie
        self._verify = verify
        from toolkit.retro.libretro_machine import start_machine

        self._machine = start_machine(
            movie.system, path, game, movie.players, name, options, timeout, system_folder=system, sound=sound
        )
        rate = self._machine.frame_rate
        self.frame_rate = rate if 1 <= rate <= 1000 else USUAL_RATE
        self.sound = Sound(self._machine.sample_rate, self._machine.take_sound) if sound else None

    @property
    def aspect_ratio(self) -> float:
        """Width by height of the pictures on the console's screen."""
        return self._machine.aspect_ratio

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
                f"{_core_text(self._machine.core)}{self._other_files()}{_disturbance(movie)}",
                number,
            )

    def _other_files(self) -> str:
        """What of the BIOS files is not as it was recorded, as the end of a message; most cores need none of them."""
        then = self._movie.details.get("system_files")
        folder = self._machine.system_folder
        now = {} if folder is None else hash_system_files(folder)
        other = [] if not isinstance(then, dict) else sorted(name for name in then if now.get(name) != then[name])
        if not other:
            return ""
        names = ", ".join(map(repr, other[:8])) + (", ..." if len(other) > 8 else "")
        return f". Of its BIOS files these are others, or not there: {names}; system= (--system) names their folder"

    def close(self) -> None:
        self._machine.close()


def play_movie(movie: Movie, **options: Any) -> Iterator[Pixels]:
    """The pictures of a movie, from a `Player` with these options, which is closed after the last."""
    with Player(movie, **options) as player:
        yield from player.play()


def _find_rom(movie: Movie) -> Path:
    """The ROM of the game that a movie names.

    Raises:
        RomError, UnknownGame: There is none; the message names the way around integrations.
    """
    game = movie.game
    try:
        try:
            return find_rom(game, Integrations.ALL)
        except UnknownGame:
            same = same_game(game, game_names(Integrations.ALL))
            if same is None:
                raise
            return find_rom(same, Integrations.ALL)
    except (RomError, UnknownGame) as error:
        raise type(error)(f"{movie.path}: {error}; rom= (--rom) names the file of the game's ROM") from error


def _recorded_options(movie: Movie, core: str | None) -> dict[str, str] | None:
    """The options of the core that the movie was recorded with, if it is played on that core."""
    from toolkit.retro.libretro_machine import core_id

    recorded = movie.details.get("core")
    options = movie.details.get("options")
    if options is None:
        return None
    if not isinstance(options, dict):
        raise ConfigError(f"{movie.path}: the core's options are an object of texts, got {str(options)[:80]!r}")
    if isinstance(recorded, dict) and (core is None or core_id(Path(core)) != recorded.get("id")):
        return None
    return check_options(options)


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


def _check_rom(movie: Movie, path: Path) -> None:
    expected = movie.details.get("rom_sha1")
    actual = rom_sha1(path, movie.system)
    if expected is not None and expected != actual:
        raise ConfigError(
            f"{movie.path} was recorded with another ROM: expected the SHA-1 {expected}, and {path} has {actual}"
        )


def _disturbance(movie: Movie) -> str:
    what = movie.details.get("disturbed")
    return f". While it was recorded the machine was changed by other means: {what}" if isinstance(what, str) else ""


def _core_text(core: object) -> str:
    return f"{core.get('name')} {core.get('version')}" if isinstance(core, dict) else "an unnamed core"
