"""Where this package keeps files of its own in the user's home, and how they are written."""

from __future__ import annotations

import os
import threading
from pathlib import Path


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


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file, whole or not at all, whoever else writes or reads it meanwhile; makes its folder.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(data)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
