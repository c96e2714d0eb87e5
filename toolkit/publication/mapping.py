"""A publisher's shared memory, mapped read-only into a process of the same host."""

from __future__ import annotations

import fcntl
import os
import stat

import numpy as np
import numpy.typing as npt

from toolkit.errors import FrameLost
from toolkit.link import FrameView, PixelFormat, layout
from toolkit.link.mapped import map_file
from toolkit.publication import wire


class MappingRefused(Exception):
    """The memory cannot be mapped from here; the message says why."""


class Mapping:
    """The region of one publisher.

    Raises:
        MappingRefused: It is on another host or in another container, belongs to another user, or is gone.
    """

    def __init__(self, where: wire.Location) -> None:
        memory = _map(where)
        self._map: npt.NDArray[np.uint8] | None = memory
        try:
            magic, version, self._header_size, self._slots, self._slot_size, _, self._pixel_offset, _, _, _ = (
                layout.HEADER.unpack_from(memory.data)
            )
            if magic != layout.MAGIC or version != layout.LINK_VERSION:
                raise MappingRefused(f"its memory is of link version {version}, expected {layout.LINK_VERSION}")
            if self._header_size + self._slots * self._slot_size > where.size:
                raise MappingRefused("its memory is smaller than its header says")
            if self._slot_size < self._pixel_offset or self._pixel_offset < layout.SLOT.size:
                raise MappingRefused("its slots are too small for what is in them")
        except BaseException:
            self.close()
            raise

    def _head(self, slot: int, sequence: int) -> tuple[int, ...]:
        """The slot's fields, at first the sequence number; FrameLost unless it is `sequence`."""
        if self._map is None:
            raise FrameLost("this subscriber is closed, or its publisher was replaced by another")
        if slot >= self._slots:
            raise FrameLost(f"the publisher named slot {slot} of {self._slots}")
        head = layout.SLOT.unpack_from(self._map.data, self._header_size + slot * self._slot_size)
        if head[0] != sequence:
            raise FrameLost(
                f"the picture was overwritten: it stays for {self._slots} steps, and this process was slower; drain() "
                f"and snapshot() skip to the newest"
            )
        return head

    def intact(self, slot: int, sequence: int) -> bool:
        """Whether the slot still holds what was published under this sequence number."""
        try:
            self._head(slot, sequence)
        except FrameLost:
            return False
        return True

    def view(self, slot: int, sequence: int) -> FrameView:
        """The picture where it lies. It may change at any moment: look at it, then ask `intact`, then believe it.

        Raises:
            FrameLost: It was overwritten, or there is none.
        """
        _, _, width, height, stride, code, *_ = self._head(slot, sequence)
        if code == PixelFormat.NONE or width == 0:
            raise FrameLost("this step published no picture")
        # The head may have been written anew while it was read; only now is it known to be of one piece.
        self._head(slot, sequence)
        fits = self._pixel_offset + height * stride <= self._slot_size and width * height <= wire.MAX_PIXELS
        if code not in layout.PIXEL_SIZE or stride != layout.PIXEL_SIZE[PixelFormat(code)] * width or not fits:
            raise FrameLost(f"the publisher names a picture of {width}x{height} pixels, which does not fit its slot")
        at = self._header_size + slot * self._slot_size + self._pixel_offset
        assert self._map is not None
        return FrameView(PixelFormat(code), np.ndarray((height, width, stride // width), np.uint8, self._map, at))

    def copy(self, slot: int, sequence: int) -> npt.NDArray[np.uint8]:
        """The picture as RGB, uint8, (height, width, 3), a copy that is certainly of one piece.

        Raises:
            FrameLost: It was overwritten, before or during the copying, or there is none.
        """
        frame = self.view(slot, sequence).rgb()
        self._head(slot, sequence)
        return frame

    def close(self) -> None:
        """Lets the memory go, with the last view of it that somebody holds. Safe to call twice."""
        self._map = None


def _map(where: wire.Location) -> npt.NDArray[np.uint8]:
    if not where.boot_id or where.boot_id != wire.boot_id():
        raise MappingRefused("it runs on another host")
    path = f"/proc/{where.pid}/fd/{where.fd}"
    try:
        if wire.start_time(where.pid) != where.start_time:
            raise MappingRefused(f"process {where.pid} is another one here: the publisher ended or is in a container")
        # Looked at before it is opened: opening the wrong file, such as a terminal's, may have effects.
        _check(os.stat(path), where)
        # Another file may have taken its place since: a named pipe would keep open() waiting, a terminal become ours.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            _check(os.fstat(descriptor), where)
            # Whoever reads a map of a file that became shorter is killed by a signal. This one cannot.
            if not fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) & fcntl.F_SEAL_SHRINK:
                raise MappingRefused("it is not memory of an emulator, or of one of an older version")
            return map_file(descriptor, where.size, where.offset, writable=False)
        finally:
            os.close(descriptor)
    except PermissionError as error:
        raise MappingRefused(f"this user may not look into process {where.pid}") from error
    except (OSError, ValueError, OverflowError) as error:
        raise MappingRefused(f"the memory of process {where.pid} cannot be opened here: {error}") from error


def _check(found: os.stat_result, where: wire.Location) -> None:
    same = (found.st_dev, found.st_ino) == (where.device, where.inode)
    long_enough = where.size >= layout.HEADER_SIZE and where.offset + where.size <= found.st_size
    if not same or not stat.S_ISREG(found.st_mode) or not long_enough:
        raise MappingRefused(f"process {where.pid} no longer has that memory: the publisher was closed")
