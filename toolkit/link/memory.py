"""The block of shared memory through which children publish frames and values.

One block serves one child or many: each has a region of its own with a header and a ring of slots. The block is a
memfd: it has no name, so nothing can collide with it, and the kernel frees it with its last user.
"""

from __future__ import annotations

import fcntl
import functools
import os
import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from toolkit.errors import ProtocolError, StateError
from toolkit.limits import limits_named
from toolkit.link import layout
from toolkit.link.descriptors import Descriptor, above_standard
from toolkit.link.mapped import map_file
from toolkit.link.pixels import Pixels, Renderer, target

PAGE: Final = 4096
DEFAULT_SLOTS: Final = 4
# Memory that is never written costs nothing, so the largest frame may be generous: 2048 x 2048 pixels of 4 bytes.
DEFAULT_PIXEL_CAPACITY: Final = 2048 * 2048 * 4
DEFAULT_VALUE_CAPACITY: Final = 64
# Views that are kept; making one takes longer than all else that is read of a slot.
MAX_PARTS: Final = 64


def _round_up(size: int, to: int) -> int:
    return -(-size // to) * to


@functools.lru_cache(64)
def _integers(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}q")


@functools.cache
def _whole() -> Renderer:
    return Renderer()


@dataclass(frozen=True, slots=True)
class FrameView:
    """A frame in shared memory: `pixels` is uint8, (height, width, bytes a pixel), a view that steps overwrite."""

    format: layout.PixelFormat
    pixels: Pixels

    def rgb(self, out: Pixels | None = None) -> Pixels:
        """A copy as RGB, uint8, (height, width, 3), contiguous; gray is repeated in each colour.

        Args:
            out: Where to write it, an array of that shape; by default into one of its own.
        """
        source = self.pixels
        if self.format is layout.PixelFormat.BGRX:
            return _whole().render(source, out=out)
        if self.format is layout.PixelFormat.NONE:
            raise ProtocolError(f"a frame of format {self.format.name} has no pixels to show")
        result = target(out, (*source.shape[:2], 3))
        if self.format is layout.PixelFormat.RGB24:
            np.copyto(result, source)
        else:
            for colour in range(3):
                result[..., colour] = source[..., 0]
        return result

    def copy(self, out: Pixels | None = None) -> Pixels:
        """A copy, uint8, contiguous: (height, width, 1) if the frame is gray, otherwise RGB; `out` as for `rgb`."""
        if self.format is not layout.PixelFormat.GRAY8:
            return self.rgb(out)
        result = target(out, self.pixels.shape)
        np.copyto(result, self.pixels)
        return result


class SlotView(NamedTuple):
    """What a child published at the end of one step, in which slot.

    `frame` is None when it published no picture; `before`, the picture of the emulated frame before that one, as large
    and of the same format, when there is none or nobody asked for it; `memory`, uint8, (bytes,), when no memory areas
    are published. They are views into the slot, which the child overwrites when it comes round to it: after as many
    steps as there are slots.

    With `early` all is there but the pixels, which the child is still making: `Child.settle` waits for them.
    """

    sequence: int
    frame_number: int
    values: tuple[int, ...]
    frame: FrameView | None
    slot: int
    memory: Pixels | None = None
    before: FrameView | None = None
    early: bool = False


class _Parts(NamedTuple):
    """What there is in a slot whose head, but for its numbers, is like that."""

    values: struct.Struct
    frame: FrameView | None
    memory: Pixels | None
    before: FrameView | None


class SharedMemory:
    """Shared memory for `children` emulators.

    Args:
        children: How many regions to make.
        value_capacity: How many watched values a slot has room for.
        pixel_capacity: The size of the largest frame, in bytes.
        memory_capacity: How many bytes of the machine's memory a slot has room for.
        slots: How many steps a published frame stays before it is overwritten.
    """

    def __init__(
        self,
        children: int = 1,
        *,
        value_capacity: int = DEFAULT_VALUE_CAPACITY,
        pixel_capacity: int = DEFAULT_PIXEL_CAPACITY,
        memory_capacity: int = 0,
        slots: int = DEFAULT_SLOTS,
    ) -> None:
        self.children = children
        self.slots = slots
        self.pixel_capacity = pixel_capacity
        self.pixel_offset = _round_up(layout.SLOT.size + 8 * value_capacity, 64)
        self.memory_capacity = memory_capacity
        self.memory_offset = _round_up(self.pixel_offset + pixel_capacity, 64) if memory_capacity else 0
        self.slot_size = _round_up((self.memory_offset or self.pixel_offset + pixel_capacity) + memory_capacity, PAGE)
        self.region_size = layout.HEADER_SIZE + slots * self.slot_size
        # By where a slot begins, and the end of its head.
        self._parts: dict[tuple[int, bytes], _Parts] = {}
        self.descriptor: int = -1
        try:
            with limits_named("cannot make the memory that is shared with an emulator"):
                flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
                self.descriptor = above_standard(Descriptor(os.memfd_create("toolkit-link", flags)))
                os.ftruncate(self.descriptor, children * self.region_size)
                # For whoever maps it, of another program perhaps: nobody can make it shorter, by which readers die.
                fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
                memory = map_file(self.descriptor, children * self.region_size)
        except BaseException:
            self.descriptor = -1
            raise
        # What views are made of, and the same for struct, which is faster with it.
        self._bytes: Pixels | None = memory
        self._map: memoryview | None = memory.data
        self._address = memory.ctypes.data
        for child in range(children):
            layout.HEADER.pack_into(
                memory.data,
                self.offset(child),
                layout.MAGIC,
                layout.LINK_VERSION,
                layout.HEADER_SIZE,
                slots,
                self.slot_size,
                value_capacity,
                self.pixel_offset,
                pixel_capacity,
                self.memory_offset,
                0,
            )

    def offset(self, child: int, slot: int | None = None) -> int:
        """Where the region of `child` begins, or a slot of it."""
        at = child * self.region_size
        return at if slot is None else at + layout.HEADER_SIZE + slot * self.slot_size

    def address(self, child: int, slot: int | None = None) -> int:
        """The same in this process; good for as long as somebody holds `owner`, or a view."""
        return self._address + self.offset(child, slot)

    @property
    def owner(self) -> Pixels:
        """All of the block, uint8: whoever gives an `address` to C holds this meanwhile.

        Raises:
            StateError: It is closed.
        """
        if self._bytes is None:
            raise StateError("this memory is closed")
        return self._bytes

    def read(self, child: int, slot: int) -> SlotView:
        """What `child` left in `slot`: views, good until the child comes round to this slot again.

        Raises:
            ProtocolError: What lies there makes no sense.
            StateError: It is closed.
        """
        if not 0 <= slot < self.slots:
            raise ProtocolError(f"expected a slot from 0 to {self.slots - 1}, got {slot}")
        memory = self._map
        if memory is None:
            raise StateError("this memory is closed")
        at = self.offset(child, slot)
        sequence, frame_number, head = layout.SLOT_NUMBERS.unpack_from(memory, at)
        parts = self._parts.get((at, head))
        if parts is None:
            if len(self._parts) >= MAX_PARTS:
                self._parts.clear()
            parts = self._parts[at, head] = self._look(memory, at, slot)
        early = sequence % 2 == 1
        values = parts.values.unpack_from(memory, at + layout.SLOT.size)
        return SlotView(sequence + early, frame_number, values, parts.frame, slot, parts.memory, parts.before, early)

    def _look(self, memory: memoryview, at: int, slot: int) -> _Parts:
        """What there is in a slot, kept for when its head is like that again."""
        _, _, width, height, stride, code, count, flags, size = layout.SLOT.unpack_from(memory, at)
        if layout.SLOT.size + 8 * count > self.pixel_offset:
            raise ProtocolError(f"expected at most as many values as slot {slot} has room for, got {count}")
        frame = before = area = None
        if code != layout.PixelFormat.NONE:
            frame, before = self._view_pictures(at, width, height, stride, code, flags, slot)
        if size:
            if size > self.memory_capacity:
                raise ProtocolError(
                    f"expected at most {self.memory_capacity} bytes of memory in slot {slot}, got {size}"
                )
            area = np.ndarray((size,), np.uint8, self.owner, at + self.memory_offset)
        return _Parts(_integers(count), frame, area, before)

    def _view_pictures(
        self, at: int, width: int, height: int, stride: int, code: int, flags: int, slot: int
    ) -> tuple[FrameView, FrameView | None]:
        """A slot's picture and the one before it."""
        pixel_size = layout.PIXEL_SIZE.get(code)  # type: ignore[call-overload]  # an int is equal to its enumeration
        if pixel_size is None:
            raise ProtocolError(f"expected a pixel format from 0 to 3 in slot {slot}, got format {code}")
        pictures = 2 if flags & layout.FLAG_BEFORE else 1
        length = height * stride
        if width == 0 or height == 0 or stride != pixel_size * width or pictures * length > self.pixel_capacity:
            raise ProtocolError(
                f"expected a frame that fits the {self.pixel_capacity} bytes of slot {slot}, got {width}x{height} "
                f"pixels with {stride} bytes a row, {pictures} times"
            )
        shape, form, begin = (height, width, pixel_size), layout.PixelFormat(code), at + self.pixel_offset
        frame, before = FrameView(form, np.ndarray(shape, np.uint8, self.owner, begin)), None
        if pictures == 2:
            before = FrameView(form, np.ndarray(shape, np.uint8, self.owner, begin + length))
        return frame, before

    def close(self) -> None:
        """Gives the descriptor back at once, and the memory with the last view of it that somebody holds. Safe to call
        twice."""
        self.descriptor = -1
        self._parts.clear()
        self._map = self._bytes = None
