"""The ways through hop's menus, on any emulator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from games.homebrew.hop.memory import STATES
from toolkit.emulator import Action
from toolkit.environment import Press, SequenceStep, Wait, WaitUntil

# Far more than it takes from power-on, or from a level's end, to the title.
TITLE_BUDGET: Final = 1800
# The game reads the pad once a frame; a press and a pause of two survive a frame in which nothing is read.
_HOLD: Final = 2
_PAUSE: Final = 3


def at_title(data: Mapping[str, Any]) -> bool:
    """Whether the title is shown; `data` needs "state"."""
    return bool(data["state"] == STATES["title"])


def in_play(data: Mapping[str, Any]) -> bool:
    """Whether the hare can be moved; `data` needs "state"."""
    return bool(data["state"] == STATES["play"])


def to_level(level: int, buttons: Mapping[str, Action]) -> list[SequenceStep]:
    """From power-on, or wherever the title comes next, to the intro of `level`: SELECT as often as needed, then START.

    Args:
        level: 1 to 6.
        buttons: What presses "Select" and "Start" on this emulator.
    """
    one_further: list[SequenceStep] = [Press([buttons["Select"]], _HOLD), Wait(_PAUSE)]
    return [
        WaitUntil(at_title, TITLE_BUDGET, "the title"),
        # The title's first frames: START is not read before the picture is there.
        Wait(30),
        *one_further * (level - 1),
        Press([buttons["Start"]], _HOLD),
        Wait(_PAUSE),
    ]
