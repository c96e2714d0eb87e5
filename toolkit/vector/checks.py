"""Checks of what a vector of environments is made with."""

from __future__ import annotations

from typing import Any, Final

from gymnasium.vector import AutoresetMode

from toolkit.errors import ConfigError

RENDER_MODES: Final = (None, "human", "rgb_array")
INFOS: Final = ("all", "final", "none")


def check_names(infos: Any, render_mode: Any) -> None:
    """Refuses names that there are not.

    Raises:
        ConfigError: One of them is none.
    """
    if infos not in INFOS:
        raise ConfigError(f"infos is one of {', '.join(INFOS)}, got {infos!r}")
    if render_mode not in RENDER_MODES:
        raise ConfigError(f'render_mode is None, "human" or "rgb_array", got {render_mode!r}')


def read_autoreset_mode(given: Any) -> AutoresetMode:
    """Gymnasium's mode of that value or name, whatever the case and with or without underscores: "SameStep",
    "SAME_STEP", "same-step".

    Raises:
        ConfigError: There is none.
    """
    text = getattr(given, "name", given)
    wanted = "".join(filter(str.isalpha, text)).lower() if isinstance(text, str) else None
    for mode in AutoresetMode:
        if wanted == mode.value.lower():
            return mode
    raise ConfigError(f"autoreset_mode is one of {', '.join(mode.name for mode in AutoresetMode)}, got {given!r}")
