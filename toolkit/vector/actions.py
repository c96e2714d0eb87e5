"""Whether a batch of actions is one, checked before any of them does anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from toolkit.errors import ConfigError


def checker(space: gymnasium.Space[Any]) -> Callable[[Any, int], Iterable[Any]]:
    """A function of a batch and its size that returns the actions one by one.

    It raises ConfigError if there are too many or too few, or one is not in `space`.
    """
    if isinstance(space, spaces.Discrete):
        low: Any = int(space.start)
        high: Any = low + int(space.n)
        shape: tuple[int, ...] = ()
    elif isinstance(space, spaces.MultiDiscrete):
        low, high, shape = space.start, space.start + space.nvec, space.shape
    elif isinstance(space, spaces.MultiBinary):
        low, high, shape = 0, 2, space.shape
    else:
        raise ConfigError(f"there are no vectors of environments with actions of {space}")

    def check(actions: Any, count: int) -> Iterable[Any]:
        try:
            batch = np.asarray(actions)
        except ValueError:
            batch = np.empty(0)
        if batch.shape != (count, *shape) or batch.dtype.kind not in "iu":
            raise ConfigError(
                f"expected {count} actions of {space}, got an array of shape {batch.shape} and type {batch.dtype}: "
                f"{actions!r}"
            )
        if shape == ():
            chosen: list[Any] = batch.tolist()  # Of few, Python has compared all before numpy has begun.
            wrong = min(chosen) < low or max(chosen) >= high
        else:
            chosen = list(batch)
            wrong = (batch < low).any() or (batch >= high).any()
        if wrong:
            raise ConfigError(f"not all actions are in {space}: {actions!r}")
        return chosen

    return check
