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


def _held(*buttons: Actions) -> tuple[Action, ...]:
    return tuple(button.value for button in buttons)


# The eight directions from left over up and right to down, then none.
MOVES: Final = (
    _held(Actions.P1_LEFT),
    _held(Actions.P1_LEFT, Actions.P1_UP),
    _held(Actions.P1_UP),
    _held(Actions.P1_UP, Actions.P1_RIGHT),
    _held(Actions.P1_RIGHT),
    _held(Actions.P1_RIGHT, Actions.P1_DOWN),
    _held(Actions.P1_DOWN),
    _held(Actions.P1_DOWN, Actions.P1_LEFT),
    _held(),
)

# Three punches and two of them together, three kicks and two of them together, the two weak ones together, none.
ATTACKS: Final = (
    _held(Actions.P1_JPUNCH),
    _held(Actions.P1_SPUNCH),
    _held(Actions.P1_FPUNCH),
    _held(Actions.P1_JPUNCH, Actions.P1_SPUNCH),
    _held(Actions.P1_SKICK),
    _held(Actions.P1_FKICK),
    _held(Actions.P1_RKICK),
    _held(Actions.P1_SKICK, Actions.P1_FKICK),
    _held(Actions.P1_JPUNCH, Actions.P1_SKICK),
    _held(),
)
