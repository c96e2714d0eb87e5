"""A child process by its pidfd, which stays its own when the kernel gives its number to another process."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import subprocess
import weakref
from typing import Final

# linux/pidfd.h, since Linux 6.9.
PROCESS_GROUP: Final = 1 << 2
UNKNOWN: Final = (
    "is gone, exit status unknown (this program ignores SIGCHLD, or something in it waits for every child; "
    "signal.signal(signal.SIGCHLD, signal.SIG_DFL) before the start makes it known)"
)


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
        self._descriptor = -1
        try:
            self._descriptor = os.pidfd_open(process.pid)
        except ProcessLookupError:
            self._ended = True
            return
        except OSError:
            process.kill()
            process.wait()
            raise
        self._close = weakref.finalize(self, os.close, self._descriptor)

    def ended(self, seconds: float | None = 0.0) -> bool:
        """Whether it has ended, by the end of so many seconds; None waits for as long as it takes. It is not reaped, so
        that its process group can still be signalled."""
        if not self._ended:
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            if poll.poll(None if seconds is None else 1000 * seconds):
                self._ended = True
                found = self._look()
                if found is not None:
                    self._code = found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
        return self._ended

    def _look(self) -> os.waitid_result | None:
        """How it ended; None if nobody can know."""
        with contextlib.suppress(ChildProcessError):
            return os.waitid(os.P_PIDFD, self._descriptor, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return None

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
        if self._descriptor < 0:
            return
        with contextlib.suppress(ProcessLookupError):
            try:
                signal.pidfd_send_signal(self._descriptor, number, None, PROCESS_GROUP)
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                # An older kernel. Until it was reaped, its number, which is that of the group, is no other's.
                if not self.ended() or self._look() is not None:
                    os.killpg(self._process.pid, number)

    def close(self) -> None:
        """Waits until it has ended, and forgets it. Safe to call twice."""
        if self._descriptor >= 0:
            self.ended(None)
            self._descriptor = -1
            self._close()
        self._process.wait()
