"""Sound that stays with the picture."""

import io

import numpy as np
import pytest

from tests.films import RATE, has_sound, pictures_of, sound_of
from toolkit.retro.film import write_film
from toolkit.retro.sound import Sound, SoundTrack

FRAME_RATE = 59.922743
SAMPLE_RATE = 44100
PER_FRAME = SAMPLE_RATE / FRAME_RATE


def written(per_frame, rate=SAMPLE_RATE):
    """The track of frames with so many samples each, which count from 1."""
    file = io.BytesIO()
    track = SoundTrack(file, rate, FRAME_RATE)
    number = 0
    for count in per_frame:
        track.add((np.arange(number + 1, number + count + 1) % 30000).astype(np.int16).repeat(2).reshape(-1, 2))
        number += count
    track.finish()
    return np.frombuffer(file.getvalue(), np.int16).reshape(-1, 2), track


def exact(frames):
    ends = [round(number * PER_FRAME) for number in range(frames + 1)]
    return np.diff(ends).tolist()


def test_what_a_core_makes_is_left_as_it_is():
    counts = exact(3600)
    samples, track = written(counts)
    assert track.heard
    assert len(samples) == sum(counts) == round(3600 * PER_FRAME)
    assert (samples[:, 0] == np.arange(1, len(samples) + 1) % 30000).all()
    assert (samples[:, 1] == samples[:, 0]).all()


def test_sound_that_comes_some_frames_late():
    counts = exact(600)
    late = [sum(counts[number - 4 : number]) if number % 4 == 0 else 0 for number in range(601)]
    samples, _ = written(late)
    assert (samples[: 600 * 735 - 4000, 0] == np.arange(1, 600 * 735 - 3999) % 30000).all()
    assert len(samples) == round(601 * PER_FRAME)


@pytest.mark.parametrize("count", [0, 1, 500, 730, 742, 2000])
def test_a_core_that_promised_something_else(count):
    """Whatever it makes, the sound is as long as the picture, and never far from it."""
    frames = 2000
    samples, track = written([count] * frames)
    assert len(samples) == round(frames * PER_FRAME)
    assert track.heard == (count > 0)
    if count < 30000 / frames:
        return
    # Every sample that is there belongs to a frame at most 0.1 s from where it is.
    at = np.flatnonzero(samples[:, 0])
    frame_of_sample = (np.unwrap(samples[at, 0].astype(float), period=30000) - 1) // count
    off = at / PER_FRAME - frame_of_sample
    assert np.abs(off).max() <= 0.1 * FRAME_RATE + 2


def test_silence_before_the_first_sound():
    samples, _ = written([0] * 60 + exact(60))
    assert not samples[: 50 * 735].any()
    assert samples[-1].any()
    assert len(samples) == round(120 * PER_FRAME)


def flashing(frames, bright):
    for number in range(frames):
        yield np.full((16, 32, 3), 255 if number in bright else 0, np.uint8)


class Beeper:
    """A console that beeps for one frame where the picture flashes."""

    def __init__(self, rate, bright):
        self.rate = rate
        self.bright = bright
        self.frame = -1

    def take(self):
        self.frame += 1
        first, last = (round(number * self.rate / FRAME_RATE) for number in (self.frame, self.frame + 1))
        wave = np.where(np.arange(first, last) // 20 % 2, 12000, -12000)
        return (wave * (self.frame in self.bright)).astype(np.int16).repeat(2).reshape(-1, 2)


@pytest.mark.parametrize("rate", [44100, 31440.25, 32040.5, 48000])
def test_a_film_flashes_and_beeps_at_once(tmp_path, rate):
    """After two minutes as at the beginning."""
    bright, frames = (10, 3600, 7190), 7200
    path = tmp_path / "a.mp4"
    beeper = Beeper(rate, bright)
    assert write_film(path, flashing(frames, bright), FRAME_RATE, 1, Sound(rate, beeper.take)) == frames
    pictures = pictures_of(path, 16, 32)
    assert np.flatnonzero(pictures.mean((1, 2)) > 128).tolist() == list(bright)
    sound = sound_of(path)
    assert len(sound) / RATE == pytest.approx(frames / FRAME_RATE, abs=0.05)
    loud = np.abs(sound[:, 0].astype(int)) > 3000
    for frame in bright:
        begin, end = (round(number / FRAME_RATE * RATE) for number in (frame, frame + 1))
        assert loud[begin:end].mean() > 0.5
        assert not loud[begin - 4800 : begin - 300].any()
        assert not loud[end + 300 : end + 4800].any()
    assert list(tmp_path.iterdir()) == [path]


def nothing():
    return np.zeros((0, 2), np.int16)


def failing():
    raise RuntimeError("no sound")


@pytest.mark.parametrize("sound", [None, Sound(44100, nothing), Sound(0, failing)])
def test_a_core_without_sound(tmp_path, sound):
    path = tmp_path / "a.mp4"
    assert write_film(path, flashing(60, ()), FRAME_RATE, 1, sound) == 60
    assert not has_sound(path)
    assert list(tmp_path.iterdir()) == [path]


def test_sound_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="no sound"):
        write_film(tmp_path / "a.mp4", flashing(60, ()), FRAME_RATE, 1, Sound(44100, failing))
    assert not list(tmp_path.iterdir())
