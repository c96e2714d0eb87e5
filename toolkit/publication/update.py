"""What a subscriber hears of one step."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from toolkit.errors import FrameLost
from toolkit.link import FrameView
from toolkit.publication import images
from toolkit.publication.mapping import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Where the picture of one step can be had."""

    mapping: Mapping | None
    slot: int
    encoded: bytes | None
    missing: str
    """Why it cannot be had, where neither of the two is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One step of a publishing emulator.

    Args:
        endpoint: Where it was heard, as given to the subscriber.
        env_id: The name that the emulator's user gave it.
        game_id: The machine.
        backend: What runs it: "mame" or another.
        frame_number: How many frames the machine has run; goes back when a state is loaded.
        sequence: Grows by 2 with every step that was published; a larger gap means missed ones.
        time: When it was published, in seconds since 1970, by the publisher's clock.
        values: The watched values, by name.
        shape: The shape of the picture, (height, width, 3), or None if the step had none.
        frame_ratio: How many frames the emulator's steps take, unless told otherwise.
        refresh: The machine's own speed in frames per second; 0 where it has no screen.
    """

    endpoint: str
    env_id: str
    game_id: str
    backend: str
    frame_number: int
    sequence: int
    time: float
    values: dict[str, int]
    shape: tuple[int, int, int] | None
    frame_ratio: int
    refresh: float
    _picture: Picture = field(repr=False, compare=False)

    @property
    def source(self) -> str | None:
        """How the picture comes here: "memory" (the publisher's own), "image" (encoded), or None: not at all."""
        if self.shape is None:
            return None
        if self._picture.mapping is not None:
            return "memory"
        return None if self._picture.encoded is None else "image"

    def frame(self) -> npt.NDArray[np.uint8]:
        """The picture: uint8, (height, width, 3), RGB, a copy, never a mixture of two.

        On the publisher's host it lies in the publisher's memory and is overwritten a few steps later.

        Raises:
            FrameLost: It was overwritten, was not sent, or the step had none.
            ProtocolError: What was sent is no such picture.
        """
        if self.source == "image" and self._picture.encoded is not None and self.shape is not None:
            return images.decode(self._picture.encoded, (self.shape[1], self.shape[0]))
        return self._mapping().copy(self._picture.slot, self.sequence)

    def view(self) -> FrameView:
        """The picture where it lies in the publisher's memory: read-only, no copy.

        It may change at any moment. Use it, then ask `intact()`, and throw the result away if that says no.

        Raises:
            FrameLost: It was overwritten, the step had none, or the memory is not mapped here.
        """
        return self._mapping().view(self._picture.slot, self.sequence)

    def intact(self) -> bool:
        """Whether the publisher's memory still holds this step's picture; False where it is not mapped."""
        mapping = self._picture.mapping
        return mapping is not None and mapping.intact(self._picture.slot, self.sequence)

    def _mapping(self) -> Mapping:
        name = f"frame {self.frame_number} of {self.env_id!r}"
        if self.shape is None:
            raise FrameLost(f"{name} has no picture: nothing was drawn in that step")
        if self._picture.mapping is None:
            raise FrameLost(f"the picture of {name} is not here: {self._picture.missing}")
        return self._picture.mapping
