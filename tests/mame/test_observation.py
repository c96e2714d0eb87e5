"""What a step shows of MAME's picture: cut, scaled, gray, blended with the frame before."""

import contextlib
import shutil
import time

import numpy as np
import pytest

from games.homebrew.bout.strip import read_counter
from tests.native.references import frame_of
from toolkit.emulator import Action, Address, Emulator, Observation
from toolkit.errors import ConfigError, Silence
from toolkit.link import native, pixels
from toolkit.publication import Subscriber

COUNTER = {"counter": Address(0x02020000, "u32")}
BOOT = 150  # frames after which bout shows its title, and with it the counter
COIN = Action(":INPUTS", "Coin 1")


@pytest.fixture
def make(mame, bout_roms):
    """Makes bout: `make(frame_ratio, **options)`."""
    made = []

    def make(frame_ratio=1, **options):
        made.append(Emulator("frames", bout_roms, "sfiii3n", COUNTER, frame_ratio, binary_path=mame, **options))
        return made[-1]

    yield make
    for emulator in made:
        emulator.close()


# Of the BBC Micro's 6845 CRTC: register 1 is the picture's width in characters, 6 its height.
CRTC = {0: 127, 1: 80, 2: 98, 3: 0x28, 4: 38, 5: 0, 6: 32, 7: 34, 8: 0, 9: 7}


def set_registers(emulator, registers):
    """Writes to that CRTC: its index register is at 0xfe00, its data at 0xfe01."""
    for number, value in registers.items():
        emulator.write_memory(0xFE00, [number])
        emulator.write_memory(0xFE01, [value])


@pytest.fixture
def colourful(mame, blank_roms, tmp_path):
    """A Pac-Man, whose monitor stands on its side, with random graphics and colours."""
    folder = tmp_path / "colourful"
    shutil.copytree(blank_roms(mame, "pacman"), folder)
    random = np.random.default_rng(3)
    for path in (folder / "pacman").iterdir():
        if not path.name.startswith("pacman.6"):  # its program
            path.write_bytes(random.integers(0, 256, path.stat().st_size, dtype=np.uint8).tobytes())
    return folder


def reference(picture, view, before=None):
    """What the view makes of a picture as it is upright."""
    options = {key: value for key, value in view.items() if key in ("crop", "size")}
    return frame_of(picture, gray_scale=view.get("gray", False), before=before, **options)


VIEWS = [
    {"gray": True},
    {"size": (84, 84)},
    {"gray": True, "size": (84, 84)},
    {"crop": (11, 147, 133, 77)},
    {"gray": True, "crop": (5, 20, 374, 204), "size": (61, 47)},
]


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_bout(make, view):
    emulator = make(3, observation=Observation(**view))
    shape = emulator.frame_shape
    emulator.run(BOOT)
    seen = set()
    for number in range(8):
        frame = emulator.step([COIN] if number % 2 else [])["frame"]
        picture = emulator.screenshot()
        assert picture.shape == (224, 384, 3)
        expected = reference(picture, view)
        assert frame.shape == shape == emulator.frame_shape == expected.shape
        assert np.array_equal(frame, expected)
        assert frame.flags.owndata
        seen.add(frame.tobytes())
    assert len(seen) > 3


# --- the frame before -------------------------------------------------------------------------------------------------


def read_before(emulator):
    """The counters on the frame that was published last and on the one before it; None if there is none."""
    view = emulator.seen[-1]
    return read_counter(view.frame.rgb()), None if view.before is None else read_counter(view.before.rgb())


@pytest.fixture
def make_blending(make, monkeypatch):
    """As `make`, with the frames before; what was published is in `seen`, as far as it still lies there."""

    def make_blending(frame_ratio=1, **options):
        emulator = make(frame_ratio, observation=Observation(blend=True), **options)
        emulator.seen = []
        taken = emulator._taken

        def record(view):
            emulator.seen.append(taken(view))
            return view

        monkeypatch.setattr(emulator, "_taken", record)
        return emulator

    return make_blending


# As in test_frames.py: 5 and 7 do not divide MAME's frameskip table of 12 positions; 24 is longer than it.
@pytest.mark.parametrize("frame_ratio", [1, 2, 3, 4, 5, 6, 7, 12, 24])
def test_the_frame_before_is_of_the_frame_before(make_blending, frame_ratio):
    emulator = make_blending(frame_ratio)
    last = emulator.run(BOOT)["counter"]
    for _ in range(max(40, 240 // frame_ratio)):
        data = emulator.step()
        assert data["counter"] == last + frame_ratio
        assert read_before(emulator) == (data["counter"], data["counter"] - 1)
        last = data["counter"]


def test_the_frame_before_in_steps_of_changing_length(make_blending):
    random = np.random.default_rng(1)
    emulator = make_blending()
    emulator.run(BOOT)
    for frames in random.choice([0, 1, 2, 3, 4, 5, 6, 12, 13], 120).tolist():
        data = emulator.run(frames)
        if frames:
            assert read_before(emulator) == (data["counter"], data["counter"] - 1)
        else:
            assert emulator.seen[-1].before is None


@pytest.mark.parametrize("options", [{}, {"draw_every_frame": True}], ids=str)
@pytest.mark.parametrize("frame_ratio", [1, 2, 3])
def test_blend(make, frame_ratio, options):
    """The brighter of the last two frames, which another machine shows one by one."""
    plain, blending = make(), make(frame_ratio, observation=Observation(blend=True), **options)
    plain.run(BOOT)
    blending.run(BOOT)
    frames = [plain.step([COIN] if number < 6 else [])["frame"] for number in range(48)]
    differ = 0
    for step in range(48 // frame_ratio):
        at = (step + 1) * frame_ratio - 1
        frame = blending.step([COIN] if step * frame_ratio < 6 else [])["frame"]
        if at > 0:
            assert np.array_equal(frame, np.maximum(frames[at], frames[at - 1])), at
            assert np.array_equal(blending.screenshot(), frames[at])
            differ += not np.array_equal(frame, frames[at])
    assert differ > 5


def test_gray_small_and_blended(make):
    view = {"gray": True, "crop": (0, 200, 90, 24), "size": (33, 20)}
    plain, emulator = make(), make(2, observation=Observation(**view, blend=True))
    plain.run(BOOT)
    emulator.run(BOOT)
    for _ in range(5):
        before, now = plain.step()["frame"], plain.step()["frame"]
        assert np.array_equal(emulator.step()["frame"], reference(now, view, before))


def test_no_frame_before_the_first_one(make_blending):
    emulator = make_blending()
    emulator.step()
    assert emulator.seen[-1].before is None
    emulator.step()
    assert emulator.seen[-1].before is not None
    emulator.reset()
    emulator.step()
    assert emulator.seen[-1].before is None
    emulator.reset()
    emulator.run(2)
    assert emulator.seen[-1].before is not None


def test_no_frame_before_from_before_a_state(make_blending):
    emulator = make_blending()
    counter = emulator.run(BOOT)["counter"]
    state = emulator.save_state()
    assert read_before(emulator)[0] == counter
    emulator.step()
    assert read_before(emulator) == (counter + 1, counter)
    emulator.run(BOOT)
    emulator.load_state(state)
    emulator.step()
    assert read_before(emulator) == (counter + 1, None)
    emulator.step()
    assert read_before(emulator) == (counter + 2, counter + 1)
    emulator.load_state(state)
    emulator.run(2)
    assert read_before(emulator) == (counter + 2, counter + 1)
    # A frame of another history, of just the number that would fit.
    emulator.reset()
    emulator.run(BOOT)
    emulator.load_state(state)
    emulator.step()
    assert read_before(emulator) == (counter + 1, None)


def test_without_blend_there_is_no_frame_before(make):
    emulator = make(observation=Observation(gray=True))
    for _ in range(3):
        emulator.begin_step()
        assert emulator._finish().before is None


def test_no_frame_before_of_another_size(mame, blank_roms):
    observation = Observation(blend=True)
    with Emulator("b", blank_roms(mame, "bbcb"), "bbcb", {}, 1, binary_path=mame, observation=observation) as emulator:
        set_registers(emulator, CRTC)
        emulator.run(5)
        set_registers(emulator, {1: 40, 6: 25})
        last, changes = emulator.frame_shape, 0
        for _ in range(5):
            emulator.begin_step()
            view = emulator._finish()
            same = view.frame.pixels.shape[:2] == last[:2]
            assert (view.before is not None) == same
            last, changes = view.frame.pixels.shape, changes + (not same)
        assert changes == 1


# --- other screens ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", [{}, {"gray": True, "crop": (3, 30, 217, 250), "size": (50, 70)}], ids=str)
def test_rotated(mame, colourful, view):
    observation = Observation(**view)
    with Emulator("frames", colourful, "pacman", {}, binary_path=mame, observation=observation) as emulator:
        emulator.write_memory(0x4000, bytes(range(256)) * 8)
        frame = emulator.step()["frame"]
        picture = emulator.screenshot()
    assert picture.shape == (288, 224, 3)
    assert len(np.unique(picture)) > 4
    assert np.array_equal(frame, reference(picture, view))


def test_a_screen_that_shrinks_under_a_crop(mame, blank_roms):
    observation = Observation(crop=(0, 0, 300, 200), gray=True)
    with Emulator("b", blank_roms(mame, "bbcb"), "bbcb", {}, 1, binary_path=mame, observation=observation) as emulator:
        set_registers(emulator, {**CRTC, 1: 40, 6: 10})
        assert emulator.run(5)["frame"].shape == emulator.frame_shape == (200, 300, 1)
        assert emulator.screenshot().shape[0] < 200


@pytest.mark.parametrize("crop", [(0, 0, 385, 224), (384, 0, 1, 1), (0, 200, 10, 25), (0, 0, 16384, 16384)])
def test_crop_outside_of_the_screen(make, crop):
    with pytest.raises(ConfigError, match="384x224"):
        make(observation=Observation(crop=crop))


@pytest.mark.parametrize("wrong", [True, {"gray": True}, Observation])
def test_no_observation(make, wrong):
    with pytest.raises(ConfigError, match="observation is an Observation or None"):
        make(observation=wrong)


def test_without_the_library(make, monkeypatch, tmp_path):
    monkeypatch.setattr(native, "LIBRARY", tmp_path / "nothing.so")
    pixels.load.cache_clear()
    try:
        with pytest.raises(ConfigError, match="install one"):
            make(observation=Observation(gray=True))
        emulator = make()
        data = emulator.run(BOOT)
    finally:
        pixels.load.cache_clear()
    assert read_counter(data["frame"]) == data["counter"]


def test_others_see_the_whole_picture(make, tmp_path):
    endpoint = f"ipc://{tmp_path}/watched"
    emulator = make(observation=Observation(gray=True, size=(10, 10), blend=True), publish=endpoint)
    shown = {}
    update = None
    deadline = time.monotonic() + 20
    with Subscriber(endpoint) as subscriber:
        while update is None:
            assert time.monotonic() < deadline
            emulator.run(BOOT)
            shown[emulator.frame_number] = emulator.screenshot()
            with contextlib.suppress(Silence):
                update = subscriber.receive(timeout=0.05)
        assert update.shape == (224, 384, 3)
        assert np.array_equal(update.frame(), shown[update.frame_number])
