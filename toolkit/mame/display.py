"""Whether there is a display for MAME's window, and how MAME is told to use it."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError

CONNECT_TIMEOUT: Final = 5.0
_X_DISPLAY: Final = re.compile(r"(?P<host>.*):(?P<number>\d+)(\.\d+)?")
ADVICE: Final = "set DISPLAY, or run it under Xvfb: xvfb-run -a ... (Debian: apt-get install xvfb)"


def find_display() -> tuple[str, str]:
    """SDL's name of the display server that answers, "x11" or "wayland", and where it is.

    Raises:
        ConfigError: There is none, or the one that DISPLAY or WAYLAND_DISPLAY names does not answer.
    """
    problems = []
    for variable, driver in (("DISPLAY", "x11"), ("WAYLAND_DISPLAY", "wayland")):
        name = os.environ.get(variable)
        if not name:
            continue
        problem = _x11_problem(name) if driver == "x11" else _wayland_problem(name)
        if problem is None:
            return driver, f"{variable}={name}"
        problems.append(f"{variable}={name}: {problem}")
    found = "; ".join(problems) if problems else "neither DISPLAY nor WAYLAND_DISPLAY is set"
    raise ConfigError(f"a window needs a display, and there is none ({found}); {ADVICE}")


def window_environment() -> dict[str, str]:
    """Our environment, with SDL told which display to use.

    Left to itself, SDL takes a driver without any window when the display does not answer, and nobody is told.

    Raises:
        ConfigError: There is no display.
    """
    driver, _ = find_display()
    return {**os.environ, "SDL_VIDEODRIVER": driver}


def _x11_problem(name: str) -> str | None:
    match = _X_DISPLAY.fullmatch(name)
    if match is None:
        return "is no X display"
    last: OSError | None = None
    for family, address in _x11_addresses(match["host"], int(match["number"])):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as connection:
                connection.settimeout(CONNECT_TIMEOUT)
                connection.connect(address)
                return None
        except OSError as error:
            last = error
    return f"no X server answers ({last})"


def _x11_addresses(host: str, number: int) -> Iterator[tuple[socket.AddressFamily, str | tuple[str, int]]]:
    if host in ("", "unix") or host.startswith("/"):
        yield socket.AF_UNIX, f"/tmp/.X11-unix/X{number}"
        yield socket.AF_UNIX, f"\0/tmp/.X11-unix/X{number}"
    else:
        yield socket.AF_INET, (host, 6000 + number)


def _wayland_problem(name: str) -> str | None:
    path = Path(os.environ.get("XDG_RUNTIME_DIR", ""), name)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(CONNECT_TIMEOUT)
            connection.connect(str(path))
    except OSError as error:
        return f"no Wayland compositor answers ({error})"
    return None
