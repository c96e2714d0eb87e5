"""What an agent chose, as plain numbers: the one reader of actions, whatever library they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from operator import le, lt
from typing import Any

from toolkit.checks import whole
from toolkit.errors import ConfigError


class Choices:
    """Reads actions that are one whole number, or several, each with limits of its own.

    An action may be a number, a list, a tuple, an array or a tensor, of integers, of truth values, or of floats that
    are whole: learners hand over whatever their networks return. 1.0 and True are 1.

    Args:
        counts: How many values each number has.
        starts: The lowest value of each; 0 unless given.
        single: Whether an action is a number by itself, not a list of one. It may still come in an array of one.
        name: What messages call an action.
    """

    def __init__(
        self,
        counts: Sequence[int],
        starts: Sequence[int] | None = None,
        *,
        single: bool = False,
        name: str = "an action of this environment",
    ) -> None:
        self._starts = list(starts or [0] * len(counts))
        self._ends = [start + count for start, count in zip(self._starts, counts, strict=True)]
        # What all numbers share, if their limits are the same: then the least and the largest tell of all.
        self._low, self._high = max(self._starts), min(self._ends)
        self._alike = self._low == min(self._starts) and self._high == max(self._ends)
        self._single = single
        self._name = name

    def __str__(self) -> str:
        """What there is to choose from: "a whole number from 0 to 8", "12 numbers, each 0 or 1"."""
        ranges = [f"from {low} to {high - 1}" for low, high in zip(self._starts, self._ends, strict=True)]
        if self._single:
            return f"a whole number {ranges[0]}"
        if self._alike and (self._low, self._high) == (0, 2):
            return f"{len(ranges)} numbers, each 0 or 1"
        if self._alike:
            return f"{len(ranges)} whole numbers, each {ranges[0]}"
        return f"{len(ranges)} whole numbers, {', '.join(ranges)}"

    def read(self, action: Any) -> list[int]:
        """The numbers of an action.

        Raises:
            ConfigError: It is none: a wrong shape, a number that is not whole or out of range, NaN, a text.
        """
        numbers = self._one(action) if self._single else _several(action)
        if len(numbers) != len(self._starts) or not self._allow(numbers):
            raise ConfigError(f"{self._name} is {self}, got {action!r}")
        return numbers

    def _allow(self, numbers: list[int]) -> bool:
        if self._alike:
            return min(numbers) >= self._low and max(numbers) < self._high
        return all(map(le, self._starts, numbers)) and all(map(lt, numbers, self._ends))

    def _one(self, action: Any) -> list[int]:
        if type(action) is int:
            return [action]
        while isinstance(action, (list, tuple)) and len(action) == 1:
            action = action[0]
        number = whole(action)
        return [] if number is None else [number]


def _several(action: Any) -> list[int]:
    """The numbers in a list, an array, ...; none if one of them is not whole."""
    try:
        if type(action) is list:
            given = action
        elif hasattr(action, "tolist"):
            given = action.tolist()
        else:
            given = [] if isinstance(action, (str, bytes, bytearray, Mapping, Set)) else list(action)
        numbers = list(map(int, given))
        return numbers if numbers == given else []
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return []
