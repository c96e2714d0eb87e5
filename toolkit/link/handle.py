"""A child process by its pidfd, which stays its own when the kernel gives its number to another process."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import subprocess
from typing import Final

# linux/pidfd.h, since Linux 6.9.
PROCESS_GROUP: Final = 1 << 2
UNKNOWN: Final = (
    "is gone, exit status unknown (this program ignores SIGCHLD, or something in it waits for every child; "
    "signal.signal(signal.SIGCHLD, signal.SIG_DFL) before the start makes it known)"
)


class _Descriptor(int):
    """Closed with the last reference to it, so that each thread that uses it keeps its number from becoming another's.

    Without attributes the garbage collector does not know it. Of a cycle it would else be closed first, and the
    `__del__` of the emulator would find it so.
    """

    __slots__ = ()

    def __del__(self) -> None:
        os.close(self)


class ProcessHandle:
    """How a child process ended, and a way to end it.

    Where SIGCHLD is ignored, by this program or by whoever started it, the kernel forgets a child as soon as it ends:
    subprocess then says that it left with exit code 0, and its number may already be another's.

    Args:
        process: It was just started. If it was started as the leader of a process group, signals go to all of that.

    Raises:
        OSError: There are no descriptors left; the process is killed.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._ended = False
        self._code: int | None = None
        self._descriptor: _Descriptor | None = None
        try:
            self._descriptor = _Descriptor(os.pidfd_open(process.pid))
        except ProcessLookupError:
            self._ended = True
        except OSError:
            process.kill()
            process.wait()
            raise

    def ended(self, seconds: float | None = 0.0) -> bool:
        """Whether it has ended, by the end of so many seconds; None waits for as long as it takes. It is not reaped, so
        that its process group can still be signalled."""
        descriptor = self._descriptor
        if not self._ended and descriptor is not None:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            if poll.poll(None if seconds is None else 1000 * seconds):
                code = _look(descriptor)
                # Another thread that has reaped it meanwhile knows better.
                if not self._ended:
                    self._code, self._ended = code, True
        return self._ended

    @property
    def exit_code(self) -> int | None:
        """Negative when a signal ended it; None while it runs, and where nobody can know."""
        self.ended()
        return self._code

    def describe(self) -> str:
        """In words, how it ended."""
        if not self.ended():
            return "closed its end of the link but still runs"
        if self._code is None:
            return UNKNOWN
        if self._code < 0:
            try:
                return f"was ended by {signal.Signals(-self._code).name}"
            except ValueError:
                return f"was ended by signal {-self._code}"
        return f"left with exit code {self._code}"

    def signal_group(self, number: signal.Signals) -> None:
        """Sends a signal to its process group, if there is anybody left in it. After `close` to nobody."""
        descriptor = self._descriptor
        if descriptor is None:
            return
        with contextlib.suppress(ProcessLookupError):
            try:
                signal.pidfd_send_signal(descriptor, number, None, PROCESS_GROUP)
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                # An older kernel. Until it was reaped, its number, which is that of the group, is no other's.
                if not self.ended() or _look(descriptor) is not None:
                    os.killpg(self._process.pid, number)

    def close(self) -> None:
        """Waits until it has ended, and forgets it. Safe to call twice, and while other threads ask how it ended."""
        self.ended(None)
        self._descriptor = None
        self._process.wait()


def _look(descriptor: int) -> int | None:
    """The exit code of one that has ended; None if nobody can know."""
    with contextlib.suppress(ChildProcessError):
        found = os.waitid(os.P_PIDFD, descriptor, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if found is not None:
            return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
    return None
