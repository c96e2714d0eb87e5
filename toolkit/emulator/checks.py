"""Checks of what a caller gives."""

from __future__ import annotations

from typing import Final

from toolkit.errors import ConfigError

# What poll() can wait is 24 days.
MAX_SECONDS: Final = 1_000_000


def is_integer(value: object) -> bool:
    """Whether it is an int, and not a bool, which Python takes for one."""
    return isinstance(value, int) and not isinstance(value, bool)


def check_seconds(**limits: float) -> None:
    """Refuses a time limit, given by its name, that is none.

    Raises:
        ConfigError: It is no number above 0, or too large.
    """
    for name, seconds in limits.items():
        if not isinstance(seconds, (int, float)) or not 0 < seconds <= MAX_SECONDS:
            raise ConfigError(f"{name} must be more than 0 seconds, and at most {MAX_SECONDS}, got {seconds!r}")
