"""The frontend program, native_shim/, where it was built."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError

PROGRAM_VARIABLE: Final = "TOOLKIT_LIBRETRO"
PROGRAM: Final = Path(__file__).parent.parent / "native" / "toolkit-libretro"


def find_program() -> Path:
    """$TOOLKIT_LIBRETRO, or the program that was built when this package was installed.

    Raises:
        ConfigError: There is none.
    """
    given = os.environ.get(PROGRAM_VARIABLE)
    path = Path(given) if given else PROGRAM
    if os.access(path, os.X_OK) and path.is_file():
        return path
    if given:
        raise ConfigError(f"{PROGRAM_VARIABLE} names {str(path)!r}, which is no program")
    raise ConfigError(
        "the libretro frontend was not built, because there was no C compiler when this package was installed: install "
        "one (on Debian: apt-get install gcc libc6-dev), then install this package again (in its repository: make native)"
    )
