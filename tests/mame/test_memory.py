"""Watched addresses, and memory read and written at will."""

import numpy as np
import pytest

from toolkit.emulator import Address, Emulator

BIG, LITTLE = 0x02070000, 0x4C00  # RAM that nothing uses: of the CPS3's SH-2, and of Pac-Man's Z80
DATA = bytes([0x81, 0x92, 0xA3, 0xB4, 0xC5, 0xD6, 0xE7, 0xF8])
MODES = ("u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64")


def expected(mode, order):
    size = int(mode[1:]) // 8
    return int.from_bytes(DATA[:size], order, signed=mode[0] == "s")


def watch(base):
    native = {mode: Address(base, mode) for mode in MODES}
    numpy = {
        f"{order}{kind}{size}": Address(base, f"{order}{kind}{size}")
        for order in "<>"
        for kind in "ui"
        for size in (1, 2, 4, 8)
    }
    return {**native, **numpy}


@pytest.mark.parametrize(("machine", "base", "order"), [("sfiii3n", BIG, "big"), ("pacman", LITTLE, "little")])
def test_every_mode(mame, bout_roms, blank_roms, machine, base, order):
    roms = bout_roms if machine == "sfiii3n" else blank_roms(mame, machine)
    with Emulator("memory", roms, machine, watch(base), binary_path=mame) as emulator:
        emulator.write_memory(base, DATA)
        values = emulator.run(0)
    for mode in MODES:
        assert values[mode] == expected(mode, order)
    for mode in values.keys() - set(MODES):
        assert values[mode] == int(np.frombuffer(DATA, mode, 1)[0]), mode


def test_odd_addresses(mame, bout_roms):
    with Emulator("memory", bout_roms, "sfiii3n", {"odd": Address(BIG + 1, "u16")}, binary_path=mame) as emulator:
        emulator.write_memory(BIG, DATA)
        assert emulator.run(0)["odd"] == 0x92A3


def test_write_then_read(mame, bout_roms):
    data = np.random.default_rng(7).integers(0, 256, 5000, np.uint8)
    with Emulator("memory", bout_roms, "sfiii3n", {}, binary_path=mame) as emulator:
        emulator.write_memory(hex(BIG), data)
        read = emulator.read_memory(BIG, data.size)
        assert read.dtype == np.uint8
        assert np.array_equal(read, data)
        read[0] ^= 1  # a copy, and writable


def test_other_devices_and_spaces(mame, blank_roms):
    watched = {
        "sound": Address(0x0000, "u8", device=":audiocpu"),  # RAM of Punch-Out's sound processor
        "io": Address(0x00, "u8", space="io"),
    }
    with Emulator("memory", blank_roms(mame, "punchout"), "punchout", watched, binary_path=mame) as emulator:
        emulator.write_memory(0x0000, [0x5A], device=":audiocpu")
        values = emulator.run(0)
        assert values["sound"] == 0x5A
        assert values["io"] == emulator.read_memory(0, 1, space="io")[0]


def test_a_read_of_no_frames_runs_nothing(mame, bout_roms):
    with Emulator(
        "memory", bout_roms, "sfiii3n", {"counter": Address(0x02020000, "u32")}, binary_path=mame
    ) as emulator:
        emulator.run(200)
        assert emulator.run(0) == emulator.run(0)
        assert "frame" not in emulator.run(0)
        assert emulator.frame_number == 200
