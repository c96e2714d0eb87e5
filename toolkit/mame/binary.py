"""Where MAME is."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError, LaunchError
from toolkit.installed import find_program
from toolkit.limits import limit_error
from toolkit.link.process import start_problem

BINARY_VARIABLE: Final = "TOOLKIT_MAME"
# Debian installs games outside of root's PATH.
USUAL_PLACES: Final = ("/usr/games/mame", "/usr/local/bin/mame", "/usr/local/games/mame", "/snap/bin/mame")
QUERY_TIMEOUT: Final = 120.0


def find_binary(binary_path: str | os.PathLike[str] | None = None) -> Path:
    """The MAME to run: `binary_path`, else $TOOLKIT_MAME, else the one on PATH or in the usual places.

    Raises:
        ConfigError: There is none, or it cannot be run.
    """
    for source, given in (("binary_path", binary_path), (f"${BINARY_VARIABLE}", os.environ.get(BINARY_VARIABLE))):
        if given:
            if not isinstance(given, (str, os.PathLike)):
                raise ConfigError(f"{source} is the path of MAME, got {given!r}")
            name = os.fspath(given)
            found = find_program(name)
            if found is None:
                raise ConfigError(
                    f"{source} names {name!r}, which is no program that can be run: {_why_no_program(name)}"
                )
            return Path(found)
    found = find_program("mame")
    if found is not None:
        return Path(found)
    for place in USUAL_PLACES:
        if os.access(place, os.X_OK):
            return Path(place)
    raise ConfigError(
        "MAME was not found; install it (Debian: apt-get install mame), or name the program with binary_path= or "
        f"the variable {BINARY_VARIABLE}"
    )


def _why_no_program(name: str) -> str:
    if os.path.isdir(name):
        return "it is a folder; name the program in it"
    if os.path.exists(name):
        return "it is not executable (chmod +x makes it so, if it is a program at all)"
    return "there is no such file" if os.sep in name else "nothing on the PATH has this name"


def printed(answer: subprocess.CompletedProcess[bytes]) -> str:
    """What a program said, as the end of a message."""
    text = (answer.stdout + answer.stderr).decode("utf-8", "replace").strip()[-1000:]
    return f"it printed:\n{text}" if text else "it printed nothing"


def query(
    binary: Path, arguments: Sequence[str], timeout: float = QUERY_TIMEOUT, cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs MAME to its end, for one of its listing commands or a measured run, and returns what it said.

    Raises:
        LaunchError: It could not be started or did not finish in time.
    """
    argv = [str(binary), *arguments]
    try:
        return subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            cwd=cwd,
            env=headless_environment(),
            check=False,
        )
    except OSError as error:
        tried = f"cannot start {binary}"
        raise limit_error(error, tried) or LaunchError(f"{tried}: {start_problem(binary, error)}", argv) from error
    except subprocess.TimeoutExpired as error:
        raise LaunchError(f"{binary} {' '.join(arguments)} did not finish within {timeout:g} s", argv) from error


def headless_environment() -> dict[str, str]:
    """Our environment, with SDL told that there is no display, whether there is one or not."""
    return {**os.environ, "SDL_VIDEODRIVER": "dummy"}


def version(binary: Path, timeout: float = QUERY_TIMEOUT) -> str:
    """MAME's version, such as "0.251".

    Raises:
        LaunchError: It cannot be started, or is no MAME.
    """
    answer = query(binary, ["-version"], timeout)
    words = answer.stdout.decode("utf-8", "replace").split()
    if not words or not re.fullmatch(r"\d+\.\d+\S*", words[0]):
        raise LaunchError(
            f"{binary} is no MAME: asked for its version with -version, {printed(answer)}",
            answer.args,
            answer.returncode,
        )
    return words[0]
