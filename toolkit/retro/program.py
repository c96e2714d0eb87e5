"""The frontend program, native_shim/, where it was built."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError, LaunchError

PROGRAM_VARIABLE: Final = "TOOLKIT_LIBRETRO"
# How long a program that failed may take to say what it is.
PATIENCE: Final = 10.0
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
        "one (on Debian: apt-get install gcc libc6-dev), then install this package again (in its repository: "
        "make native)"
    )


def explain(error: LaunchError, program: Path, core: Path) -> LaunchError:
    """The error to raise instead of `error`, which says whether the program or the core is to blame."""
    if isinstance(error.__cause__, OSError) and not isinstance(error.__cause__, TimeoutError):
        return error  # it never ran
    message = f"{error}\nIt ran the core {core}, which did not come so far as to have a game loaded"
    if not _is_frontend(program):
        message = (
            f"{program}, which {PROGRAM_VARIABLE} names, is not our libretro frontend\nStarted as if it were, {error}"
        )
    return LaunchError(message, error.argv, error.exit_code, error.stderr)


def _is_frontend(program: Path) -> bool:
    """Whether it explains itself as ours does when it is started without a core."""
    try:
        said = subprocess.run([program], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"TOOLKIT_LINK" in said.stderr
