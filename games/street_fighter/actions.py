"""The buttons of the machine, and what an agent's choices hold down."""

from __future__ import annotations

from enum import Enum
from typing import Final

from toolkit.emulator import Action


class Actions(Enum):
    """Every button, by the names of MAMEToolkit 1.1.0; `.value` is the `Action` for an emulator's `step`.

    Punches: J(ab), S(trong), F(ierce). Kicks: S(hort), F(orward), R(oundhouse). The board reads five of the six kicks
    through a second port.
    """

    SERVICE = Action(":INPUTS", "Service Mode")

    COIN_P1 = Action(":INPUTS", "Coin 1")
    COIN_P2 = Action(":INPUTS", "Coin 2")

    P1_START = Action(":INPUTS", "1 Player Start")
    P2_START = Action(":INPUTS", "2 Players Start")

    P1_UP = Action(":INPUTS", "P1 Up")
    P1_DOWN = Action(":INPUTS", "P1 Down")
    P1_LEFT = Action(":INPUTS", "P1 Left")
    P1_RIGHT = Action(":INPUTS", "P1 Right")

    P2_UP = Action(":INPUTS", "P2 Up")
    P2_DOWN = Action(":INPUTS", "P2 Down")
    P2_LEFT = Action(":INPUTS", "P2 Left")
    P2_RIGHT = Action(":INPUTS", "P2 Right")

    P1_JPUNCH = Action(":INPUTS", "P1 Jab Punch")
    P1_SPUNCH = Action(":INPUTS", "P1 Strong Punch")
    P1_FPUNCH = Action(":INPUTS", "P1 Fierce Punch")
    P1_SKICK = Action(":EXTRA", "P1 Short Kick")
    P1_FKICK = Action(":EXTRA", "P1 Forward Kick")
    P1_RKICK = Action(":EXTRA", "P1 Roundhouse Kick")

    P2_JPUNCH = Action(":INPUTS", "P2 Jab Punch")
    P2_SPUNCH = Action(":INPUTS", "P2 Strong Punch")
    P2_FPUNCH = Action(":INPUTS", "P2 Fierce Punch")
    P2_SKICK = Action(":EXTRA", "P2 Short Kick")
    P2_FKICK = Action(":EXTRA", "P2 Forward Kick")
    P2_RKICK = Action(":INPUTS", "P2 Roundhouse Kick")


Held = tuple[Action, ...]


def _held(player: str, *buttons: str) -> Held:
    return tuple(Actions[f"{player}_{button}"].value for button in buttons)


def _moves(player: str) -> tuple[Held, ...]:
    """The eight directions from left over up and right to down, then none."""
    return (
        _held(player, "LEFT"),
        _held(player, "LEFT", "UP"),
        _held(player, "UP"),
        _held(player, "UP", "RIGHT"),
        _held(player, "RIGHT"),
        _held(player, "RIGHT", "DOWN"),
        _held(player, "DOWN"),
        _held(player, "DOWN", "LEFT"),
        _held(player),
    )


def _attacks(player: str) -> tuple[Held, ...]:
    """Three punches and two of them together, three kicks and two of them, the two weak ones together, none."""
    return (
        _held(player, "JPUNCH"),
        _held(player, "SPUNCH"),
        _held(player, "FPUNCH"),
        _held(player, "JPUNCH", "SPUNCH"),
        _held(player, "SKICK"),
        _held(player, "FKICK"),
        _held(player, "RKICK"),
        _held(player, "SKICK", "FKICK"),
        _held(player, "JPUNCH", "SKICK"),
        _held(player),
    )


MOVES: Final = _moves("P1")
ATTACKS: Final = _attacks("P1")
P2_MOVES: Final = _moves("P2")
P2_ATTACKS: Final = _attacks("P2")

# Each move with left and right exchanged.
MIRRORED_MOVES: Final = (4, 3, 2, 1, 0, 7, 6, 5, 8)
