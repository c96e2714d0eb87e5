"""A child process by its pidfd, which stays its own when the kernel gives its number to another process."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any, Final

from toolkit.limits import signal_advice
from toolkit.link.descriptors import Descriptor

# linux/pidfd.h, since Linux 6.9.
PROCESS_GROUP: Final = 1 << 2
UNKNOWN: Final = (
    "is gone, exit status unknown (this program ignores SIGCHLD, or something in it waits for every child; "
    "signal.signal(signal.SIGCHLD, signal.SIG_DFL) before the start makes it known)"
)


class _Process(subprocess.Popen[bytes]):
    """Ends with the object, if an interrupt comes before anybody else knows of it."""

    def __init__(self, argv: Sequence[str], **options: Any) -> None:
        self._owner = os.getpid()
        try:
            super().__init__(argv, **options)
        except BaseException:
            if getattr(self, "pid", None) is not None and self.returncode is None:
                self.kill()
                self.wait()
            raise

    def __del__(self) -> None:
        # A fork has a copy of the object, but the process is not its own.
        if getattr(self, "pid", None) is not None and self.returncode is None and self._owner == os.getpid():
            self.kill()
            self.wait()


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C raises nothing within, but right after it: the number of a child that was just started would be lost.

    Handlers run in the main thread only, so that in others there is nothing to do.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    held: list[FrameType | None] = []
    try:
        signal.signal(signal.SIGINT, lambda _, frame: held.append(frame))
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if held:
            handler(signal.SIGINT, held[-1])


def start(argv: Sequence[str], **options: Any) -> ProcessHandle:
    """Starts a child process in a process group of its own: Ctrl-C in a terminal reaches us, and we decide what becomes
    of the child.

    Args:
        argv: The program and its arguments.
        options: What `subprocess.Popen` takes.

    Raises:
        OSError: It cannot be started; nothing is left of it.
    """
    with _interrupts_held():
        return ProcessHandle(_Process(argv, process_group=0, **options))


class ProcessHandle:
    """How a child process ended, and a way to end it. One that is dropped ends its process, unless that was closed
    before: an interrupt can come at any point, and nobody else may know of the process yet.

    Where SIGCHLD is ignored, by this program or by whoever started it, the kernel forgets a child as soon as it ends:
    subprocess then says that it left with exit code 0, and its number may already be another's.

    Args:
        process: It was just started. If it was started as the leader of a process group, signals go to all of that.

    Raises:
        OSError: There are no descriptors left; the process is killed.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._owner = os.getpid()
        self._ended = False
        self._process = process
        self._code: int | None = None
        self._descriptor: Descriptor | None = None
        try:
            self._descriptor = Descriptor(os.pidfd_open(process.pid))
        except ProcessLookupError:
            self._ended = True
        except OSError:
            process.kill()
            process.wait()
            raise

    @property
    def process(self) -> subprocess.Popen[bytes]:
        return self._process

    def __del__(self) -> None:
        # A fork has a copy of the object, but the process is not its own.
        if self._descriptor is not None and self._owner == os.getpid():
            with contextlib.suppress(Exception):
                self.signal_group(signal.SIGKILL)
                self.close()

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
                return f"was ended by {signal.Signals(-self._code).name}{signal_advice(-self._code)}"
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
        """Waits until it has ended, and forgets it. Safe to call twice, after an interrupt too, and while other threads
        ask how it ended."""
        self.ended(None)
        self._process.wait()
        self._descriptor = None


def _look(descriptor: int) -> int | None:
    """The exit code of one that has ended; None if nobody can know."""
    with contextlib.suppress(ChildProcessError):
        found = os.waitid(os.P_PIDFD, descriptor, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if found is not None:
            return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
    return None
