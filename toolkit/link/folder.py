"""A temporary folder that goes with its owner, even if the owner was killed."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError
from toolkit.link.descriptors import above_standard

PREFIX: Final = "toolkit-run-"
LOCK: Final = "lock"


class PrivateFolder:
    """A new folder in the temporary folder; gone after `close`, with the object, or when Python ends.

    While the owner lives it holds a lock on a file in the folder, which the kernel releases with its last process. A
    folder without an owner, left by one that was killed, is removed by the next owner of any.

    Raises:
        ConfigError: The temporary folder cannot be written.
    """

    def __init__(self) -> None:
        try:
            parent = Path(tempfile.gettempdir())
            _remove_orphans(parent)
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        except OSError as error:
            raise ConfigError(
                f"cannot make a temporary folder: {error}; set TMPDIR to a folder that can be written"
            ) from error
        lock = -1
        try:
            # The name comes last: whoever finds a lock file finds it locked, as long as it has an owner.
            lock = above_standard(os.open(self.path / "new", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.rename(self.path / "new", self.path / LOCK)
        except OSError as error:
            _remove(self.path, lock, os.getpid())
            raise ConfigError(f"cannot write to {self.path}: {error.strerror}") from error
        self._finalizer = weakref.finalize(self, _remove, self.path, lock, os.getpid())

    def close(self) -> None:
        self._finalizer()


def _remove(path: Path, lock: int, owner: int) -> None:
    # A fork has a copy of the object, but the folder is not its own.
    if os.getpid() == owner:
        shutil.rmtree(path, ignore_errors=True)
    if lock >= 0:
        os.close(lock)


def _remove_orphans(parent: Path) -> None:
    for path in parent.glob(PREFIX + "*"):
        try:
            lock = os.open(path / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue  # just being made or removed, or another user's
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue  # its owner lives
        finally:
            os.close(lock)
