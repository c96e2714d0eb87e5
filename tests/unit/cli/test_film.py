"""Films and pictures."""

import numpy as np
import pytest
from PIL import Image

from toolkit.cli.film import LAST_MS, Reel, make_folder, write_gif, write_png
from toolkit.errors import ConfigError

SHAPE = (48, 64, 3)


def moving(count):
    """A white square on blue that moves."""
    for number in range(count):
        frame = np.full(SHAPE, (0, 0, 120), np.uint8)
        frame[10:20, number : number + 10] = 255
        yield frame


def test_a_film_runs_at_the_games_speed(tmp_path):
    path = tmp_path / "film.gif"
    write_gif(path, list(moving(20)), 59.6 / 3)
    with Image.open(path) as film:
        assert (film.size, film.n_frames) == ((128, 96), 20)
        durations = []
        for number in range(film.n_frames):
            film.seek(number)
            durations.append(film.info["duration"])
            square = film.convert("RGB").getpixel((2 * number + 10, 30))
            assert square == (255, 255, 255)
    assert durations == [50] * 19 + [LAST_MS]


def test_a_film_that_is_too_big_shrinks(tmp_path):
    noise = np.random.default_rng(1)
    frames = [noise.integers(0, 256, SHAPE, np.uint8) for _ in range(10)]
    path = tmp_path / "film.gif"
    write_gif(path, frames, 20, max_bytes=20_000)
    assert path.stat().st_size <= 20_000
    with Image.open(path) as film:
        assert film.n_frames == 10
        assert film.width < 64


def test_a_reel_keeps_the_end():
    reel = Reel(seconds=0.5, frames_per_second=10)
    frames = list(moving(12))
    reel.add(frames[:9])
    reel.add(frames[9:])
    assert [id(frame) for frame in reel.cut()] == [id(frame) for frame in frames[-5:]]
    assert reel.cut() == []


def test_a_picture(tmp_path):
    frame = next(moving(1))
    write_png(tmp_path / "a.png", frame, magnify=2)
    with Image.open(tmp_path / "a.png") as image:
        assert (np.asarray(image)[::2, ::2] == frame).all()
        assert image.size == (128, 96)


def test_the_shape_of_the_screen(tmp_path):
    frames = list(moving(5))
    assert frames[0].shape == (48, 64, 3)
    write_gif(tmp_path / "a.gif", frames, 20, aspect_ratio=2)
    write_png(tmp_path / "a.png", frames[0], aspect_ratio=1)
    with Image.open(tmp_path / "a.gif") as film, Image.open(tmp_path / "a.png") as picture:
        assert film.size == (192, 96)
        assert picture.size == (128, 128)


def test_what_cannot_be_written_is_said(tmp_path):
    frame = next(moving(1))
    with pytest.raises(ConfigError, match="cannot write"):
        write_png(tmp_path / "none" / "a.png", frame)
    with pytest.raises(ConfigError, match="cannot write"):
        write_gif(tmp_path / "none" / "a.gif", [frame], 20)
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="--output"):
        make_folder(tmp_path / "file")
    assert make_folder(tmp_path / "a" / "b").is_dir()
