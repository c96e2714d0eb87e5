"""Slots in shared memory, as docs/link.md has them, written without the toolkit."""

import gc
import os
import struct

import numpy as np
import pytest

from tests.processes import mappings
from toolkit.errors import ProtocolError, StateError
from toolkit.link import PixelFormat, SharedMemory, Slab

WIDTH, HEIGHT = 5, 3
PICTURE = 4 * WIDTH * HEIGHT


@pytest.fixture
def publish():
    """A function that publishes pixels into slot 1 of a block, and reads it: `publish(pixels, flags, capacity)`."""
    made = []

    def publish(pixels, flags, capacity=2 * PICTURE):
        memory = SharedMemory(pixel_capacity=capacity)
        made.append(memory)
        header_size, _, slot_size, _, pixel_offset = struct.unpack("<5I", os.pread(memory.descriptor, 20, 12))
        at = header_size + slot_size
        os.pwrite(memory.descriptor, pixels, at + pixel_offset)
        head = struct.pack("<QQIIIIIIQ", 2, 77, WIDTH, HEIGHT, 4 * WIDTH, 1, 0, flags, 0)
        os.pwrite(memory.descriptor, head, at)
        return memory.read(0, 1)

    yield publish
    for memory in made:
        memory.close()


@pytest.fixture(autouse=True)
def nothing_mapped():
    """What a test maps is freed with the last view of it."""
    before = mappings("toolkit-")
    yield
    gc.collect()
    assert mappings("toolkit-") == before


def noise(count):
    return np.random.default_rng(count).integers(0, 256, (count, HEIGHT, WIDTH, 4), dtype=np.uint8)


@pytest.mark.parametrize("flags", [0, 2, 0xFFFFFFFE])
def test_a_frame_alone(publish, flags):
    pictures = noise(1)
    view = publish(pictures.tobytes(), flags, PICTURE)
    assert np.array_equal(view.frame.pixels, pictures[0])
    assert view.before is None


def test_a_frame_and_the_one_before(publish):
    pictures = noise(2)
    view = publish(pictures.tobytes(), 1)
    assert view.frame.format == view.before.format == PixelFormat.BGRX
    assert np.array_equal(view.frame.pixels, pictures[0])
    assert np.array_equal(view.before.pixels, pictures[1])
    assert view.frame_number == 77


@pytest.mark.parametrize("capacity", [PICTURE, 2 * PICTURE - 1])
def test_no_room_for_the_one_before(publish, capacity):
    with pytest.raises(ProtocolError, match="2 times"):
        publish(noise(1).tobytes(), 1, capacity)


@pytest.mark.parametrize("flags", [0, 1])
def test_no_room_at_all(publish, flags):
    with pytest.raises(ProtocolError, match=f"{WIDTH}x{HEIGHT}"):
        publish(b"", flags, PICTURE - 1)


def test_a_slot_that_becomes_another():
    """What is kept of a slot holds only for slots that are like it."""
    memory = SharedMemory(value_capacity=3, pixel_capacity=PICTURE, memory_capacity=8)
    header_size, _, slot_size, _, pixel_offset, _, memory_offset = struct.unpack(
        "<7I", os.pread(memory.descriptor, 28, 12)
    )
    begin = header_size + slot_size

    def publish(sequence, width, height, values, size):
        head = struct.pack("<QQIIIIIIQ", sequence, sequence, width, height, 4 * width, 1, len(values), 0, size)
        os.pwrite(memory.descriptor, head + struct.pack(f"<{len(values)}q", *values), begin)
        os.pwrite(memory.descriptor, bytes([sequence]) * PICTURE, begin + pixel_offset)
        os.pwrite(memory.descriptor, bytes([sequence]) * 8, begin + memory_offset)
        return memory.read(0, 1)

    for sequence, (width, height, values, size) in enumerate(
        [(5, 3, (), 0), (3, 5, (), 0), (5, 3, (7, -1), 0), (5, 3, (8, 2), 8), (5, 3, (9, 1, 4), 3), (5, 3, (), 0)] * 2
    ):
        view = publish(2 * sequence, width, height, values, size)
        assert (view.sequence, view.frame_number, view.early) == (2 * sequence, 2 * sequence, False)
        assert view.frame.pixels.shape == (height, width, 4)
        assert (view.frame.pixels == 2 * sequence).all()
        assert view.values == values
        assert view.memory is None if size == 0 else view.memory.tolist() == [2 * sequence] * size
    assert publish(31, 5, 3, (), 0).early
    assert publish(31, 5, 3, (), 0).sequence == 32
    memory.close()


def test_slots_of_all_kinds():
    """More of them than are kept."""
    memory = SharedMemory(pixel_capacity=4 * 200)
    header_size, _, slot_size = struct.unpack("<3I", os.pread(memory.descriptor, 12, 12))
    for width in [*range(1, 200), *range(1, 200)]:
        head = struct.pack("<QQIIIIIIQ", 2, 1, width, 1, 4 * width, 1, 0, 0, 0)
        os.pwrite(memory.descriptor, head, header_size + slot_size)
        assert memory.read(0, 1).frame.pixels.shape == (1, width, 4)
        assert len(memory._parts) <= 64
    memory.close()


# --- after the end ----------------------------------------------------------------------------------------------------


def test_views_outlive_their_memory():
    pictures = noise(2)
    memory = SharedMemory(pixel_capacity=2 * PICTURE, memory_capacity=64)
    at, mapped = memory.offset(0, 1), mappings("toolkit-link")
    os.pwrite(memory.descriptor, pictures.tobytes(), at + memory.pixel_offset)
    os.pwrite(memory.descriptor, b"RAM!", at + memory.memory_offset)
    os.pwrite(memory.descriptor, struct.pack("<QQIIIIIIQ", 2, 77, WIDTH, HEIGHT, 4 * WIDTH, 1, 0, 1, 4), at)
    view = memory.read(0, 1)
    part = view.before.pixels[1:, ::2]
    memory.close()
    memory.close()
    assert np.array_equal(view.frame.pixels, pictures[0])
    assert bytes(view.memory) == b"RAM!"
    del view
    assert np.array_equal(part, pictures[1][1:, ::2])
    assert mappings("toolkit-link") == mapped
    del part
    assert mappings("toolkit-link") == mapped - 1
    for use in (lambda: memory.read(0, 1), lambda: memory.owner):
        with pytest.raises(StateError, match="closed"):
            use()


def test_observations_outlive_their_slab():
    slab = Slab(2)
    seen = slab.array((3, 4, 1))
    again = slab.array((3, 4, 1))[1, 1]
    seen[1, 1] = 7
    slab.close()
    slab.close()
    assert (again == 7).all()
    assert not seen[0].any()
    assert mappings("toolkit-slab") == 1
    del seen
    assert (again == 7).all()
    with pytest.raises(StateError, match="closed"):
        slab.array((3, 4, 1))


def test_views_in_a_cycle_are_there_until_the_end():
    class Holder:
        def __init__(self):
            self.me = self
            memory = SharedMemory(memory_capacity=64)
            os.pwrite(memory.descriptor, struct.pack("<QQIIIIIIQ", 2, 7, 0, 0, 0, 0, 0, 0, 4), memory.offset(0, 1))
            os.pwrite(memory.descriptor, b"RAM!", memory.offset(0, 1) + memory.memory_offset)
            self.memory, self.view = memory, memory.read(0, 1)

        def __del__(self):
            seen.append(bytes(self.view.memory) + bytes(self.memory.read(0, 1).memory))
            self.memory.close()

    seen = []
    Holder()
    gc.collect()
    assert seen == [b"RAM!RAM!"]
