"""Ending children: any number of them in about the time that one takes.

The ladder, which all climb side by side: `quit`, and 2 s to leave; then their pipes close and SIGTERM goes to their
process groups, 0.5 s; then SIGKILL. A child that cannot be asked, because it missed a deadline before or broke the
protocol, and one that another thread waits for, is killed at once.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import sys
import time
import weakref
from collections.abc import Container, Iterable, Sequence
from types import CodeType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from toolkit.link.child import Child

LEAVE_PATIENCE: Final = 2.0
TERM_PATIENCE: Final = 0.5
# Seconds between two looks at whether a child has gone whose pipe says nothing.
SHORTEST_LOOK: Final = 0.001
LONGEST_LOOK: Final = 0.05
DRAIN: Final = 1 << 16

# The children that are running. Those that nobody closes before Python ends are ended then, side by side.
left_to_python: weakref.WeakSet[Child] = weakref.WeakSet()


def end_together(children: Iterable[Child]) -> None:
    """Ends all of them, whatever state they are in. No threads are started, so that it can be called anywhere: in a
    signal handler, and when Python ends. Children that another process has made are left alone."""
    ours = [child for child in children if child.ours]
    asked = [child for child in ours if child.ask_to_leave()]
    for child in ours:
        if child not in asked:
            child.process.signal(signal.SIGKILL)
    late = _wait(asked, LEAVE_PATIENCE)
    for child in late:
        child.hang_up()
        child.process.signal(signal.SIGTERM)
    _wait(late, TERM_PATIENCE)
    # Also those that have left: what they started may still run, in their process groups.
    for child in ours:
        child.process.signal(signal.SIGKILL)
    for child in ours:
        child.kill()


def _wait(children: Sequence[Child], patience: float) -> list[Child]:
    """Those that have not left within `patience` seconds. What they still have to say is read, and dropped: otherwise
    one with more to say than a pipe holds would never come to leave."""
    remaining = [child for child in children if child.process.running]
    poll = select.poll()
    for child in remaining:
        if child.reply_fd >= 0:
            poll.register(child.reply_fd, select.POLLIN)
    deadline, look = time.monotonic() + patience, SHORTEST_LOOK
    while remaining and (left := deadline - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(1000 * min(left, look)):
            if not _drain(descriptor):
                poll.unregister(descriptor)
                look = SHORTEST_LOOK
        remaining = [child for child in remaining if child.process.running]
        look = min(2 * look, LONGEST_LOOK)
    return remaining


def _drain(descriptor: int) -> bool:
    """Reads what there is; whether there can be more."""
    try:
        return bool(os.read(descriptor, DRAIN))
    except BlockingIOError:
        return True
    except OSError:
        return False


def under_way_here(child: Child, calls: Container[CodeType]) -> bool:
    """Whether this thread is in one of the child's methods `calls`, and a signal handler has come in between: then they
    go on only after it."""
    frame = sys._getframe()
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_code in calls and frame.f_locals.get("self") is child:
            return True
    return False


def _end_all() -> None:
    end_together(list(left_to_python))


# What is registered last is called first: the folders that the children run in, which finalizers remove, go after them.
weakref.finalize(left_to_python, int)
atexit.register(_end_all)
