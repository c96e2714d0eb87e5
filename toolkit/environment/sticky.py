"""Sticky actions: what is held may stay held for a while after an agent chose something else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np

Action = TypeVar("Action")


class StickyActions(Generic[Action]):
    """In each emulated frame, with a fixed chance, what was held in the frame before is held on (Machado et al. 2018).

    Args:
        probability: That chance, from 0 to less than 1.
        random: Where it comes from; may be replaced at any time.
    """

    def __init__(self, probability: float, random: np.random.Generator) -> None:
        self.probability = probability
        self.random = random
        # What is held now.
        self.held: tuple[Action, ...] = ()

    def release(self) -> None:
        """Nothing is held any more."""
        self.held = ()

    def late(self, actions: Sequence[Action], frames: int) -> int:
        """For how many of the next `frames` frames `held` goes on before `actions` are held; `frames` if for all."""
        # The number of frames up to the first in which the chance does not strike. It is drawn in any case, so that
        # how much chance is used up does not depend on what an agent does.
        late = int(self.random.geometric(1 - self.probability)) - 1
        return 0 if tuple(actions) == self.held else min(late, frames)
