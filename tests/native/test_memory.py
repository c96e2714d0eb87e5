"""Memory: watched, read, written and published; by region and by the core's own map."""

import numpy as np
import pytest

from toolkit.emulator import Address
from toolkit.errors import ConfigError
from toolkit.retro import MemoryArea


def filled(size, seed):
    """What memory_map.c fills its memories with."""
    at = np.arange(size)
    return ((at * 7 + (at >> 8) * 13 + seed) % 256).astype(np.uint8)


def read(emulator, address, length, device=":bus", space="raw"):
    return emulator.read_memory(address, length, device=device, space=space)


def test_work_ram(make):
    emulator = make("counter")
    emulator.step()
    assert read(emulator, 0, 8, ":ram").tolist() == [1, 0, 0, 0, 0, 0, 0, 0]
    emulator.write_memory(20, b"\1\2\3", device=":ram", space="raw")
    assert read(emulator, 19, 5, ":ram").tolist() == [0, 1, 2, 3, 0]
    assert read(emulator, 255, 1, ":ram").size == 1


@pytest.mark.parametrize(
    ("mode", "value"),
    [
        ("u8", 0xF1),
        ("s8", 0xF1 - 256),
        ("u16", 0xF2F1),
        ("s16", 0xF2F1 - 2**16),
        ("u32", 0xF4F3F2F1),
        ("s32", 0xF4F3F2F1 - 2**32),
        ("u64", 0xF8F7F6F5F4F3F2F1),
        ("s64", 0xF8F7F6F5F4F3F2F1 - 2**64),
        (">u2", 0xF1F2),
        ("<u2", 0xF2F1),
        (">i4", 0xF1F2F3F4 - 2**32),
        (">u8", 0xF1F2F3F4F5F6F7F8),
        ("|u1", 0xF1),
    ],
)
@pytest.mark.parametrize("at", [100, 101, 103, 248])  # not only where such numbers usually begin
def test_modes(make, mode, value, at):
    emulator = make("counter", {"value": Address(at, mode, device=":ram")})
    emulator.write_memory(at, bytes(range(0xF1, 0xF9)), device=":ram")
    assert emulator.run(0) == {"value": value}
    assert emulator.step()["value"] == value


@pytest.mark.parametrize(
    ("address", "device"),
    [(256, ":ram"), (2**31, ":ram"), (2**32, ":ram"), (2**63 - 1, ":ram"), (0, ":vram"), (0, ":sram"), (0, ":rtc")],
)
def test_outside(make, address, device):
    with pytest.raises(ConfigError):
        make("counter", {"value": Address(address, "u8", device=device)})
    emulator = make("counter")
    with pytest.raises(ConfigError):
        emulator.read_memory(address, 1, device=device)
    with pytest.raises(ConfigError):
        emulator.write_memory(address, b"x", device=device)
    emulator.step()


@pytest.mark.parametrize(("address", "mode"), [(255, "u16"), (253, "u32"), (249, "u64")])
def test_values_that_reach_over_the_end(make, address, mode):
    with pytest.raises(ConfigError):
        make("counter", {"value": Address(address, mode, device=":ram")})


@pytest.mark.parametrize("length", [257, 2**20, 2**26])
def test_blocks_that_reach_over_the_end(make, length):
    emulator = make("counter")
    with pytest.raises(ConfigError):
        read(emulator, 0, length, ":ram")
    with pytest.raises(ConfigError):
        emulator.write_memory(1, bytes(min(length, 2**20)), device=":ram")
    assert not read(emulator, 0, 256, ":ram").any()


def test_unknown_device_and_space(make):
    emulator = make("counter")
    for device, space in ((":nothing", "program"), (":ram", "nothing"), ("", ""), (":ram\n", "raw")):
        with pytest.raises(ConfigError):
            emulator.read_memory(0, 1, device=device, space=space)


def test_where_the_map_is_not_known_the_default_is_the_work_ram(make):
    emulator = make("counter", {"frames": Address(0, "u32")})
    assert emulator.step()["frames"] == 1


def test_a_core_that_shows_nothing(make):
    emulator = make("no_memory")
    with pytest.raises(ConfigError):
        emulator.read_memory(0, 1, device=":ram")
    with pytest.raises(ConfigError):
        make("no_memory", publish_ram=True)
    assert emulator.step()["frame"].shape == (8, 16, 3)


# --- the core's map ---------------------------------------------------------------------------------------------------


def test_map(make):
    emulator = make("memory_map")
    work, save, rom, big = filled(0x800, 1), filled(0x2000, 3), filled(0x4100, 4), filled(0x10000, 5)
    assert np.array_equal(read(emulator, 0, 0x800), work)
    assert np.array_equal(read(emulator, 0x6000, 0x2000), save)
    assert np.array_equal(read(emulator, 0x8000, 0x4000), rom[0x100:])
    assert np.array_equal(read(emulator, 0x20000, 0x10000), big)
    assert np.array_equal(read(emulator, 0, 0x800, ":ram"), work)
    assert np.array_equal(read(emulator, 0, 0x2000, ":sram"), save)


def test_mirrors(make):
    emulator = make("memory_map")
    work = filled(0x800, 1)
    for at in (0x800, 0x1000, 0x1800):
        assert np.array_equal(read(emulator, at, 0x800), work)
    assert np.array_equal(read(emulator, 0x7FE, 4), work[[0x7FE, 0x7FF, 0, 1]])
    emulator.write_memory(0x1803, b"\xaa", device=":bus", space="raw")
    assert read(emulator, 3, 1, ":ram").tolist() == [0xAA]


def test_mirrors_of_a_size_that_is_no_power_of_two(make):
    emulator = make("memory_map")
    odd = filled(0xC0, 6)
    expected = []
    for offset in range(0x1000):
        while offset >= 0xC0:
            offset -= 1 << (offset.bit_length() - 1)
        expected.append(odd[offset])
    assert np.array_equal(read(emulator, 0x50000, 0x1000), expected)
    for at in (0xBF, 0xC0, 0xFF, 0x100, 0x13F, 0x17F, 0x1BF, 0x1C0, 0xFFE):
        assert np.array_equal(read(emulator, 0x50000 + at, 2), expected[at : at + 2])


def test_an_address_line_that_is_not_wired(make):
    emulator = make("memory_map")
    registers = filled(4, 2)
    for address in range(0x2000, 0x2010):
        assert read(emulator, address, 1)[0] == registers[(address >> 1) % 4], hex(address)


@pytest.mark.parametrize("address", [0x3000, 0x5FFF, 0x1FFFF, 0x30000, 0x40000, 0x100000, 2**40])
def test_between_the_descriptors(make, address):
    with pytest.raises(ConfigError):
        make("memory_map", {"value": Address(address, "u8", device=":bus")})
    with pytest.raises(ConfigError):
        read(make("memory_map"), address, 1)


def test_from_one_descriptor_into_nothing(make):
    emulator = make("memory_map")
    with pytest.raises(ConfigError):
        read(emulator, 0x7FFF + 0x4000, 2)
    with pytest.raises(ConfigError):
        make("memory_map", {"value": Address(0xBFFE, "u32", device=":bus")})


def test_a_rom_cannot_be_written(make):
    emulator = make("memory_map")
    before = read(emulator, 0x8000, 16)
    with pytest.raises(ConfigError):
        emulator.write_memory(0x8000, bytes(16), device=":bus")
    assert np.array_equal(read(emulator, 0x8000, 16), before)


def test_native_order_is_that_of_the_descriptor(make):
    watched = {
        "little": Address(0x6000, "u16", device=":bus"),
        "big": Address(0x20000, "u16", device=":bus"),
        "big_as_little": Address(0x20000, "<u2", device=":bus"),
        "little_as_big": Address(0x6000, ">u2", device=":bus"),
        "big_signed": Address(0x20020, "s32", device=":bus"),
    }
    data = make("memory_map", watched).run(0)
    save, big = filled(0x100, 3), filled(0x100, 5)
    assert data["little"] == int.from_bytes(save[:2].tobytes(), "little")
    assert data["little_as_big"] == int.from_bytes(save[:2].tobytes(), "big")
    assert data["big"] == int.from_bytes(big[:2].tobytes(), "big")
    assert data["big_as_little"] == int.from_bytes(big[:2].tobytes(), "little")
    assert data["big_signed"] == int.from_bytes(big[0x20:0x24].tobytes(), "big", signed=True)


def test_the_default_device_is_the_map(make):
    emulator = make("memory_map", {"save": Address(0x6001, "u8"), "frames": Address(0x1800, "u32")})
    before = emulator.run(0)
    assert before["save"] == filled(2, 3)[1]
    assert emulator.step()["frames"] == before["frames"] + 1


# --- published --------------------------------------------------------------------------------------------------------


def test_published_ram(make):
    emulator = make("counter", publish_ram=True)
    for frames in range(1, 6):
        view = emulator.step_buttons([1 << 8])
        assert view.memory.shape == (256,)
        assert np.array_equal(view.memory, read(emulator, 0, 256, ":ram"))
        assert view.memory[:6].tolist() == [frames, 0, 0, 0, 0, 1]


def test_published_areas(make):
    areas = [
        MemoryArea(4),
        MemoryArea(3, 0x6001, ":bus"),
        MemoryArea(2, 0x8000, ":bus"),
        MemoryArea(4, 0x7FE, ":bus"),
        MemoryArea(1, 5, ":sram"),
    ]
    emulator = make("memory_map", publish_ram=areas)
    view = emulator.step_buttons([])
    work = read(emulator, 0, 0x800, ":ram")
    save, rom = filled(0x2000, 3), filled(0x4100, 4)
    expected = [*work[:4], *save[1:4], *rom[0x100:0x102], work[0x7FE], work[0x7FF], work[0], work[1], save[5]]
    assert view.memory.tolist() == expected


@pytest.mark.parametrize(
    "area",
    [MemoryArea(257), MemoryArea(1, 256), MemoryArea(1, 0, ":vram"), MemoryArea(1, 0, ":what"), MemoryArea(2**25)],
)
def test_areas_that_are_not_there(make, area):
    with pytest.raises(ConfigError):
        make("counter", publish_ram=[area])


def test_nothing_is_published_unasked(make):
    assert make("counter").step_buttons([]).memory is None


def test_many_watches(make):
    watched = {f"byte{n}": Address(n % 256, "u8", device=":ram") for n in range(300)}
    emulator = make("counter", watched)
    emulator.write_memory(100, b"\x64", device=":ram")
    data = emulator.step()
    assert (data["byte0"], data["byte256"], data["byte100"]) == (1, 1, 0x64)
