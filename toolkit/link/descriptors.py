"""Descriptors of this process: each has an owner, and a number that a child can inherit."""

from __future__ import annotations

import fcntl
import os
import socket
from functools import partial
from typing import Final

# 0, 1 and 2 are stdin, stdout and stderr.
FIRST: Final = 3


class Descriptor(int):
    """The number of an open file, which is closed with the last reference to it.

    So no interrupt (Ctrl-C) can come between the closing of a file and the note that it is closed: to drop the
    reference is both. And each thread that uses it keeps its number from becoming another file's.

    Without attributes the garbage collector does not know it. Of a cycle it would else be closed first, and the
    `__del__` of the emulator would find it so.
    """

    __slots__ = ()

    # `os.close(self)`, but without a line of Python that an interrupt could come before: the property makes a function
    # without arguments of it.
    __del__ = property(partial(partial, os.close))

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        # A copy is the number alone: the file is closed once.
        return int, (int(self),)


def above_standard(descriptor: Descriptor) -> Descriptor:
    """`descriptor`, or if its number is 0 to 2 another one of the same file; closed on exec.

    A program that was started with stdin, stdout or stderr closed gets these numbers for the first files that it opens.
    Whatever is written to stdout or stderr would then go into such a file, and a child that inherits it by its number
    would find its own stdin, stdout or stderr there.

    Raises:
        OSError: There is no descriptor left.
    """
    if descriptor >= FIRST:
        return descriptor
    return Descriptor(fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST))


def socket_above_standard(given: socket.socket) -> socket.socket:
    """The same for a socket: `given`, or another one in its place.

    Raises:
        OSError: There is no descriptor left; `given` is closed.
    """
    if given.fileno() >= FIRST:
        return given
    with given:
        blocking = given.getblocking()
        number = fcntl.fcntl(given, fcntl.F_DUPFD_CLOEXEC, FIRST)
        moved = socket.socket(given.family, given.type, given.proto, fileno=number)
    moved.setblocking(blocking)
    return moved


def pipe() -> tuple[Descriptor, Descriptor]:
    """The two ends of a new pipe, to read from and to write to, both closed on exec and above 2.

    Raises:
        OSError: There are no descriptors left; nothing stays open.
    """
    reader, writer = map(Descriptor, os.pipe2(os.O_CLOEXEC))
    return above_standard(reader), above_standard(writer)
