"""Whether the user's files and folders can be read, in words for a message."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

UNREADABLE: Final = "cannot be read"


def file_problem(path: Path) -> str | None:
    """What keeps a file from being read, as the end of a sentence that names it; None if nothing does."""
    try:
        if not path.is_file():
            return "is no file" if path.exists() else "does not exist"
        with path.open("rb"):
            return None
    except OSError as error:
        return f"{UNREADABLE}: {error.strerror}"


def folder_problem(path: Path) -> str | None:
    """What keeps files in a folder from being reached, as the end of a sentence that names it; None if nothing does."""
    try:
        if not path.is_dir():
            return "is no folder" if path.exists() else "does not exist"
        os.stat(os.path.join(path, os.curdir))
    except OSError as error:
        return f"{UNREADABLE}: {error.strerror}"
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
