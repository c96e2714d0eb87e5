"""Observations that children write into memory that they share."""

import numpy as np
import pytest

from tests.native.references import area_average, gray
from tests.native.test_pixels import noise
from toolkit.errors import ConfigError, ProtocolError, StateError, ToolkitError
from toolkit.link import Slab
from toolkit.retro import Observation

CANVAS = (50, 37)  # of flicker.c


@pytest.fixture
def slab():
    slab = Slab(3)
    yield slab
    slab.close()


def step(emulator, buffer, frames=1):
    emulator.begin_buttons((), frames, buffer)
    return emulator.finish_view()


@pytest.mark.parametrize("in_gray", [False, True])
@pytest.mark.parametrize("stack", [1, 2, 4])
@pytest.mark.parametrize("channels_first", [False, True])
def test_a_stack_of_frames(make, slab, in_gray, stack, channels_first):
    emulator = make("flicker", observation=Observation(gray=in_gray), slab=slab)
    shape = emulator.use_slab(1, CANVAS, stack, channels_first)
    depth = stack * (1 if in_gray else 3)
    assert shape == ((depth, 37, 50) if channels_first else (37, 50, depth))
    batches = slab.array(shape)
    assert batches.shape == (2, 3, *shape)
    for number in range(1, 7):
        view = step(emulator, number % 2)
        assert view.frame is None
        # Before there are enough the first repeats.
        frames = [noise(max(1, number - age)) for age in reversed(range(stack))]
        expected = np.dstack([gray(frame) if in_gray else frame for frame in frames])
        row = batches[number % 2, 1]
        assert np.array_equal(row.transpose(1, 2, 0) if channels_first else row, expected), number
    assert not batches[:, [0, 2]].any(), "another's row was written to"


def test_frames_that_are_not_asked_for_are_not_in_the_stack(make, slab):
    emulator = make("flicker", observation=Observation(gray=True), slab=slab)
    batches = slab.array(emulator.use_slab(0, CANVAS, 2))
    step(emulator, 0)
    emulator.run(4)
    step(emulator, 0, 2)
    assert np.array_equal(batches[0, 0], np.dstack([gray(noise(1)), gray(noise(7))]))
    # No frame at all: what is there now.
    step(emulator, 1, 0)
    assert np.array_equal(batches[1, 0], np.dstack([gray(noise(7)), gray(noise(7))]))


def test_cut_scaled_and_blended(make, slab):
    observation = Observation(gray=True, crop=(5, 3, 40, 30), size=(21, 17), blend=True)
    emulator = make("flicker", observation=observation, slab=slab)
    batches = slab.array(emulator.use_slab(0, CANVAS))
    step(emulator, 0, 2)
    expected = area_average(gray(np.maximum(noise(1), noise(2))[3:33, 5:45]), 21, 17)
    assert np.abs(batches[0, 0] - expected).max() < 0.5 + 1e-6


def test_what_the_core_does_not_draw_of_the_canvas_is_black(make, slab):
    emulator = make("flicker", slab=slab)
    batches = slab.array(emulator.use_slab(2, (60, 40)))
    step(emulator, 0)
    expected = np.zeros((40, 60, 3), np.uint8)
    expected[:37, :50] = noise(1)
    assert np.array_equal(batches[0, 2], expected)


def test_a_core_whose_picture_changes_its_size_does_not_change_the_observation(make, slab):
    emulator = make("geometry", slab=slab)
    shape = emulator.use_slab(0, (40, 30))
    assert shape == (30, 40, 3)
    for _ in range(12):
        step(emulator, 0)


def test_a_state_and_a_reset_begin_a_new_stack(make, slab):
    emulator = make("flicker", observation=Observation(gray=True), slab=slab)
    batches = slab.array(emulator.use_slab(0, CANVAS, 3))
    emulator.run(4)
    state = emulator.save_state()
    step(emulator, 0)
    step(emulator, 0)
    emulator.load_state(state)
    step(emulator, 0)
    assert np.array_equal(batches[0, 0], np.dstack([gray(noise(5))] * 3))
    emulator.reset()
    step(emulator, 1)
    assert np.array_equal(batches[1, 0], np.dstack([gray(noise(1))] * 3))


def test_two_children_share_a_slab(make, slab):
    emulators = [make("flicker", slab=slab) for _ in range(3)]
    for number, emulator in enumerate(emulators):
        shape = emulator.use_slab(number, CANVAS)
        emulator.run(number)
    for emulator in emulators:
        emulator.begin_buttons((), 1, 0)
    for emulator in emulators:
        emulator.finish_view()
    for number, picture in enumerate(slab.array(shape)[0]):
        assert np.array_equal(picture, noise(number + 1))


def test_what_cannot_be(make, slab):
    with pytest.raises(StateError, match="without a slab"):
        make("flicker").use_slab(0, CANVAS)
    with pytest.raises(StateError, match="without a slab"):
        make("flicker", observation=None, slab=slab).use_slab(0, CANVAS)
    emulator = make("flicker", slab=slab)
    with pytest.raises(ProtocolError, match="no buffer 0"):
        step(emulator, 0)
    emulator = make("flicker", slab=slab)
    with pytest.raises(ConfigError, match="without pixels"):
        emulator.use_slab(0, (0, 5))


def test_observations_of_two_shapes_do_not_share_one(make, slab):
    make("flicker", slab=slab).use_slab(0, CANVAS)
    with pytest.raises(ConfigError, match=r"one shape; those here have \(37, 50, 3\)"):
        make("flicker", slab=slab).use_slab(1, (10, 10))


@pytest.mark.parametrize(
    "change",
    [
        {"descriptor": 0},
        {"descriptor": 60000},
        {"offset": 2**40},
        {"stride": 2**40},
        {"buffers": 0},
        {"buffers": 2**20},
    ],
)
def test_a_slab_that_is_not_there_is_refused(make, slab, change):
    emulator = make("flicker", slab=slab)
    shape = (37, 50, 3)
    slab.array(shape)
    with pytest.raises(ToolkitError):
        emulator._require().call("slab", **{**slab.place(0, shape), "stack": 1, **change})
