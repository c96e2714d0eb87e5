"""Where this package keeps files of its own in the user's home, and how they are written."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
from pathlib import Path
from typing import Final

PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600


def cache_folder(name: str) -> Path:
    """The folder `name` for what can be made again: in `$XDG_CACHE_HOME`, or `~/.cache`. It need not exist."""
    return _folder("XDG_CACHE_HOME", ".cache", name)


def data_folder(name: str) -> Path:
    """The folder `name` for what the user gave us: in `$XDG_DATA_HOME`, or `~/.local/share`. It need not exist."""
    return _folder("XDG_DATA_HOME", ".local/share", name)


def _folder(variable: str, default: str, name: str) -> Path:
    base = os.environ.get(variable, "")
    # The XDG base directory specification says to ignore relative paths.
    root = Path(base) if os.path.isabs(base) else Path.home() / default
    return root / "coinop-toolkit" / name


def make_private_folder(path: Path) -> None:
    """Makes a folder, and those above it, that only this user can look into, whatever the umask; leaves what is there.

    Raises:
        OSError: It cannot be made, or something else has that name.
    """
    if path.is_dir():
        return
    if path.parent != path:
        make_private_folder(path.parent)
    try:
        path.mkdir(PRIVATE_FOLDER)
    except FileExistsError:
        # Made by another process meanwhile; or it is no folder.
        if not path.is_dir():
            raise
    else:
        path.chmod(PRIVATE_FOLDER)


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file that is made, if it is not there, for this user alone, whatever the umask.

    Raises:
        OSError: It cannot be opened, is no regular file, or is a link: what that leads to would be written to.
    """
    # Without O_NONBLOCK a FIFO would keep the caller until somebody reads from it.
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, PRIVATE_FILE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", os.fspath(path))
    # It is another user's where somebody shares a folder; then that one decides.
    with contextlib.suppress(PermissionError):
        os.fchmod(descriptor, PRIVATE_FILE)
    return descriptor


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file, whole or not at all, whoever else writes or reads it meanwhile; makes its folder.

    Both are this user's alone, whatever the umask; a folder that is there already stays as it is.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    make_private_folder(path.parent)
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with open(open_private(part, os.O_WRONLY | os.O_TRUNC), "wb") as file:
            file.write(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
