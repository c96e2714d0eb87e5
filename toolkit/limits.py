"""Limits of the operating system, as errors that name the one that was met and say how to raise it."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
from collections.abc import Callable, Iterator
from typing import Final

from toolkit.errors import LimitError, ToolkitError

# What Python says when the system starts no more threads; it does not keep the error number.
NO_THREAD: Final = "can't start new thread"
# Of the limits that a child inherits: those with which one may not come up. The option of `ulimit`, what is limited,
# and below which value that is worth a word; None if any value is.
_INHERITED: Final = (
    (resource.RLIMIT_NOFILE, "n", "open files", 256),
    (resource.RLIMIT_AS, "v", "bytes of address space", None),
    (resource.RLIMIT_DATA, "d", "bytes of data", None),
    (resource.RLIMIT_FSIZE, "f", "bytes in a file", None),
    (resource.RLIMIT_CPU, "t", "seconds of processor time", None),
)


def limit_error(error: BaseException, tried: str) -> LimitError | None:
    """The error to raise instead of `error`; None if no limit of the system's is behind it.

    Args:
        error: What Python raised.
        tried: What could not be done, as the beginning of a sentence: "cannot start mame".
    """
    number = _number(error)
    advise = None if number is None or isinstance(error, ToolkitError) else _ADVICE.get(number)
    return None if advise is None or number is None else LimitError(f"{tried}: {advise()}", number)


@contextlib.contextmanager
def limits_named(tried: str) -> Iterator[None]:
    """Raises LimitError for what is a limit of the system's; other errors stay as they are.

    Args:
        tried: As for `limit_error`.
    """
    try:
        yield
    except (OSError, RuntimeError, MemoryError) as error:
        # Not kept in a variable here: the frame, which the traceback holds, would hold the error and all below it.
        if limit_error(error, tried) is None:
            raise
        raise limit_error(error, tried) from error  # type: ignore[misc]  # it is one: see above


def reason(error: OSError) -> str:
    """Why the system refused something, for the end of a message; with advice if that was a limit."""
    return advised(str(error.strerror or error))


def advised(message: str) -> str:
    """A message in which another program may have told of a limit in the system's words, with advice if it has."""
    for number, advise in _ADVICE.items():
        # The words of EAGAIN are those of much else.
        if (number != errno.EAGAIN or "thread" in message) and message.rstrip().endswith(os.strerror(number)):
            return f"{message} ({advise()})"
    return message


def inherited() -> str:
    """Limits that a child which did not come up, or died, may have met, as a sentence; empty if there are none."""
    told = []
    for kind, option, what, usual in _INHERITED:
        soft, _ = resource.getrlimit(kind)
        if soft != resource.RLIM_INFINITY and (usual is None or soft < usual):
            told.append(f"{soft} {what} (ulimit -{option})")
    return f"it was limited to {', '.join(told)}, which may be the cause: raise that before the start" if told else ""


def signal_advice(number: int) -> str:
    """What a signal that ended a child says of limits, for the end of a sentence; empty if nothing."""
    if number == signal.SIGXFSZ:
        return f"; {_file_size()}"
    if number == signal.SIGXCPU:
        soft, _ = resource.getrlimit(resource.RLIMIT_CPU)
        return f"; a process may take {soft} s of processor time (ulimit -t): raise it with `ulimit -t unlimited`"
    return ""


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError):
        return error.errno
    if isinstance(error, MemoryError):
        return errno.ENOMEM
    return errno.EAGAIN if isinstance(error, RuntimeError) and NO_THREAD in str(error) else None


def _raise(kind: int, option: str, value: object) -> str:
    """How to raise a limit to `value`, or what to do where only root may."""
    _, hard = resource.getrlimit(kind)
    if hard == resource.RLIM_INFINITY or (isinstance(value, int) and value <= hard):
        return f"raise it with `ulimit -{option} {value}` before the start"
    return (
        f"raise it, and its hard limit, in /etc/security/limits.conf, or where a container is started (docker run "
        f"--ulimit); this user may go up to `ulimit -{option} {hard}`"
    )


def _files() -> str:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    how = _raise(resource.RLIMIT_NOFILE, "n", max(1024, 4 * soft))
    return f"it needs another file descriptor, and this process may have {soft} (ulimit -n): {how}"


def _memory() -> str:
    for kind, option, what in (
        (resource.RLIMIT_AS, "v", "of address space"),
        (resource.RLIMIT_DATA, "d", "of data"),
    ):
        soft, hard = resource.getrlimit(kind)
        if soft != resource.RLIM_INFINITY:
            # An emulator has much of it that is never written: no number could be named that is certainly enough.
            how = _raise(kind, option, "unlimited" if hard == resource.RLIM_INFINITY else hard)
            return f"it needs more memory, and a process may have {soft >> 10} kB {what} (ulimit -{option}): {how}"
    return (
        "the system has no more memory: use fewer emulators, give the container more (docker run --memory), or raise "
        "`sysctl vm.max_map_count` or `vm.overcommit_memory`"
    )


def _processes() -> str:
    soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    many = "any number of" if soft == resource.RLIM_INFINITY else str(soft)
    how = _raise(resource.RLIMIT_NPROC, "u", 4096 if soft == resource.RLIM_INFINITY else max(4096, 4 * soft))
    # The stack of a thread is memory, too.
    further = f"; {inherited()}" if inherited() else ""
    return (
        f"it needs another process or thread, and this user may have {many} (ulimit -u): {how}; a container may have "
        f"fewer (docker run --pids-limit){further}"
    )


def _file_size() -> str:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if soft == resource.RLIM_INFINITY:
        return "the file would be larger than its file system allows: take another folder"
    how = _raise(resource.RLIMIT_FSIZE, "f", "unlimited" if hard == resource.RLIM_INFINITY else hard)
    return f"a file, also one in memory, may have {soft} bytes (ulimit -f): {how}"


_ADVICE: Final[dict[int, Callable[[], str]]] = {
    errno.EMFILE: _files,
    errno.ENFILE: lambda: (
        "the whole system has as many files open as it may: end programs, or raise `sysctl fs.file-max`"
    ),
    errno.ENOMEM: _memory,
    errno.EAGAIN: _processes,
    errno.EFBIG: _file_size,
    errno.ENOSPC: lambda: "its disk is full: make room, or for temporary files set TMPDIR to another folder",
    errno.EDQUOT: lambda: (
        "this user's disk quota is used up: make room, or for temporary files set TMPDIR to another folder"
    ),
    errno.E2BIG: lambda: (
        "its arguments and environment are longer than the system allows (getconf ARG_MAX): unset what is long in the "
        "environment, or raise it with `ulimit -s`"
    ),
}
