"""What the broker may use, whatever its subscribers send: beyond that it dies, and its publisher starts another one.

libzmq reads all that a peer sends into queues and tries without a bound, and ends the process where it cannot go on.
Neither can be changed by an option. So the bounds are those of the operating system.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from pathlib import Path
from typing import Final

# Honest use stays far below it: 500 small messages and some seconds of pictures for each of many subscribers.
MEMORY: Final = 256 * 2**20
DESCRIPTORS: Final = 1024
# Seconds of processor time for one turn of its loop. A peer that sends without end can hold libzmq in one.
TURN: Final = 2.0
# Emulators have the right of way where processors are scarce.
NICENESS: Final = 5


def apply() -> None:
    """Limits this process for good."""
    for kind, limit in (
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
        # Ending by abort() is expected, and leaves nothing to look at.
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (limit, limit))
    os.nice(NICENESS)
    with contextlib.suppress(OSError):
        # Where memory runs out, this process goes before the one that steps.
        Path("/proc/self/oom_score_adj").write_text("1000")
    # The publisher may have blocked or ignored it.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGPROF,))


def begin_turn() -> None:
    """From now on, `TURN` seconds of processor time until the kernel ends this process."""
    signal.setitimer(signal.ITIMER_PROF, TURN)
