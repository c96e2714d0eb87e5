"""A short film of a game: an animated GIF, which everything can show."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy.typing as npt
from PIL import Image

from toolkit.emulator.aspect import square_pixels
from toolkit.errors import ConfigError
from toolkit.limits import reason

Frame = npt.NDArray[Any]

COLOURS: Final = 128
# Pixels of these machines are small on today's screens.
MAGNIFY: Final = 2
MAX_BYTES: Final = 3_000_000
# A GIF counts in hundredths of a second.
TICK_MS: Final = 10
# How long the last frame stays before the film begins again.
LAST_MS: Final = 1500


class Reel:
    """The frames of the last seconds, each uint8, (height, width, 3)."""

    def __init__(self, seconds: float, frames_per_second: float) -> None:
        self.frames_per_second = frames_per_second
        self._frames: deque[Frame] = deque(maxlen=max(1, round(seconds * frames_per_second)))

    def add(self, frames: Sequence[Frame]) -> None:
        self._frames.extend(frames)

    def cut(self) -> list[Frame]:
        """What is on it; it is empty afterwards."""
        frames = list(self._frames)
        self._frames.clear()
        return frames


def write_gif(
    path: Path,
    frames: Sequence[Frame],
    frames_per_second: float,
    max_bytes: int = MAX_BYTES,
    aspect_ratio: float | None = None,
) -> None:
    """Writes `frames` as a GIF that runs at the game's speed, of at most `max_bytes` unless it is very long.

    With the machine's `aspect_ratio` it has the shape of its screen, otherwise that of its pixels as if they were
    squares; so has what `write_png` writes.

    Raises:
        ConfigError: The file cannot be written.
    """
    scale = float(MAGNIFY)
    for _ in range(5):
        _write(path, [_scaled(frame, scale, aspect_ratio) for frame in frames], frames_per_second)
        size = path.stat().st_size
        if size <= max_bytes:
            return
        # Bytes grow with the area. Whole pixels while there are enough of them.
        scale *= 0.95 * (max_bytes / size) ** 0.5
        scale = 1.0 if 1.0 < scale < MAGNIFY else scale


def write_png(path: Path, frame: Frame, magnify: int = MAGNIFY, aspect_ratio: float | None = None) -> None:
    """Writes one frame, each pixel `magnify` pixels wide and high.

    Raises:
        ConfigError: The file cannot be written.
    """
    image = _scaled(frame, magnify, aspect_ratio)
    try:
        image.save(path)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {reason(error)}") from error


def make_folder(path: str | os.PathLike[str]) -> Path:
    """The folder at `path`, made if there is none.

    Raises:
        ConfigError: It cannot be made, or not be written.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot make the folder {folder}: {reason(error)}; name another with --output") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(f"the folder {folder} cannot be written; name another with --output")
    return folder


def _scaled(frame: Frame, scale: float, aspect_ratio: float | None) -> Image.Image:
    image = Image.fromarray(frame)
    width, height = image.size if aspect_ratio is None else square_pixels(*image.size, aspect_ratio)
    method = Image.Resampling.BOX if scale < 1 or width < image.width else Image.Resampling.NEAREST
    return image.resize((round(width * scale), round(height * scale)), method)


def _write(path: Path, images: Sequence[Image.Image], frames_per_second: float) -> None:
    # One palette for all frames, from some of them side by side: the background then stays the same from frame to
    # frame, and GIF stores only what changes.
    some = images[:: max(1, len(images) // 8)]
    strip = Image.new("RGB", (sum(image.width for image in some), max(image.height for image in some)))
    left = 0
    for image in some:
        strip.paste(image, (left, 0))
        left += image.width
    palette = strip.quantize(COLOURS, dither=Image.Dither.NONE)
    indexed = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in images]
    duration = max(2, round(1000 / frames_per_second / TICK_MS)) * TICK_MS
    durations = [duration] * (len(images) - 1) + [LAST_MS]
    try:
        indexed[0].save(path, save_all=True, append_images=indexed[1:], duration=durations, loop=0)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {reason(error)}") from error
