"""The way through the menus, in emulated frames.

Buttons and pauses are those that MAMEToolkit 1.1.0 published; they were tuned to the real game.
"""

from __future__ import annotations

from typing import Final

from games.street_fighter.actions import Actions
from toolkit.emulator import Action
from toolkit.environment import Press, SequenceStep, Wait, WaitUntil
from toolkit.environment.sequence import Condition

# The service menu comes up with this difficulty; left and right change it.
FACTORY_DIFFICULTY: Final = 3


def _after(frames: int, *buttons: Actions) -> list[SequenceStep]:
    return [Wait(frames), Press(_actions(*buttons))]


def _times(count: int, button: Actions) -> list[SequenceStep]:
    """`button`, `count` times, as fast as the service menu follows."""
    return _after(10, button) * count


def _actions(*buttons: Actions) -> tuple[Action, ...]:
    return tuple(button.value for button in buttons)


def set_difficulty(difficulty: int) -> list[SequenceStep]:
    """Sets the difficulty, 0 to 7, in the service menu, and leaves it. Needs a machine with its factory settings."""
    turns = difficulty - FACTORY_DIFFICULTY
    return [
        Press(_actions(Actions.SERVICE)),
        # Into the sixth entry after the first, and there into the second.
        *_times(6, Actions.P1_DOWN),
        *_times(1, Actions.P1_JPUNCH),
        *_times(1, Actions.P1_DOWN),
        *_times(1, Actions.P1_JPUNCH),
        *_times(abs(turns), Actions.P1_RIGHT if turns > 0 else Actions.P1_LEFT),
        # Keep it, and back out of the three menus.
        *_times(6, Actions.P1_DOWN),
        *_times(1, Actions.P1_JPUNCH),
        *_times(1, Actions.P1_DOWN),
        *_times(1, Actions.P1_JPUNCH),
        *_times(2, Actions.P1_DOWN),
        *_times(1, Actions.P1_JPUNCH),
        *_times(3, Actions.P1_DOWN),
        *_times(1, Actions.P1_JPUNCH),
    ]


def start_game(character: int | None = None) -> list[SequenceStep]:
    """From the title: two coins, start, and a character and a super art.

    Args:
        character: How often to go right before choosing. By default the one left of where the cursor stands first, as
            MAMEToolkit chose it.
    """
    choose = _after(80, Actions.P1_LEFT, Actions.P1_JPUNCH)
    if character is not None:
        choose = [Wait(70), *_times(character, Actions.P1_RIGHT), *_after(10, Actions.P1_JPUNCH)]
    return [
        *_after(300, Actions.COIN_P1),
        *_after(10, Actions.COIN_P1),
        *_after(60, Actions.P1_START),
        *choose,
        *_after(60, Actions.P1_JPUNCH),
        *_after(60, Actions.P1_JPUNCH),
    ]


def start_match() -> list[SequenceStep]:
    """From the title: a coin and start of each player, one after the other; then both choose as in `start_game`.

    The second start comes when the first player is already choosing. Of bout it is known that this lets the second
    player in; of the real game it is not, because this was made without it.
    """
    return [
        *_after(300, Actions.COIN_P1),
        *_after(10, Actions.COIN_P2),
        *_after(60, Actions.P1_START),
        *_after(60, Actions.P2_START),
        *_after(80, Actions.P1_LEFT, Actions.P1_JPUNCH, Actions.P2_LEFT, Actions.P2_JPUNCH),
        *_after(60, Actions.P1_JPUNCH, Actions.P2_JPUNCH),
        *_after(60, Actions.P1_JPUNCH, Actions.P2_JPUNCH),
    ]


def until_black(frames: int, is_black: Condition) -> list[SequenceStep]:
    """Until every pixel is black, which it is for a moment after a stage was won and after the last countdown."""
    return [WaitUntil(is_black, frames, "the screen to go black")]


def next_stage() -> list[SequenceStep]:
    """From the black screen after a stage that was won: skips the talking and takes the next opponent."""
    return [
        *_after(60, Actions.P1_JPUNCH),
        Press(_actions(Actions.P1_JPUNCH), 180),
        *_after(60, Actions.P1_JPUNCH),
    ]


def restart() -> list[SequenceStep]:
    """From the black screen after a game: into the service menu, whose exit restarts the machine."""
    return [
        Press(_actions(Actions.SERVICE)),
        *_after(30, Actions.P1_UP),
        *_after(30, Actions.P1_JPUNCH),
    ]


def new_game(character: int | None = None) -> list[SequenceStep]:
    """From the black screen after a game to a new one of one player; see `start_game`."""
    return [*restart(), *start_game(character)]


def new_match() -> list[SequenceStep]:
    """From the black screen after a match to a new one of two players."""
    return [*restart(), *start_match()]
