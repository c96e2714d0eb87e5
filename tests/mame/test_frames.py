"""The picture that a step returns: of the same moment as the values beside it, and of any screen."""

import numpy as np
import pytest

from games.homebrew.bout.strip import read_counter
from toolkit.emulator import Action, Address, Emulator
from toolkit.errors import ConfigError

COUNTER = {"counter": Address(0x02020000, "u32")}
BOOT = 150  # frames after which bout shows its title, and with it the counter


# 5 and 7 do not divide MAME's frameskip table of 12 positions; 24 is longer than it.
@pytest.mark.parametrize("frame_ratio", [1, 2, 3, 4, 5, 6, 7, 12, 24])
def test_frame_and_values_are_of_the_same_moment(mame, bout_roms, frame_ratio):
    with Emulator("frames", bout_roms, "sfiii3n", COUNTER, frame_ratio, binary_path=mame) as emulator:
        last = emulator.run(BOOT)["counter"]
        for _ in range(max(40, 240 // frame_ratio)):
            data = emulator.step()
            assert data["counter"] == last + frame_ratio
            assert read_counter(data["frame"]) == data["counter"]
            last = data["counter"]


def test_steps_of_changing_length_stay_exact(mame, bout_roms):
    random = np.random.default_rng(1)
    with Emulator("frames", bout_roms, "sfiii3n", COUNTER, binary_path=mame) as emulator:
        last = emulator.run(BOOT)["counter"]
        for frames in random.choice([1, 2, 3, 4, 5, 6, 12, 13], 120).tolist():
            data = emulator.run(frames)
            assert data["counter"] == last + frames
            assert read_counter(data["frame"]) == data["counter"]
            last = data["counter"]


def test_drawing_every_frame_makes_no_difference(mame, bout_roms):
    coin, start = Action(":INPUTS", "Coin 1"), Action(":INPUTS", "1 Player Start")

    def play(**options):
        with Emulator("frames", bout_roms, "sfiii3n", COUNTER, binary_path=mame, **options) as emulator:
            emulator.run(BOOT)
            actions = [[coin], [], [], [start], *[[]] * 76]
            return [emulator.step(held)["frame"] for held in actions]

    lazy, eager = play(), play(draw_every_frame=True)
    assert all(np.array_equal(a, b) for a, b in zip(lazy, eager, strict=True))
    assert len({frame.tobytes() for frame in lazy}) > 60


def test_a_frame_is_a_contiguous_copy(mame, bout_roms):
    with Emulator("frames", bout_roms, "sfiii3n", {}, binary_path=mame) as emulator:
        frame = emulator.run(BOOT)["frame"]
        assert frame.shape == emulator.frame_shape == (224, 384, 3)
        assert frame.dtype == np.uint8
        assert frame.flags.c_contiguous
        assert frame.flags.owndata
        before = frame.copy()
        for _ in range(6):
            emulator.step()
        assert np.array_equal(frame, before)


def test_colours_are_red_green_blue(mame, bout_roms):
    # bout's colour RAM, entry by entry, has red in the low bits; the text layer's strip is white on black.
    with Emulator("frames", bout_roms, "sfiii3n", {}, binary_path=mame) as emulator:
        emulator.run(BOOT)
        picture = emulator.step()["frame"].astype(int)
        # Every colour entry to pure red: what was shown in any colour is now red or black.
        emulator.write_memory(0x04080000, bytes([0x00, 0x1F]) * 0x2000)
        red = emulator.run(1)["frame"]
    assert picture[..., 2].max() > 0
    assert red[..., 0].max() == 248
    assert red[..., 1:].max() == 0


def test_rotated_and_palette_indexed(mame, blank_roms):
    # Pac-Man's monitor stands on its side, and its video hardware has a palette.
    with Emulator("frames", blank_roms(mame, "pacman"), "pacman", {}, binary_path=mame) as emulator:
        assert emulator.step()["frame"].shape == (288, 224, 3)


def test_vector_screen(mame, blank_roms):
    with Emulator("frames", blank_roms(mame, "asteroid"), "asteroid", {}, binary_path=mame) as emulator:
        for _ in range(10):
            # Its watchdog resets the machine, which has no program, over and over.
            assert emulator.step()["frame"].shape == (480, 640, 3)


def test_size_changes_at_run_time(mame, blank_roms):
    # A BBC Micro's 6845 CRTC has its index register at 0xfe00 and its data at 0xfe01; register 1 is the width, 6 the
    # height in characters.
    with Emulator("frames", blank_roms(mame, "bbcb"), "bbcb", {}, 1, binary_path=mame) as emulator:

        def set_registers(registers):
            for number, value in registers.items():
                emulator.write_memory(0xFE00, [number])
                emulator.write_memory(0xFE01, [value])

        set_registers({0: 127, 1: 80, 2: 98, 3: 0x28, 4: 38, 5: 0, 6: 32, 7: 34, 8: 0, 9: 7})
        emulator.run(5)
        large = emulator.frame_shape
        set_registers({1: 40, 6: 25})
        frame = emulator.run(5)["frame"]
        assert frame.shape == emulator.frame_shape == (large[0] * 25 // 32, large[1] // 2, 3)


@pytest.mark.parametrize(
    ("tag", "shape"), [("auto", (200, 640, 3)), (":screen80", (200, 640, 3)), (":screen", (235, 418, 3))]
)
def test_screen_chosen_by_tag(mame, blank_roms, tag, shape):
    # A Commodore 128 has a screen of 80 columns and one of 40.
    with Emulator("frames", blank_roms(mame, "c128"), "c128", {}, binary_path=mame, screen=tag) as emulator:
        assert emulator.frame_shape == shape
        assert emulator.step()["frame"].shape == shape


def test_unknown_screen_names_those_that_exist(mame, blank_roms):
    with pytest.raises(ConfigError, match=":screen80, :screen"):
        Emulator("frames", blank_roms(mame, "c128"), "c128", {}, binary_path=mame, screen=":third")


def test_no_screen_wanted(mame, bout_roms):
    with Emulator("frames", bout_roms, "sfiii3n", COUNTER, binary_path=mame, screen=None) as emulator:
        emulator.run(BOOT)
        before = emulator.step()
        assert emulator.step() == {"counter": before["counter"] + 3}


def test_frame_skip_as_mame_does_it(mame, bout_roms):
    # -frameskip 10 draws two of twelve frames, whatever the steps ask for: frames get old, values do not.
    with Emulator("frames", bout_roms, "sfiii3n", COUNTER, 1, frame_skip=10, binary_path=mame) as emulator:
        emulator.run(BOOT)
        steps = [emulator.step() for _ in range(36)]
    ages = [data["counter"] - read_counter(data["frame"]) for data in steps]
    assert len({read_counter(data["frame"]) for data in steps}) <= 7
    assert max(ages) > 3
    assert min(ages) == 0
