"""Where a game stands, and what may be called then."""

from __future__ import annotations

import enum
from typing import Final

from toolkit.errors import StateError


class Phase(enum.Enum):
    """Where a game stands. A game has stages, a stage has rounds; a simpler game goes from ROUND to GAME_DONE."""

    MENU = "the game has not been started"
    READY = "play is about to begin"
    ROUND = "a round is being played"
    ROUND_DONE = "a round is over"
    STAGE_DONE = "a stage is over"
    GAME_DONE = "the game is over"


VALID: Final[dict[Phase, tuple[str, ...]]] = {
    Phase.MENU: ("start", "prepare"),
    Phase.READY: ("start",),
    Phase.ROUND: ("step",),
    Phase.ROUND_DONE: ("next_round", "reset"),
    Phase.STAGE_DONE: ("next_stage", "reset"),
    Phase.GAME_DONE: ("new_game", "reset"),
}


def require(call: str, phase: Phase) -> None:
    """Lets `call` pass if it is valid in `phase`.

    Raises:
        StateError: It is not; names what is.
    """
    valid = VALID[phase]
    if call not in valid:
        names = " or ".join(f"{name}()" for name in valid)
        raise StateError(f"called {call}() while {phase.value}; valid now: {names}")
