"""Whether a batch of actions is one, checked before any of them does anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

from toolkit.choices import Choices
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
    starts, ends = (np.broadcast_to(side, shape).reshape(-1).tolist() for side in (low, high))
    choices = Choices([end - start for start, end in zip(starts, ends, strict=True)], starts, single=shape == ())

    def check(actions: Any, count: int) -> Iterable[Any]:
        try:
            batch = np.asarray(actions)
        except (TypeError, ValueError, RuntimeError):
            return read(actions, count)  # Tensors that gradients are computed for, or of a graphics card.
        if batch.shape != (count, *shape) or batch.dtype.kind not in "iu" or not count:
            return read(actions, count)
        if shape == ():
            chosen: list[Any] = batch.tolist()  # Of few, Python has compared all before numpy has begun.
            wrong = min(chosen) < low or max(chosen) >= high
        else:
            chosen = list(batch)
            wrong = (batch < low).any() or (batch >= high).any()
        if wrong:
            raise ConfigError(f"not all actions are {choices}: {actions!r}")
        return chosen

    def read(actions: Any, count: int) -> Iterable[Any]:
        """What is no array of integers may still be a batch: of floats that are whole, truth values, arrays of one."""
        try:
            given = list(actions.tolist() if hasattr(actions, "tolist") else actions)
            if len(shape) > 1:
                given = [np.ravel(action) if np.shape(action) == shape else () for action in given]
        except (TypeError, ValueError, RuntimeError):
            given = []
        if len(given) != count or not count:
            raise ConfigError(f"expected {count} actions, each {choices}, got {actions!r}")
        rows = [choices.read(action) for action in given]
        return [row[0] for row in rows] if shape == () else list(np.array(rows).reshape(count, *shape))

    return check
