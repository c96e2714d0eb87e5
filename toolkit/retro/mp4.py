"""MP4, through ffmpeg: the picture first, as it comes, then the sound beside it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

import numpy as np
from PIL import Image

from toolkit.emulator.aspect import square_pixels
from toolkit.errors import ConfigError
from toolkit.installed import find_program, package_folders
from toolkit.link.handle import start
from toolkit.retro.machine import Pixels
from toolkit.retro.sound import Sound, SoundTrack

# How long ffmpeg may take when it has everything: this, and as long as the film lasts.
PATIENCE: Final = 60.0
# AAC has no rates as odd as consoles have.
OUTPUT_RATE: Final = 48000
# Rates of sound that make sense; a core without any may say 0.
MIN_RATE: Final = 1000
MAX_RATE: Final = 1_000_000
# The table of contents comes first, so that a film can begin before all of it is there.
LAYOUT: Final = ("-movflags", "+faststart")


def find_ffmpeg() -> str:
    """The ffmpeg on the PATH, or the one that the package imageio-ffmpeg brings.

    Raises:
        ConfigError: There is none.
    """
    found = find_program("ffmpeg")
    for folder in package_folders("imageio_ffmpeg") if found is None else ():
        found = next((str(path) for path in folder.glob("binaries/ffmpeg-*") if os.access(path, os.X_OK)), found)
    if found is None:
        raise ConfigError(
            "MP4 needs ffmpeg, which is not there: install it (Debian: apt install ffmpeg; or pip install "
            "imageio-ffmpeg), or write a .gif"
        )
    return found


def write_mp4(
    path: Path,
    frames: Iterable[Pixels],
    rate: float,
    magnify: int,
    sound: Sound | None = None,
    aspect_ratio: float | None = None,
) -> int:
    """Writes `frames` at `rate` per second, with the sound that `sound` has after each of them; returns how many.

    Without frames there is no file, and without any samples no sound in it.

    Raises:
        ConfigError: There is no ffmpeg, or it fails.
        OSError: The sound cannot be kept beside the film.
    """
    if sound is None or not MIN_RATE <= sound.rate <= MAX_RATE:
        return _write_picture(path, frames, rate, magnify, aspect_ratio)
    picture, samples = path.with_suffix(".picture.mp4"), path.with_suffix(".pcm")
    try:
        with samples.open("wb") as file:
            track = SoundTrack(file, sound.rate, rate)
            count = _write_picture(picture, _heard(frames, track, sound), rate, magnify, aspect_ratio)
            track.finish()
        if count and track.heard:
            _add_sound(path, picture, samples, track.rate, count / rate)
        elif count:
            os.replace(picture, path)
        return count
    finally:
        picture.unlink(missing_ok=True)
        samples.unlink(missing_ok=True)


def _heard(frames: Iterable[Pixels], track: SoundTrack, sound: Sound) -> Iterator[Pixels]:
    for frame in frames:
        track.add(sound.take())
        yield frame


def _write_picture(path: Path, frames: Iterable[Pixels], rate: float, magnify: int, aspect_ratio: float | None) -> int:
    process: _Ffmpeg | None = None
    size = (0, 0)
    count = 0
    with tempfile.TemporaryFile() as complaints:
        try:
            for frame in frames:
                if process is None:
                    size = frame.shape[1], frame.shape[0]
                    arguments = _picture_arguments(size, shown_size(size, aspect_ratio), rate, magnify)
                    process = _Ffmpeg(arguments, path, complaints, subprocess.PIPE)
                data = frame if frame.shape[1::-1] == size else np.asarray(scaled(frame, size))
                try:
                    process.write(np.ascontiguousarray(data).data)
                except BrokenPipeError:
                    break
                count += 1
            if process is not None:
                process.finish(count / rate)
        finally:
            if process is not None:
                process.end()
    return count


def _add_sound(path: Path, picture: Path, samples: Path, rate: int, seconds: float) -> None:
    with tempfile.TemporaryFile() as complaints:
        raw = ["-f", "s16le", "-ar", str(rate), "-ac", "2", "-i", os.fspath(samples)]
        encoded = ["-c:v", "copy", "-c:a", "aac", "-b:a", "160k", "-ar", str(OUTPUT_RATE), *LAYOUT]
        process = _Ffmpeg(["-i", os.fspath(picture), *raw, *encoded], path, complaints)
        try:
            process.finish(seconds)
        finally:
            process.end()


def scaled(frame: Pixels, size: tuple[int, int]) -> Image.Image:
    """The frame in another size (width, height), without blur."""
    return Image.fromarray(frame).resize(size, Image.Resampling.NEAREST)


def shown_size(size: tuple[int, int], aspect_ratio: float | None) -> tuple[int, int]:
    """Width and height of a film of pictures of that size, before it is magnified."""
    return size if aspect_ratio is None else square_pixels(*size, aspect_ratio)


def _picture_arguments(size: tuple[int, int], shown: tuple[int, int], rate: float, magnify: int) -> list[str]:
    # Whole pixels stay sharp; where lines are stretched unevenly, blurred ones look better.
    method = "neighbor" if shown == size else "bilinear"
    # H.264 in the form that every player takes wants even sizes.
    scale = f"scale={shown[0] * magnify // 2 * 2 or 2}:{shown[1] * magnify // 2 * 2 or 2}:flags={method}"
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", f"{rate:.6f}", "-i", "-"]
    return [*raw, "-an", "-vf", scale, "-c:v", "libx264", "-crf", "17", "-pix_fmt", "yuv420p", *LAYOUT]


class _Ffmpeg:
    """One ffmpeg that writes the film `path`, and what it has against it into `complaints`."""

    def __init__(
        self, arguments: Sequence[str], path: Path, complaints: IO[bytes], stdin: int = subprocess.DEVNULL
    ) -> None:
        self._path = path
        self._complaints = complaints
        command = [find_ffmpeg(), "-nostdin", "-loglevel", "error", "-y", *arguments, os.fspath(path)]
        self._handle = start(command, stdin=stdin, stdout=complaints, stderr=complaints)
        self._process = self._handle.process

    def write(self, data: memoryview) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)

    def _close_input(self) -> None:
        if self._process.stdin is not None:
            # What it has against the frames it says itself.
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def finish(self, seconds: float) -> None:
        """Waits until the file is whole; `seconds` is how long the film is."""
        self._close_input()
        patience = PATIENCE + seconds
        if not self._handle.ended(patience):
            raise ConfigError(f"ffmpeg did not finish {self._path} within {patience:g} s")
        self._complaints.seek(0)
        text = self._complaints.read()[-2000:].decode("utf-8", "replace").strip()
        code = self._handle.exit_code
        # Where its exit code is unknown, its words decide; of what went well it says nothing.
        if (bool(text) or not self._path.is_file()) if code is None else code != 0:
            raise ConfigError(f"ffmpeg could not write {self._path}: {text}")

    def end(self) -> None:
        self._handle.signal_group(signal.SIGKILL)
        self._handle.close()
        self._close_input()
