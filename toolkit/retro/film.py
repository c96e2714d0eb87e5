"""Turns frames into MP4, through ffmpeg, or GIF, through Pillow."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final

import numpy as np
from PIL import Image

from toolkit.errors import ConfigError
from toolkit.retro.machine import Pixels

# A GIF counts in hundredths of a second, and viewers slow down what is faster than 50 frames per second.
MAX_GIF_RATE: Final = 50.0
PATIENCE: Final = 60.0


def find_ffmpeg() -> str:
    """The ffmpeg on the PATH, or the one that the package imageio-ffmpeg brings.

    Raises:
        ConfigError: There is none.
    """
    found = shutil.which("ffmpeg")
    if found is None and importlib.util.find_spec("imageio_ffmpeg") is not None:
        # It is no dependency, so that type checkers do not know it.
        with contextlib.suppress(RuntimeError):
            found = str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    if found is None:
        raise ConfigError(
            "MP4 needs ffmpeg, which is not there: install it (Debian: apt install ffmpeg; or pip install "
            "imageio-ffmpeg), or write a .gif"
        )
    return found


def write_film(path: Path, frames: Iterable[Pixels], rate: float, magnify: int = 2) -> int:
    """Writes `frames` (uint8, (height, width, 3), RGB) at `rate` per second to a .mp4 or .gif; returns how many.

    A file is there only when all of it could be written. Frames of another size than the first are scaled to it.

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
            count = (_write_mp4 if kind == ".mp4" else _write_gif)(part, frames, rate, magnify)
            if not count:
                raise ConfigError(f"there is no frame to write to {path}")
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror or error}") from error
    return count


def _scaled(frame: Pixels, size: tuple[int, int]) -> Image.Image:
    return Image.fromarray(frame).resize(size, Image.Resampling.NEAREST)


def _write_mp4(path: Path, frames: Iterable[Pixels], rate: float, magnify: int) -> int:
    process: subprocess.Popen[bytes] | None = None
    size = (0, 0)
    count = 0
    with tempfile.TemporaryFile() as complaints:
        try:
            for frame in frames:
                if process is None:
                    size = frame.shape[1], frame.shape[0]
                    process = _start_ffmpeg(path, size, rate, magnify, complaints)
                assert process.stdin is not None
                data = frame if frame.shape[1::-1] == size else np.asarray(_scaled(frame, size))
                try:
                    process.stdin.write(np.ascontiguousarray(data).data)
                except BrokenPipeError:
                    break
                count += 1
            if process is not None:
                assert process.stdin is not None
                # What it has against the frames it says itself.
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
                if process.wait(PATIENCE) != 0:
                    complaints.seek(0)
                    text = complaints.read()[-2000:].decode("utf-8", "replace").strip()
                    raise ConfigError(f"ffmpeg could not write {path}: {text}")
        except subprocess.TimeoutExpired:
            raise ConfigError(f"ffmpeg did not finish {path} within {PATIENCE:g} s") from None
        finally:
            if process is not None:
                _end(process)
    return count


def _start_ffmpeg(
    path: Path, size: tuple[int, int], rate: float, magnify: int, complaints: IO[bytes]
) -> subprocess.Popen[bytes]:
    # H.264 in the form that every player takes wants even sizes.
    scale = f"scale={size[0] * magnify // 2 * 2 or 2}:{size[1] * magnify // 2 * 2 or 2}:flags=neighbor"
    command = [find_ffmpeg(), "-nostdin", "-loglevel", "error", "-y"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", f"{rate:.6f}", "-i", "-"]
    command += ["-an", "-vf", scale, "-c:v", "libx264", "-crf", "17", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    return subprocess.Popen([*command, os.fspath(path)], stdin=subprocess.PIPE, stdout=complaints, stderr=complaints)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def _write_gif(path: Path, frames: Iterable[Pixels], rate: float, magnify: int) -> int:
    # Whole frames are left out where there are more per second than a GIF can show.
    step = 1
    while rate / step > MAX_GIF_RATE:
        step += 1
    images: list[Image.Image] = []
    for number, frame in enumerate(frames):
        if number % step == 0:
            size = images[0].size if images else (frame.shape[1] * magnify, frame.shape[0] * magnify)
            # One byte a pixel, as a GIF has them: a minute fits into memory.
            images.append(_scaled(frame, size).quantize(256, dither=Image.Dither.NONE))
    if not images:
        return 0
    # Hundredths of a second, so that no error adds up.
    ends = [round(100 * (number + 1) * step / rate) for number in range(len(images))]
    durations = [10 * (end - begin) for begin, end in zip([0, *ends], ends, strict=False)]
    images[0].save(path, save_all=True, append_images=images[1:], duration=durations, loop=0)
    return len(images)
