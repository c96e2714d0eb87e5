"""Checks of what a caller gives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from toolkit.errors import ConfigError, RomError
from toolkit.files import file_problem


def check_rom(rom: str | os.PathLike[str]) -> Path:
    """The absolute path of a game's file.

    Raises:
        RomError: There is none, it cannot be read, is empty, or a list of discs.
    """
    if not isinstance(rom, (str, os.PathLike)):
        raise ConfigError(f"rom is the path of the game's file, got {rom!r}")
    path = Path(rom).absolute()
    problem = file_problem(path)
    if problem is not None:
        raise RomError(f"the game {str(path)!r} {problem}")
    if path.stat().st_size == 0:
        raise RomError(f"the game {str(path)!r} is empty")
    if path.suffix.lower() == ".m3u":
        raise RomError(f"{str(path)!r} lists several discs, which cannot be changed here; give the file of one of them")
    return path


def check_options(options: Mapping[str, str] | None) -> dict[str, str]:
    """The options of a core, by their keys.

    Raises:
        ConfigError: They are not texts.
    """
    for key, value in (options or {}).items():
        if not isinstance(key, str) or not isinstance(value, str) or "\0" in key + value or "=" in key or not key:
            raise ConfigError(
                f"core options are texts by key, such as {{'nestopia_overclock': '2x'}}; got {key!r}: {value!r}"
            )
    return dict(options or {})
