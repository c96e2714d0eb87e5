"""Slots in shared memory, as docs/link.md has them, written without the toolkit."""

import os
import struct

import numpy as np
import pytest

from toolkit.errors import ProtocolError
from toolkit.link import PixelFormat, SharedMemory

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
