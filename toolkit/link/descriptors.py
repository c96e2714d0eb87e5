"""Descriptors that a child inherits under their own numbers."""

from __future__ import annotations

import fcntl
import os
import socket
from typing import Final

# 0, 1 and 2 are stdin, stdout and stderr.
FIRST: Final = 3


def above_standard(descriptor: int) -> int:
    """`descriptor`, or if its number is 0 to 2 another one of the same file, in its place; closed on exec.

    A program that was started with stdin, stdout or stderr closed gets these numbers for the first files that it opens.
    Whatever is written to stdout or stderr would then go into such a file, and a child that inherits it by its number
    would find its own stdin, stdout or stderr there.

    Raises:
        OSError: There is no descriptor left; `descriptor` is closed.
    """
    if descriptor >= FIRST:
        return descriptor
    try:
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST)
    finally:
        os.close(descriptor)


def socket_above_standard(given: socket.socket) -> socket.socket:
    """The same for a socket: `given`, or another one in its place.

    Raises:
        OSError: There is no descriptor left; `given` is closed.
    """
    if given.fileno() >= FIRST:
        return given
    blocking = given.getblocking()
    moved = socket.socket(given.family, given.type, given.proto, fileno=above_standard(given.detach()))
    moved.setblocking(blocking)
    return moved


def pipe() -> tuple[int, int]:
    """The two ends of a new pipe, to read from and to write to, both closed on exec and above 2.

    Raises:
        OSError: There are no descriptors left; nothing stays open.
    """
    reader, writer = os.pipe2(os.O_CLOEXEC)
    try:
        reader = above_standard(reader)
    except BaseException:
        os.close(writer)
        raise
    try:
        return reader, above_standard(writer)
    except BaseException:
        os.close(reader)
        raise
