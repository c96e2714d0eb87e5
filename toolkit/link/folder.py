"""A temporary folder that goes with its owner, even if the owner was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError
from toolkit.limits import limit_error
from toolkit.link.descriptors import Descriptor, above_standard

PREFIX: Final = "toolkit-run-"
LOCK: Final = "lock"
# Seconds after which a folder without a lock is nobody's: its owner was killed just before it made the lock, which is a
# moment, or just after it had removed it.
ABANDONED: Final = 600.0


class PrivateFolder:
    """A new folder in the temporary folder; gone after `close`, with the object, or when Python ends.

    While the owner lives it holds a lock on a file in the folder, which the kernel releases with its last process. A
    folder without an owner, left by one that was killed, is removed by the next owner of any.

    Raises:
        ConfigError: The temporary folder cannot be written.
        LimitError: It is full, or there are no descriptors left.
    """

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._lock: list[Descriptor] = []
        try:
            parent = Path(tempfile.gettempdir())
            _remove_orphans(parent)
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        except OSError as error:
            tried = "cannot make a temporary folder"
            raise limit_error(error, tried) or ConfigError(
                f"{tried}: {error}; set TMPDIR to a folder that can be written"
            ) from error
        try:
            self._finalizer = weakref.finalize(self, _remove, self.path, self._lock, self._owner)
            # The name comes last: whoever finds a lock file finds it locked, as long as it has an owner.
            made = Descriptor(os.open(self.path / "new", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._lock.append(above_standard(made))
            del made
            fcntl.flock(self._lock[0], fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.rename(self.path / "new", self.path / LOCK)
        except BaseException as error:
            _remove(self.path, self._lock, self._owner)
            if isinstance(error, OSError):
                tried = f"cannot write to {self.path}"
                raise limit_error(error, tried) or ConfigError(f"{tried}: {error.strerror}") from error
            raise

    def close(self) -> None:
        """Safe to call twice, also after an interrupt: until the folder is gone, each call goes on with it."""
        if self._finalizer.alive:
            _remove(self.path, self._lock, self._owner)
            # Whatever could not be removed now is tried once more at the end of Python.
            if self._owner != os.getpid() or not self.path.exists():
                self._finalizer.detach()


def _remove(path: Path, lock: list[Descriptor], owner: int) -> None:
    # A fork has a copy of the object, but the folder is not its own.
    if os.getpid() == owner:
        shutil.rmtree(path, ignore_errors=True)
    lock.clear()
    if os.getpid() == owner and path.exists():
        _remove_with_one_descriptor(path)


def _remove_with_one_descriptor(path: Path) -> None:
    """What rmtree does with several: the lock's may have been the last one that this process could have."""
    for folder, folders, files in os.walk(path, topdown=False):
        for name in (*files, *folders):
            with contextlib.suppress(OSError):
                inner = os.path.join(folder, name)
                (os.rmdir if name in folders and not os.path.islink(inner) else os.unlink)(inner)
    with contextlib.suppress(OSError):
        path.rmdir()


def _remove_orphans(parent: Path) -> None:
    for path in parent.glob(PREFIX + "*"):
        # One that is just being made or removed, that has an owner, or another user's.
        with contextlib.suppress(OSError):
            _remove_orphan(path)


def _remove_orphan(path: Path) -> None:
    """Removes a folder of this user's that has no owner.

    Raises:
        OSError: It has one, or it may just have one.
    """
    # Never through a symbolic link: it could lead to another one's files.
    folder = Descriptor(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC))
    found = os.fstat(folder)
    if found.st_uid != os.geteuid():
        return
    try:
        lock = Descriptor(os.open(LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, dir_fd=folder))
    except FileNotFoundError:
        # The change time, which no program can set.
        if time.time() - found.st_ctime < ABANDONED:
            return
        lock = folder
    # Of several who find it, one removes it.
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    shutil.rmtree(path, ignore_errors=True)
