"""Turns frames into MP4, through ffmpeg, or GIF, through Pillow."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from PIL import Image

from toolkit.errors import ConfigError
from toolkit.limits import limit_error
from toolkit.retro.machine import Pixels
from toolkit.retro.mp4 import find_ffmpeg, scaled, shown_size, write_mp4
from toolkit.retro.sound import Sound

# A GIF counts in hundredths of a second, and viewers slow down what is faster than 50 frames per second.
MAX_GIF_RATE: Final = 50.0


def write_film(
    path: Path,
    frames: Iterable[Pixels],
    rate: float,
    magnify: int = 2,
    sound: Sound | None = None,
    aspect_ratio: float | None = None,
) -> int:
    """Writes `frames` (uint8, (height, width, 3), RGB) at `rate` per second to a .mp4 or .gif; returns how many.

    A file is there only when all of it could be written. Frames of another size than the first are scaled to it. After
    each frame `sound` is asked for what was heard in it; a GIF is silent, and so is an MP4 if there never was anything.
    With the machine's `aspect_ratio` the film has the shape of its screen, otherwise that of its pixels as if they were
    squares.

    Raises:
        ConfigError: Another extension, no ffmpeg, no frames, or the file cannot be written.
    """
    kind = path.suffix.lower()
    if kind not in (".mp4", ".gif"):
        raise ConfigError(f"a film is a .mp4 or a .gif, got {path}")
    if kind == ".mp4":
        find_ffmpeg()
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{kind}")
    try:
        try:
            if kind == ".mp4":
                count = write_mp4(part, frames, rate, magnify, sound, aspect_ratio)
            else:
                count = _write_gif(part, frames, rate, magnify, aspect_ratio)
            if not count:
                raise ConfigError(f"there is no frame to write to {path}")
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        tried = f"cannot write {path}"
        raise limit_error(error, tried) or ConfigError(f"{tried}: {error.strerror or error}") from error
    return count


def _write_gif(path: Path, frames: Iterable[Pixels], rate: float, magnify: int, aspect_ratio: float | None) -> int:
    # Whole frames are left out where there are more per second than a GIF can show.
    step = 1
    while rate / step > MAX_GIF_RATE:
        step += 1
    images: list[Image.Image] = []
    for number, frame in enumerate(frames):
        if number % step == 0:
            width, height = shown_size((frame.shape[1], frame.shape[0]), aspect_ratio)
            size = images[0].size if images else (width * magnify, height * magnify)
            # One byte a pixel, as a GIF has them: a minute fits into memory.
            images.append(scaled(frame, size).quantize(256, dither=Image.Dither.NONE))
    if not images:
        return 0
    # Hundredths of a second, so that no error adds up.
    ends = [round(100 * (number + 1) * step / rate) for number in range(len(images))]
    durations = [10 * (end - begin) for begin, end in zip([0, *ends], ends, strict=False)]
    images[0].save(path, save_all=True, append_images=images[1:], duration=durations, loop=0)
    return len(images)
