"""Memory for the observations of many emulators, so that a batch of them is one array without a copy.

It is a memfd like that of the link. Each child writes its own row; with several buffers a batch stays as it is while
the next ones are made.
"""

from __future__ import annotations

import math
import os
from typing import Final, NoReturn

import numpy as np
import numpy.typing as npt

from toolkit.errors import ConfigError, StateError
from toolkit.limits import limits_named
from toolkit.link.descriptors import Descriptor, above_standard
from toolkit.link.mapped import map_file

# Memory that is never written costs nothing, so the largest observation may be generous.
ROW_CAPACITY: Final = 2**26


class Slab:
    """Room for `buffers` batches of `rows` observations, all of one shape, which the first one of them decides.

    Args:
        rows: How many observations a batch has.
        buffers: How many batches there are.
    """

    def __init__(self, rows: int, buffers: int = 2) -> None:
        self.rows = rows
        self.buffers = buffers
        self.shape: tuple[int, ...] | None = None
        self._bytes: npt.NDArray[np.uint8] | None = None
        self.descriptor: int = -1
        try:
            with limits_named("cannot make the memory for the observations of a vector"):
                self.descriptor = above_standard(Descriptor(os.memfd_create("toolkit-slab", os.MFD_CLOEXEC)))
                os.ftruncate(self.descriptor, rows * buffers * ROW_CAPACITY)
        except BaseException:
            self.close()
            raise

    def array(self, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
        """All of it: uint8, (buffers, rows, *shape), a view that lasts as long as somebody holds it.

        Raises:
            ConfigError: Observations of another shape lie here already, or they are too large.
            LimitError: There is no memory for them.
            StateError: It is closed.
        """
        size = math.prod(shape)
        if self.descriptor < 0:
            raise StateError("this slab is closed")
        if self.shape not in (None, shape):
            raise ConfigError(f"the observations of a batch have one shape; those here have {self.shape}, not {shape}")
        if size == 0:
            raise ConfigError(f"observations without pixels need no slab, got the shape {shape}")
        if size > ROW_CAPACITY:
            raise ConfigError(f"an observation has at most {ROW_CAPACITY} bytes, and one of shape {shape} has {size}")
        if self._bytes is None:
            with limits_named("cannot map the observations of a vector"):
                self._bytes = map_file(self.descriptor, self.rows * self.buffers * size)
            self.shape = shape
        return self._bytes.reshape(self.buffers, self.rows, *shape)

    def place(self, row: int, shape: tuple[int, ...]) -> dict[str, int]:
        """Where row number `row` lies in each buffer, for the call `slab` of the link."""
        size = math.prod(shape)
        return {
            "descriptor": self.descriptor,
            "offset": row * size,
            "stride": self.rows * size,
            "buffers": self.buffers,
        }

    def __reduce__(self) -> NoReturn:
        raise ConfigError(
            "a slab, which many emulators share, cannot be copied or pickled, and neither can one of them; copy the "
            "whole vector, or what makes the lanes"
        )

    def close(self) -> None:
        """Gives the descriptor back at once, and the memory with the last view of it that somebody holds. Safe to call
        twice."""
        self.descriptor = -1
        self._bytes = None
