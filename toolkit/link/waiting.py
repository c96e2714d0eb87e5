"""Reading a reply without falling asleep just before it comes, where nobody else wants the processor."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import select
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from toolkit.errors import ProtocolError
from toolkit.link import layout, native

# Microseconds that a reply may usually take for it to be worth waking up early: tens are won each time.
LONGEST: Final = 5000
# Bytes at a time.
SIZE: Final = 1 << 12
# What is no error, of what reading says below 0.
NOTHING: Final = (-errno.EAGAIN, -errno.EINTR)
NOT_SENT: Final = -2


class NotSent(Exception):
    """Nothing of a command has been sent."""


class _Awake(ctypes.Structure):
    """`struct tk_awake` of native_shim/src/awake.h."""

    _fields_ = (("usual", ctypes.c_int64), ("penalty", ctypes.c_uint), ("asleep", ctypes.c_uint))


class _Line(ctypes.Structure):
    """`struct toolkit_line` of native_shim/library/wait.c."""

    _fields_ = (
        ("awake", _Awake),
        ("command", ctypes.c_int32),
        ("reply", ctypes.c_int32),
        ("commands", ctypes.c_void_p),
        ("replies", ctypes.c_void_p),
        ("longest", ctypes.c_int64),
        ("frame_number", ctypes.c_uint64),
        ("count", ctypes.c_int64),
        ("message", ctypes.c_char * SIZE),
    )
    # Who holds the memory that `commands` and `replies` point into.
    owner: object = None


class _Library(NamedTuple):
    receive: Callable[..., None]
    step: Callable[..., int]
    settle: Callable[..., int]


@functools.cache
def _load() -> _Library | None:
    number, address = ctypes.c_int64, ctypes.c_void_p
    found: list[Any] = [
        native.function("toolkit_receive", None, address, number),
        native.function("toolkit_step", number, address, ctypes.c_char_p, ctypes.c_uint64, number),
        native.function("toolkit_settle", ctypes.c_int, address, address, number),
    ]
    return None if any(isinstance(function, str) for function in found) else _Library(*found)


class Waiting:
    """Reads from one descriptor, which does not block, again and again.

    It learns how long it takes until something comes, sleeps for most of that, and stays awake at the end; see
    native_shim/src/awake.h. It just sleeps where the library was not built.

    Args:
        reply: What it reads from.
        command: Where `step` writes to; it does not block either.
        region: The address of the child's region of shared memory, with the letter boxes; None for none.
        owner: What has to be held for that memory to stay: until `forget`, and until each call into C has returned.
    """

    def __init__(self, reply: int, command: int = -1, region: int | None = None, owner: object = None) -> None:
        self._line = _Line(command=command, reply=reply, longest=LONGEST)
        if region is not None:
            self._line.commands = region + layout.MAIL_COMMANDS
            self._line.replies = region + layout.MAIL_REPLIES
            self._line.owner = owner
        # Not a number: so each call into C holds the line, and with it the memory, until it returns.
        self._place = ctypes.byref(self._line)
        self._library = _load()
        self._poll = select.poll()
        self._poll.register(reply, select.POLLIN)

    def read(self, seconds: float) -> bytes | None:
        """At most `SIZE` bytes, and none if it was closed; None if none came for `seconds`, or a signal came."""
        if self._library is None:
            return self._read(seconds)
        self._library.receive(self._place, int(seconds * 1e6))
        return self.came()

    def step(self, command: bytes, seconds: float) -> tuple[int, int] | None:
        """Writes a command to run frames, if it is not empty because it was written before, and waits for the reply.

        Returns:
            The slot and the frame number that it tells of; None if something else came, which `came` returns.

        Raises:
            NotSent: The command was not written, or it cannot be done at once: to be done as two.
        """
        if self._library is None or len(command) > select.PIPE_BUF:
            raise NotSent
        slot = self._library.step(self._place, command, len(command), int(seconds * 1e6))
        if slot >= 0:
            return slot, self._line.frame_number
        if slot == NOT_SENT:
            raise NotSent
        return None

    def came(self) -> bytes | None:
        """What was read last, as `read` returns it."""
        line = self._line  # Another thread may replace it.
        count = line.count
        if count >= 0:
            return ctypes.string_at(ctypes.addressof(line) + _Line.message.offset, count)
        if count in NOTHING:
            return None
        raise OSError(-count, os.strerror(-count))

    def settle(self, slot: int, seconds: float) -> int:
        """Waits until the pictures are complete of the slot at that address.

        Returns:
            1 if they are; 0 if they were not within `seconds`; -1 if the descriptor was closed at the other end.
        """
        if self._library is None:
            raise ProtocolError("expected a slot that is complete, got one that is still being written")
        return self._library.settle(self._place, slot, int(seconds * 1e6))

    def forget(self) -> None:
        """The descriptors are closed, and their numbers may become other files'; the memory is going, too. From here on
        reading is an OSError.

        A thread that still waits in C keeps the memory until it returns.
        """
        self._line.command = self._line.reply = -1
        self._line = _Line(command=-1, reply=-1, longest=LONGEST)
        self._place = ctypes.byref(self._line)

    def _read(self, seconds: float) -> bytes | None:
        descriptor = self._line.reply
        try:
            return os.read(descriptor, SIZE)
        except BlockingIOError:
            return os.read(descriptor, SIZE) if self._poll.poll(seconds * 1000) else None
