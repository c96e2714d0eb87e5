"""The buttons of each emulator, and what an agent's choices hold down."""

from __future__ import annotations

from typing import Final

from toolkit.emulator import Action

_MAME_PORT: Final = ":ctrl1:joypad:JOYPAD"
_LIBRETRO_PORT: Final = ":joypad1"
_NAMES: Final = ("A", "B", "Select", "Start", "Up", "Down", "Left", "Right")

# Backend -> name of the button -> the action that presses it.
BUTTONS: Final[dict[str, dict[str, Action]]] = {
    "mame": {name: Action(_MAME_PORT, f"P1 {name}") for name in _NAMES},
    "libretro": {name: Action(_LIBRETRO_PORT, name.upper()) for name in _NAMES},
}

# What each choice of an agent holds down. A jumps, the higher the longer it is held; B runs.
ACTIONS: Final[tuple[tuple[str, ...], ...]] = (
    (),
    ("Right",),
    ("Right", "A"),
    ("Right", "B"),
    ("Right", "A", "B"),
    ("A",),
    ("Left",),
    ("Left", "A"),
)
