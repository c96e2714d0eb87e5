"""The user's files: whether they can be read, in words for a message, and text whatever editor wrote it."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

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
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors)
    return content.decode("utf-8", errors)


def file_problem(path: Path) -> str | None:
    """What keeps a file from being read, as the end of a sentence that names it; None if nothing does."""
    try:
        if not path.is_file():
            return "is no file" if path.exists() else "does not exist"
        with path.open("rb"):
            return None
    except OSError as error:
        return f"{UNREADABLE}: {reason(error)}"


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
