"""Sticky actions: what was held is held on by chance, frame by frame (Machado et al. 2018)."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np

Action = TypeVar("Action")


class Sticky(Generic[Action]):
    """Args:
    probability: That a frame repeats what was held in the frame before, whatever the agent wants.
    nothing: What is held before the first action of an episode.
    """

    def __init__(self, probability: float, nothing: Action) -> None:
        self._probability = probability
        self._nothing = nothing
        self.held = nothing

    def reset(self) -> None:
        self.held = self._nothing

    def split(self, action: Action, frames: int, random: np.random.Generator) -> list[tuple[int, Action]]:
        """What is held in the next `frames` frames: (how many, what), one or two of them.

        Once the agent's action has got through in one frame it is what the later ones repeat.
        """
        if self._probability == 0 or self.held == action:
            self.held = action
            return [(frames, action)]
        late = 0
        while late < frames and random.random() < self._probability:
            late += 1
        before, self.held = self.held, self.held if late == frames else action
        return [part for part in ((late, before), (frames - late, action)) if part[0]]
