"""The user's files: whether they can be read, in words for a message, and text whatever editor wrote it."""

from __future__ import annotations

import codecs
import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from toolkit.limits import reason

UNREADABLE: Final = "cannot be read"
# UTF-32's little-endian mark begins with UTF-16's, so that it is compared first.
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)


def decode_text(content: bytes, errors: str = "strict") -> str:
    """The text in a file, without the byte order mark that editors and shells of Windows write before it. Without a
    mark it is UTF-8.

    Raises:
        UnicodeDecodeError: It is no such text, unless `errors` says to replace what is none.
    """
    return content.decode(text_encoding(content), errors)


def text_encoding(head: bytes) -> str:
    """What `decode_text` takes a file to be written in, by its first bytes."""
    return next((encoding for mark, encoding in _BYTE_ORDER_MARKS if head.startswith(mark)), "utf-8")


def file_problem(path: Path) -> str | None:
    """What keeps a file from being read, as the end of a sentence that names it; None if nothing does."""
    try:
        if not path.is_file():
            return "is no file" if path.exists() else "does not exist"
        with path.open("rb"):
            return None
    except OSError as error:
        return f"{UNREADABLE}: {reason(error)}"


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
    """The file, opened for reading, without waiting: a FIFO would keep the caller until somebody writes to it.

    Raises:
        OSError: It cannot be opened, or is no regular file.
    """
    # A file object has the descriptor from the first moment on: an interrupt leaves none behind.
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115  # it is the result
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise OSError(errno.EINVAL, "it is no regular file", os.fspath(path))


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def read_file(path: str | os.PathLike[str], most: int) -> bytes:
    """What is in a file of at most `most` bytes.

    Raises:
        OSError: As from `open_file`; or it has more.
    """
    with open_file(path) as file:
        # Not so much at once as is allowed: memory for all that is asked for is taken at once.
        data = file.read(min(os.fstat(file.fileno()).st_size, most) + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"it has more than {most} bytes", os.fspath(path))
    return data


def folder_problem(path: Path) -> str | None:
    """What keeps files in a folder from being reached, as the end of a sentence that names it; None if nothing does."""
    try:
        if not path.is_dir():
            return "is no folder" if path.exists() else "does not exist"
        os.stat(os.path.join(path, os.curdir))
    except OSError as error:
        return f"{UNREADABLE}: {reason(error)}"
    return None


def unreadable(places: Iterable[Path]) -> str:
    """The end of a message that something is in none of the folders `places`: which of them nobody could look into."""
    hidden = []
    for place in places:
        try:
            os.stat(os.path.join(place, os.curdir))
        except PermissionError as error:
            hidden.append(f"{place} could not be searched: {error.strerror}")
        except OSError:
            continue  # there is no such folder
    return f". {'; '.join(hidden)}" if hidden else ""
