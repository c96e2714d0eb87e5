"""The four ways of saying what is pressed, as Gymnasium spaces and as bits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from gymnasium import spaces

from toolkit.choices import Choices
from toolkit.retro.combinations import Combinations
from toolkit.retro.enums import Actions

# How many numbers of actions to remember the buttons of.
MAX_KNOWN: Final = 4096


class ActionReader:
    """Turns what an agent chose into bits of buttons, per player.

    Args:
        kind: How it is said.
        combinations: The groups of combinations that make sense.
        buttons: How many buttons a pad has.
        players: How many pads there are.
    """

    def __init__(self, kind: Actions, combinations: Combinations, buttons: int, players: int) -> None:
        self._combinations = combinations
        self._buttons = buttons
        self._players = players
        self._sizes = [len(group) for group in combinations.groups]
        counts = [2] * (buttons * players)
        self._filter = combinations.filter if kind is Actions.FILTERED else None
        # The buttons of actions that were chosen before, as far as there is room for them.
        self._known: dict[Any, list[int]] = {}
        self.space: spaces.Space[Any]
        if kind is Actions.DISCRETE:
            counts = [math.prod(self._sizes) ** players]
            self.space, self.read = spaces.Discrete(counts[0]), self._discrete
        elif kind is Actions.MULTI_DISCRETE:
            counts = self._sizes * players
            self.space, self.read = spaces.MultiDiscrete(counts), self._multi_discrete
        else:
            self.space, self.read = spaces.MultiBinary(buttons * players), self._binary
        self._choices = Choices(counts, single=kind is Actions.DISCRETE)

    def _binary(self, action: Any) -> list[int]:
        if not isinstance(action, np.ndarray) or action.dtype.hasobject:
            return self._pressed(action)
        key = action.dtype, action.shape, action.tobytes()
        known = self._known.get(key)
        return self._remember(key, self._pressed(action)) if known is None else list(known)

    def _remember(self, key: Any, pressed: list[int]) -> list[int]:
        if len(self._known) < MAX_KNOWN:
            self._known[key] = list(pressed)
        return pressed

    def _pressed(self, action: Any) -> list[int]:
        numbers = self._choices.read(action)
        result = []
        for first in range(0, len(numbers), self._buttons):
            pressed = 0
            for place in range(self._buttons):
                if numbers[first + place]:
                    pressed |= 1 << place
            result.append(pressed if self._filter is None else self._filter(pressed))
        return result

    def _multi_discrete(self, action: Any) -> list[int]:
        count, numbers = len(self._sizes), self._choices.read(action)
        return [
            self._combinations.pick(numbers[player * count : (player + 1) * count]) for player in range(self._players)
        ]

    def _discrete(self, action: Any) -> list[int]:
        try:
            return list(self._known[action])  # 1.0 and True are 1 to a dict, too.
        except (KeyError, TypeError):
            number = rest = self._choices.read(action)[0]
        result = []
        for _ in range(self._players):
            numbers = []
            for size in self._sizes:
                rest, place = divmod(rest, size)
                numbers.append(place)
            result.append(self._combinations.pick(numbers))
        return self._remember(number, result)


def as_array(pressed: int, buttons: int) -> Any:
    """Bits as an array: uint8, (buttons,)."""
    return np.array([pressed >> place & 1 for place in range(buttons)], np.uint8)


def names(pressed: int, buttons: Sequence[str | None]) -> list[str | None]:
    """The names of the buttons in `pressed`."""
    return [name for place, name in enumerate(buttons) if pressed >> place & 1]
