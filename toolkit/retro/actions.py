"""The four ways of saying what is pressed, as Gymnasium spaces and as bits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from gymnasium import spaces

from toolkit.errors import ConfigError
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
        self._filter = combinations.filter if kind is Actions.FILTERED else None
        # The buttons of actions that were chosen before, as far as there is room for them.
        self._known: dict[Any, list[int]] = {}
        self.space: spaces.Space[Any]
        if kind is Actions.DISCRETE:
            self._count = int(np.prod(self._sizes)) ** players
            self.space, self.read = spaces.Discrete(self._count), self._discrete
        elif kind is Actions.MULTI_DISCRETE:
            self.space, self.read = spaces.MultiDiscrete(self._sizes * players), self._multi_discrete
        else:
            self.space, self.read = spaces.MultiBinary(buttons * players), self._binary

    def _listed(self, action: Any, length: int) -> list[int]:
        try:
            given = action.tolist() if isinstance(action, np.ndarray) else list(action)
            numbers = [int(number) for number in given]
        except (TypeError, ValueError):
            given, numbers = [], []
        # Of floating-point numbers those that are whole: 1.0 is a button that is pressed.
        if len(numbers) != length or numbers != given:
            raise ConfigError(f"an action of this environment is {length} numbers ({self.space}), got {action!r}")
        return numbers

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
        numbers = self._listed(action, self._buttons * self._players)
        result = []
        for first in range(0, len(numbers), self._buttons):
            pressed = 0
            for place in range(self._buttons):
                if numbers[first + place]:
                    pressed |= 1 << place
            result.append(pressed if self._filter is None else self._filter(pressed))
        return result

    def _multi_discrete(self, action: Any) -> list[int]:
        count = len(self._sizes)
        numbers = self._listed(action, count * self._players)
        for number, size in zip(numbers, self._sizes * self._players, strict=True):
            if not 0 <= number < size:
                raise ConfigError(f"{action!r} is not in this environment's action space, {self.space}")
        return [
            self._combinations.pick(numbers[player * count : (player + 1) * count]) for player in range(self._players)
        ]

    def _discrete(self, action: Any) -> list[int]:
        if isinstance(action, bool) or not isinstance(action, (int, np.integer)) or not 0 <= action < self._count:
            raise ConfigError(f"an action of this environment is a number below {self._count}, got {action!r}")
        known = self._known.get(int(action))
        if known is not None:
            return list(known)
        rest = int(action)
        result = []
        for _ in range(self._players):
            numbers = []
            for size in self._sizes:
                rest, number = divmod(rest, size)
                numbers.append(number)
            result.append(self._combinations.pick(numbers))
        return self._remember(int(action), result)


def as_array(pressed: int, buttons: int) -> Any:
    """Bits as an array: uint8, (buttons,)."""
    return np.array([pressed >> place & 1 for place in range(buttons)], np.uint8)


def names(pressed: int, buttons: Sequence[str | None]) -> list[str | None]:
    """The names of the buttons in `pressed`."""
    return [name for place, name in enumerate(buttons) if pressed >> place & 1]
