"""Where the observations of a vector lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

from toolkit.gym.lane import Lane
from toolkit.link import Slab

Array = npt.NDArray[Any]


class Observations:
    """Batches of observations in a slab, in turn in one buffer and the next.

    Images lie in the slab, where lanes that can write them themselves; what else is observed lies beside it.

    Args:
        space: Of one observation: a Box, or a Dict of "image" and "ram".
        slab: Where images go.
        lanes: Whose.
        copy: Whether batches that are handed out are copies.
    """

    def __init__(self, space: gymnasium.Space[Any], slab: Slab, lanes: Sequence[Lane], copy: bool) -> None:
        self._lanes = lanes
        self._copy = copy
        self._buffers = slab.buffers
        parts = space.spaces if isinstance(space, gymnasium.spaces.Dict) else {"": space}
        self._arrays: dict[str, Array] = {}
        for name, part in parts.items():
            assert part.shape is not None
            if part.dtype == np.uint8 and len(part.shape) == 3:
                self._arrays[name] = slab.array(part.shape)
            else:
                self._arrays[name] = np.zeros((self._buffers, len(lanes), *part.shape), part.dtype)
        self._plain = "" in self._arrays
        # What a lane is asked to write.
        self._rest = {name: array for name, array in self._arrays.items() if array.ndim != 5}
        # In which buffer each lane shows what it does.
        self._where = [0] * len(lanes)

    def turn(self, numbers: Sequence[int], together: bool) -> None:
        """What lanes `numbers` show next goes into the buffer after that of what they show now.

        With `together` all lanes show what they do in the same buffer: the observations of the others come along.
        """
        where, lanes, buffers = self._where, self._lanes, self._buffers
        if not together:
            for number in numbers:
                where[number] = lanes[number].slab_buffer = (where[number] + 1) % buffers
            return
        # All in one, wherever each has been: they may have been stepped apart, or an interrupt has come in between.
        following = (where[0] + 1) % buffers
        if len(numbers) < len(lanes):
            for number in set(range(len(lanes))).difference(numbers):
                for array in self._arrays.values():
                    array[following, number] = array[where[number], number]
        for number, lane in enumerate(lanes):
            where[number] = lane.slab_buffer = following

    def look(self, number: int) -> None:
        """Takes what a lane shows now."""
        lane = self._lanes[number]
        where = self._where[number]
        arrays = self._rest if lane.in_slab else self._arrays
        if not arrays:
            return
        if self._plain:
            lane.observe(arrays[""][where, number])
        else:
            lane.observe({name: array[where, number] for name, array in arrays.items()})

    def repeat(self, number: int) -> None:
        """A lane shows nothing any more: what it showed before that."""
        before = (self._where[number] - 1) % self._buffers
        for array in self._arrays.values():
            array[self._where[number], number] = array[before, number]

    def one(self, number: int) -> Any:
        """A copy of what one lane shows."""
        found = {name: array[self._where[number], number].copy() for name, array in self._arrays.items()}
        return found[""] if self._plain else found

    def batch(self, numbers: Sequence[int]) -> Any:
        """What lanes `numbers` show."""
        found = {name: self._batch(array, numbers) for name, array in self._arrays.items()}
        return found[""] if self._plain else found

    def _batch(self, array: Array, numbers: Sequence[int]) -> Array:
        if len(numbers) == len(self._lanes):
            seen: Array = array[self._where[0]]
            return seen.copy() if self._copy else seen
        chosen: Array = array[[self._where[number] for number in numbers], list(numbers)]
        return chosen
