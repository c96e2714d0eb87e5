"""From the core's picture to the frame that is published."""

import numpy as np
import pytest

from tests.native.references import area_average, gray
from toolkit.emulator import Address
from toolkit.errors import ConfigError, StateError
from toolkit.retro import Observation

COLUMNS, ROWS = 33, 9  # of formats.c


def expected_colours(name):
    """The picture of formats.c as RGB."""
    x, y = np.meshgrid(np.arange(COLUMNS, dtype=np.uint32), np.arange(ROWS, dtype=np.uint32))
    pixel = (x * np.uint32(2654435761)) ^ (y * np.uint32(40503 * 65599 % 2**32))

    def bits(shift, count):
        value = (pixel >> shift) & ((1 << count) - 1)
        return value if count == 8 else (value << (8 - count)) | (value >> (2 * count - 8))

    layout = {
        "0rgb1555": ((10, 5), (5, 5), (0, 5)),
        "rgb565": ((11, 5), (5, 6), (0, 5)),
        "xrgb8888": ((16, 8), (8, 8), (0, 8)),
    }[name]
    return np.dstack([bits(*where) for where in layout]).astype(np.uint8)


def noise(frames):
    """The picture of flicker.c, as RGB."""
    picture = np.zeros((37, 50, 3), np.uint8)
    value = frames
    for y in range(37):
        for x in range(50):
            value = (value * 1664525 + 1013904223) % 2**32
            picture[y, x] = value >> 24 & 255, value >> 16 & 255, value >> 8 & 255
    if frames % 2 == 0:
        picture[6:, 11:20] = 255
    return picture


@pytest.mark.parametrize("name", ["0rgb1555", "rgb565", "xrgb8888"])
def test_formats(make, name):
    emulator = make(f"format_{name}")
    assert emulator.frame_shape == (ROWS, COLUMNS, 3)
    for _ in range(3):
        assert np.array_equal(emulator.step()["frame"], expected_colours(name))


@pytest.mark.parametrize("name", ["0rgb1555", "rgb565", "xrgb8888"])
def test_formats_in_gray_and_cut(make, name):
    colours = expected_colours(name)
    emulator = make(f"format_{name}", observation=Observation(gray=True, crop=(3, 2, 20, 5)))
    assert emulator.frame_shape == (5, 20, 1)
    frame = emulator.step()["frame"]
    assert np.array_equal(frame, gray(colours[2:7, 3:23]))


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("options", [{}, {"gray": True}, {"blend": True}, {"crop": (1, 0, 2, 3)}])
def test_rotation(make, quarters, options):
    emulator = make(f"rotation_{quarters}", observation=Observation(**options))
    frame = emulator.step()["frame"]
    picture = np.zeros((3, 5, 3), np.uint8)
    picture[...] = [[(10 + y, 20 + x, 1) for x in range(5)] for y in range(3)]
    upright = np.rot90(picture, quarters)
    if "crop" in options:
        upright = upright[0:3, 1:3]
    if "gray" in options:
        assert np.array_equal(frame, gray(upright))
    else:
        assert np.array_equal(frame, upright)
    assert emulator.frame_shape == frame.shape


def test_shape_of_a_rotated_picture_before_the_first_step(make):
    assert make("rotation_1").frame_shape == (5, 3, 3)
    assert make("rotation_2").frame_shape == (3, 5, 3)


@pytest.mark.parametrize("ratio", [1, 2, 3, 4])
def test_duplicates(make, ratio):
    emulator = make("duplicates", frame_ratio=ratio)
    for step in range(1, 13):
        frames = step * ratio
        assert (emulator.step()["frame"] == (0, 0, frames - (frames - 1) % 3)).all()


@pytest.mark.parametrize("ratio", [2, 4, 5])
def test_duplicates_that_nobody_was_asked_for(make, ratio):
    """The first picture of which only the repetition is seen was not kept; from then on all are."""
    emulator = make("duplicates_silent", frame_ratio=ratio)
    good = []
    for step in range(1, 13):
        frames = step * ratio
        good.append(bool((emulator.step()["frame"] == (0, 0, frames - (frames - 1) % 3)).all()))
    assert good.count(False) == 1


def test_duplicates_and_blend(make):
    emulator = make("duplicates", observation=Observation(blend=True))
    seen = [int(emulator.step()["frame"][0, 0, 2]) for _ in range(9)]
    assert seen == [1, 1, 1, 4, 4, 4, 7, 7, 7]


def test_nothing_drawn(make):
    """A core that shows nothing at all shows black."""
    emulator = make("nothing_drawn")
    for _ in range(8):
        frame = emulator.step()["frame"]
        assert frame.shape == (8, 16, 3)
        assert not frame.any()


@pytest.mark.parametrize("ratio", [1, 2])
def test_geometry(make, ratio):
    emulator = make("geometry", {"heard": Address(16, "u16", device=":ram")}, ratio)
    for step in range(1, 13):
        frames = step * ratio
        data = emulator.step()
        width = 16 if frames < 3 else 24 if frames < 6 else 40 if frames < 9 else 10
        assert data["frame"].shape == (width // 2, width, 3)
        assert emulator.frame_shape == data["frame"].shape
        assert (data["frame"] == (0, 0, frames)).all()
    assert data["heard"] == 0x101


def test_geometry_behind_a_fixed_size(make):
    emulator = make("geometry", observation=Observation(size=(12, 7), gray=True))
    for frames in range(1, 13):
        frame = emulator.step()["frame"]
        assert frame.shape == (7, 12, 1)
        assert (frame == int(frames * 0.0721)).all()


def test_geometry_smaller_than_the_crop(make):
    """What is to be shown is no longer there: an error or black, but never memory that is not the picture's."""
    emulator = make("geometry", observation=Observation(crop=(4, 2, 12, 6)))
    for frames in range(1, 9):
        assert (emulator.step()["frame"] == (0, 0, frames)).all()
    try:
        frame = emulator.step()["frame"]
    except ConfigError:
        pass
    else:
        assert set(np.unique(frame)) <= {0, 9}


@pytest.mark.parametrize("crop", [(0, 0, 50, 37), (0, 0, 1, 1), (49, 36, 1, 1), (7, 5, 20, 11)])
def test_crop(make, crop):
    x, y, width, height = crop
    emulator = make("flicker", observation=Observation(crop=crop))
    assert emulator.frame_shape == (height, width, 3)
    for frames in (1, 2):
        assert np.array_equal(emulator.step()["frame"], noise(frames)[y : y + height, x : x + width])


@pytest.mark.parametrize("crop", [(0, 0, 51, 37), (50, 0, 1, 1), (1, 1, 50, 36), (0, 0, 16384, 16384)])
def test_crop_outside_of_the_picture(make, crop):
    with pytest.raises(ConfigError, match=r"50 ?x ?37|picture"):
        make("flicker", observation=Observation(crop=crop))


def test_gray(make):
    emulator = make("flicker", observation=Observation(gray=True))
    for frames in (1, 2, 3):
        assert np.array_equal(emulator.step()["frame"], gray(noise(frames)))


@pytest.mark.parametrize("size", [(25, 37), (10, 10), (1, 1), (49, 36), (84, 84), (100, 74), (13, 60)])
@pytest.mark.parametrize("in_gray", [False, True])
def test_resize(make, size, in_gray):
    emulator = make("flicker", observation=Observation(size=size, gray=in_gray))
    assert emulator.frame_shape == (size[1], size[0], 1 if in_gray else 3)
    for frames in (1, 2):
        picture = gray(noise(frames)) if in_gray else noise(frames)
        frame = emulator.step()["frame"]
        assert np.array_equal(frame, area_average(picture, *size))


def test_cut_gray_resize_and_blend_together(make):
    emulator = make(
        "flicker", frame_ratio=2, observation=Observation(gray=True, crop=(5, 3, 40, 30), size=(21, 17), blend=True)
    )
    for step in range(1, 4):
        both = np.maximum(noise(2 * step), noise(2 * step - 1))[3:33, 5:45]
        frame = emulator.step()["frame"]
        assert np.array_equal(frame, area_average(gray(both), 21, 17))


@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_blend(make, ratio):
    emulator = make("flicker", frame_ratio=ratio, observation=Observation(blend=True))
    for step in range(1, 5):
        frames = step * ratio
        expected = noise(frames) if frames == 1 else np.maximum(noise(frames), noise(frames - 1))
        assert np.array_equal(emulator.step()["frame"], expected), frames


def test_blend_after_a_state(make):
    """The frame before the first one after a state was loaded is none of that history."""
    emulator = make("flicker", observation=Observation(blend=True))
    emulator.run(4)
    state = emulator.save_state()
    emulator.run(7)
    emulator.load_state(state)
    assert np.array_equal(emulator.step()["frame"], noise(5))


VIEW = Observation(gray=True, crop=(1, 1, 2, 2), size=(5, 1), blend=True, zero_filled=True)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_screenshots_are_upright_and_whole(make, quarters):
    emulator = make(f"rotation_{quarters}", observation=VIEW)
    black = emulator.screenshot()
    assert black.shape == ((3, 5, 3) if quarters % 2 == 0 else (5, 3, 3))
    assert not black.any()
    assert emulator.step()["frame"].shape == (1, 5, 1)
    picture = np.zeros((3, 5, 3), np.uint8)
    picture[...] = [[(10 + y, 20 + x, 1) for x in range(5)] for y in range(3)]
    assert np.array_equal(emulator.screenshot(), np.rot90(picture, quarters))


@pytest.mark.parametrize("name", ["0rgb1555", "rgb565", "xrgb8888"])
def test_screenshots_of_all_formats(make, name):
    emulator = make(f"format_{name}", observation=VIEW)
    emulator.step()
    assert np.array_equal(emulator.screenshot(), expected_colours(name))


def test_screenshots_are_not_blended(make):
    emulator = make("flicker", observation=VIEW)
    for frames in (1, 2, 3):
        emulator.step()
        assert np.array_equal(emulator.screenshot(), noise(frames))
        assert np.array_equal(emulator.screenshot(), noise(frames))
    state = emulator.save_state()
    emulator.step()
    emulator.load_state(state)
    assert np.array_equal(emulator.screenshot(), noise(4))
    emulator.step()
    assert np.array_equal(emulator.screenshot(), noise(4))


def test_screenshots_follow_the_geometry(make):
    emulator = make("geometry", observation=VIEW)
    for frames in range(1, 13):
        emulator.step()
        width = 16 if frames < 3 else 24 if frames < 6 else 40 if frames < 9 else 10
        assert emulator.screenshot().shape == (width // 2, width, 3)
        assert (emulator.screenshot() == (0, 0, frames)).all()


def test_no_frames_at_all(make):
    emulator = make("counter", {"frames": Address(0, "u32", device=":ram")}, observation=None)
    assert emulator.step() == {"frames": 1}
    assert emulator.run(5) == {"frames": 6}


# --- the same moment --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [1, 2, 4, 7])
@pytest.mark.parametrize("draw", [False, True])
def test_frame_and_values_are_of_the_same_moment(make, ratio, draw):
    watched = {"frames": Address(0, "u32", device=":ram"), "mixed": Address(8, "u32", device=":ram")}
    emulator = make("counter", watched, ratio, draw_every_frame=draw)
    for step in range(1, 50):
        data = emulator.step()
        assert data["frames"] == step * ratio == emulator.frame_number
        red, green, blue = data["frame"][0, 1].tolist()
        assert (red << 16 | green << 8 | blue) == data["mixed"] & 0xFFFFFF
        assert data["frame"][0, 0, 2] == data["frames"] & 0xFF


def test_only_published_frames_are_drawn(make):
    watched = {"drawn": Address(16, "u32", device=":ram"), "flags": Address(24, "u8", device=":ram")}
    emulator = make("video_enable", watched, 4)
    for step in range(1, 6):
        data = emulator.step()
        assert data["drawn"] == step
        assert (data["frame"] == (0, 0, 4 * step)).all()
        assert data["flags"] & 1
    assert emulator.run(10)["drawn"] == 6


def test_every_frame_is_drawn_if_asked(make):
    emulator = make("video_enable", {"drawn": Address(16, "u32", device=":ram")}, 4, draw_every_frame=True)
    assert emulator.step()["drawn"] == 4


def test_blend_draws_the_last_two(make):
    watched = {"drawn": Address(16, "u32", device=":ram")}
    emulator = make("video_enable", watched, 4, observation=Observation(blend=True))
    assert emulator.step()["drawn"] == 2
    assert emulator.step()["drawn"] == 4


def test_no_observation_draws_nothing(make):
    emulator = make("video_enable", {"drawn": Address(16, "u32", device=":ram")}, 4, observation=None)
    assert emulator.step()["drawn"] == 0


def test_sound_is_always_made(make):
    """In some consoles it is a part of what is saved, so that a machine with sound and one without would differ."""
    sound = {"sound": Address(20, "u32", device=":ram")}
    assert make("video_enable", sound).run(6)["sound"] == 6
    assert make("video_enable", sound, audio=True).run(6)["sound"] == 6


def test_aspect_ratio(make):
    emulator = make("geometry")
    assert emulator.aspect_ratio == 2
    assert emulator.screenshot(aspect=True).shape == (8, 16, 3)
    emulator.run(4)
    assert emulator.aspect_ratio == 1.5
    assert emulator.screenshot().shape == (12, 24, 3)
    assert emulator.screenshot(aspect=True).shape == (16, 24, 3)
    emulator.run(3)
    assert emulator.aspect_ratio == 2
    emulator.reset()
    assert emulator.aspect_ratio == 2
    with pytest.raises(StateError, match="made without a screen"):
        _ = make("geometry", observation=None).aspect_ratio


def test_aspect_ratio_of_a_turned_picture(make):
    assert make("rotation_1").aspect_ratio == pytest.approx(3 / 5)
    assert make("rotation_2").aspect_ratio == pytest.approx(5 / 3)


def test_an_observation_in_the_shape_of_the_screen(make):
    emulator = make("geometry", observation=Observation(aspect=True, crop=(0, 0, 8, 8)))
    assert emulator.frame_shape == emulator.step()["frame"].shape == (8, 8, 3)
