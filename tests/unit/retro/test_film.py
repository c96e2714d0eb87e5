import stat

import numpy as np
import pytest
from PIL import Image

from toolkit.errors import ConfigError
from toolkit.retro import mp4
from toolkit.retro.film import write_film
from toolkit.retro.mp4 import find_ffmpeg
from toolkit.window import Window

RATE = 59.92


def frames(count, height=16, width=24):
    for number in range(count):
        frame = np.zeros((height, width, 3), np.uint8)
        frame[:, number % width] = (255, 128, 64)
        yield frame


def test_gif(tmp_path):
    path = tmp_path / "a.gif"
    assert write_film(path, frames(60), RATE, 2) == 30
    with Image.open(path) as image:
        assert image.size == (48, 32)
        durations = []
        for number in range(image.n_frames):
            image.seek(number)
            durations.append(image.info["duration"])
        image.seek(1)
        assert image.convert("RGB").getpixel((4, 0)) == (255, 128, 64)
    # A second of game takes a second.
    assert abs(sum(durations) - 60 / RATE * 1000) <= 10
    assert list(tmp_path.iterdir()) == [path]


def test_frames_of_another_size_are_scaled(tmp_path):
    assert write_film(tmp_path / "a.gif", [*frames(2), *frames(2, 8, 10)], 10, 1) == 4
    with Image.open(tmp_path / "a.gif") as image:
        image.seek(3)
        assert image.size == (24, 16)


def test_mp4(tmp_path):
    path = tmp_path / "a.mp4"
    # An odd size, which H.264 has not, and a change of it.
    assert write_film(path, [*frames(30, 15, 25), *frames(5, 8, 10)], RATE, 1) == 35
    assert path.read_bytes()[4:8] == b"ftyp"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a.avi", "a", ".mp4"])
def test_other_formats(tmp_path, name):
    with pytest.raises(ConfigError, match=r"\.mp4 or a \.gif"):
        write_film(tmp_path / name, frames(2), RATE)


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_what_cannot_be_written(tmp_path, name):
    with pytest.raises(ConfigError, match="no frame"):
        write_film(tmp_path / name, [], RATE)
    with pytest.raises(ConfigError, match=r"(cannot|could not) write"):
        write_film(tmp_path / "missing" / name, frames(3), RATE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.mp4", "a.gif"])
def test_frames_that_fail(tmp_path, name):
    def broken():
        yield from frames(3)
        raise ConfigError("the movie differs")

    with pytest.raises(ConfigError, match="the movie differs"):
        write_film(tmp_path / name, broken(), RATE)
    assert list(tmp_path.iterdir()) == []


def program(folder, text):
    path = folder / "ffmpeg"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_an_ffmpeg_that_fails(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin", "echo no such encoder >&2; exit 3")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(ConfigError, match="no such encoder"):
        write_film(tmp_path / "a.mp4", frames(500, 200, 200), RATE)


def test_an_ffmpeg_that_never_ends(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin", "cat > /dev/null; exec sleep 600")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setattr("toolkit.retro.mp4.PATIENCE", 0.3)
    with pytest.raises(ConfigError, match="did not finish"):
        write_film(tmp_path / "a.mp4", frames(3), RATE)


def test_no_ffmpeg(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(mp4, "package_folders", lambda name: [])
    with pytest.raises(ConfigError, match="apt install ffmpeg"):
        find_ffmpeg()
    with pytest.raises(ConfigError, match="apt install ffmpeg"):
        write_film(tmp_path / "a.mp4", frames(2), RATE)


def test_a_window_without_a_display(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(ConfigError, match=r'render_mode="human" needs'):
        Window("game")


@pytest.mark.parametrize(("aspect", "size"), [(None, (48, 32)), (2, (64, 32)), (1, (48, 48)), (9, (48, 6))])
def test_the_shape_of_the_screen(tmp_path, aspect, size):
    path = tmp_path / "a.gif"
    write_film(path, frames(4), RATE, 2, aspect_ratio=aspect)
    with Image.open(path) as film:
        assert film.size == size
