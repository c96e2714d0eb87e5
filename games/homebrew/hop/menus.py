"""The ways through hop's menus, on any emulator, and start states made with them."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from games.homebrew.hop.memory import LEVELS, STATES
from toolkit.emulator import Action, BaseEmulator
from toolkit.environment import Press, SequenceStep, Wait, WaitUntil, play

# Far more than it takes from power-on, or from a level's end, to the title.
TITLE_BUDGET: Final = 1800
LEVEL_BUDGET: Final = 600
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
        level: 1 to `LEVELS`.
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


def make_states(
    emulator: BaseEmulator,
    buttons: Mapping[str, Action],
    raw_state: Callable[[BaseEmulator], bytes],
    folder: Path,
) -> list[Path]:
    """Writes the start states of an integration folder, `Level1.state` to `Level6.state`.

    Args:
        emulator: One of hop that watches at least "state" and "level". It is reset before each level.
        buttons: What presses "Select" and "Start" there.
        raw_state: The state as gym-retro keeps it: what the core serialized, without anything of ours around it.
        folder: Where to; it must exist.

    Returns:
        The files, in the order of the levels. Made again, they have the same bytes if the core's states have.

    Raises:
        SequenceStuck: The game did not come so far.
    """
    files = []
    for level in range(1, LEVELS + 1):
        emulator.reset()
        steps = [*to_level(level, buttons), WaitUntil(in_play, LEVEL_BUDGET, f"level {level}")]
        for _ in play(emulator, steps, f"the way to level {level}"):
            pass
        file = folder / f"Level{level}.state"
        # No time of making in it: equal states are equal files.
        file.write_bytes(gzip.compress(raw_state(emulator), mtime=0))
        files.append(file)
    return files
