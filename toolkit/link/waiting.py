"""Waiting for a reply without falling asleep just before it comes, where nobody else wants the processor."""

from __future__ import annotations

import ctypes
import functools
import select
from collections.abc import Callable
from typing import Final

from toolkit.link import native

# Microseconds that a reply may usually take for it to be worth waking up early: tens are won each time.
LONGEST: Final = 5000


class _Awake(ctypes.Structure):
    """`struct tk_awake` of native_shim/src/awake.h."""

    _fields_ = (("usual", ctypes.c_int64), ("penalty", ctypes.c_uint), ("asleep", ctypes.c_uint))


@functools.cache
def _load() -> Callable[..., int] | None:
    found = native.function(
        "toolkit_wait", ctypes.c_int, ctypes.POINTER(_Awake), ctypes.c_int, ctypes.c_int64, ctypes.c_int64
    )
    return None if isinstance(found, str) else found


class Waiting:
    """Waits for one descriptor, again and again.

    It learns how long that takes, sleeps for most of it, and stays awake at the end; see native_shim/src/awake.h. It
    just sleeps where the library was not built.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._awake = _Awake()
        self._wait = _load()
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def wait(self, seconds: float) -> bool:
        """Whether it can be read or was closed; if not, `seconds` have passed, or a signal came before that."""
        if self._wait is None:
            return bool(self._poll.poll(seconds * 1000))
        return self._wait(self._awake, self._descriptor, int(seconds * 1e6), LONGEST) > 0
