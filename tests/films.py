"""What is in a film: its pictures and its sound, as ffmpeg decodes them."""

import subprocess

import numpy as np

from toolkit.retro.mp4 import find_ffmpeg

RATE = 48000


def _decode(path, *arguments):
    command = [find_ffmpeg(), "-loglevel", "error", "-i", str(path), *arguments, "-"]
    return subprocess.run(command, capture_output=True, timeout=60, check=True).stdout


def has_sound(path):
    done = subprocess.run([find_ffmpeg(), "-i", str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert "Video: h264" in done.stderr
    return "Audio: aac" in done.stderr


def sound_of(path):
    """int16, (samples, 2), 48000 per second."""
    raw = _decode(path, "-map", "0:a", "-f", "s16le", "-ac", "2", "-ar", str(RATE))
    return np.frombuffer(raw, np.int16).reshape(-1, 2)


def pictures_of(path, height, width):
    """uint8, (frames, height, width), gray."""
    raw = _decode(path, "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "gray")
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width)
