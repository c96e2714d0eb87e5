"""Reading a reply without falling asleep just before it comes, where nobody else wants the processor."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import select
from collections.abc import Callable
from typing import Final

from toolkit.link import native

# Microseconds that a reply may usually take for it to be worth waking up early: tens are won each time.
LONGEST: Final = 5000
# Bytes at a time.
SIZE: Final = 1 << 12
# What is no error, of what reading says below 0.
NOTHING: Final = (-errno.EAGAIN, -errno.EINTR)


class _Awake(ctypes.Structure):
    """`struct tk_awake` of native_shim/src/awake.h."""

    _fields_ = (("usual", ctypes.c_int64), ("penalty", ctypes.c_uint), ("asleep", ctypes.c_uint))


@functools.cache
def _load() -> Callable[..., int] | None:
    number, size = ctypes.c_int64, ctypes.c_uint64
    found = native.function(
        "toolkit_receive", number, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, size, number, number
    )
    return None if isinstance(found, str) else found


class Waiting:
    """Reads from one descriptor, which does not block, again and again.

    It learns how long it takes until something comes, sleeps for most of that, and stays awake at the end; see
    native_shim/src/awake.h. It just sleeps where the library was not built.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._awake = _Awake()
        self._receive = _load()
        self._buffer = ctypes.create_string_buffer(SIZE)
        self._places = ctypes.addressof(self._awake), ctypes.addressof(self._buffer)
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def read(self, seconds: float) -> bytes | None:
        """At most `SIZE` bytes, and none if it was closed; None if none came for `seconds`, or a signal came."""
        if self._receive is None:
            return self._read(seconds)
        awake, buffer = self._places
        count = self._receive(awake, self._descriptor, buffer, SIZE, int(seconds * 1e6), LONGEST)
        if count >= 0:
            return ctypes.string_at(buffer, count)
        if count in NOTHING:
            return None
        raise OSError(-count, os.strerror(-count))

    def forget(self) -> None:
        """The descriptor is closed, and its number may become another file's: from here on reading is an OSError."""
        self._descriptor = -1

    def _read(self, seconds: float) -> bytes | None:
        try:
            return os.read(self._descriptor, SIZE)
        except BlockingIOError:
            return os.read(self._descriptor, SIZE) if self._poll.poll(seconds * 1000) else None
