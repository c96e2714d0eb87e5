"""One emulator with a game in it, as environments drive it: alone, or many side by side.

A lane says what a game means to an agent. Everything that waits for the emulator is an `Exchange` (see
`toolkit.link.exchange`), so that `LaneEnv` can drive one lane and `toolkit.vector` any number of them at once.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, NamedTuple

import gymnasium
import numpy as np
import numpy.typing as npt

from toolkit.closing import Closing
from toolkit.link import Child, Exchange
from toolkit.remade import Remade

Array = npt.NDArray[Any]
# What an observation is written to: an array, or a dict of arrays, shaped as the observation space says.
Buffer = Any


class Outcome(NamedTuple):
    """What a step came to."""

    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any]


class Lane(Remade, Closing):
    """A game that can be reset and stepped, and says what is seen of it."""

    observation_space: gymnasium.Space[Any]
    action_space: gymnasium.Space[Any]
    # Frames a second that `render` would show at the game's own speed.
    render_fps: float
    # Whether the emulator itself writes images into the slab that the lane was made with, into buffer `slab_buffer`,
    # which whoever drives it may change before an exchange. Then `observe` need not be asked for them.
    in_slab: bool = False
    slab_buffer: int = 0

    @abstractmethod
    def resetting(self, random: np.random.Generator, seeded: bool, options: dict[str, Any]) -> Exchange[dict[str, Any]]:
        """Begins an episode; returns its `info`.

        Args:
            random: Where all chance comes from, in this episode too.
            seeded: Whether `random` was just seeded: then the episode must depend on nothing but the seed and the
                actions to come.
            options: As from Gymnasium's `reset`.
        """

    @abstractmethod
    def stepping(self, action: Any) -> Exchange[Outcome]:
        """One step of the agent's. After an episode's end only `resetting` may follow.

        Raises:
            ConfigError: No such action; nothing has happened.
        """

    @abstractmethod
    def observe(self, buffer: Buffer) -> None:
        """Writes what is seen now, after `resetting` or `stepping`, into `buffer`."""

    @property
    @abstractmethod
    def reply_fd(self) -> int:
        """Readable when the exchange that is under way can go on; it changes when the lane is restarted."""

    @property
    @abstractmethod
    def deadline(self) -> float | None:
        """When the exchange has to go on in any case, on the clock of `time.monotonic`."""

    @abstractmethod
    def restart(self) -> None:
        """Ends the emulator, whatever state it is in, and starts another; then only `resetting` may follow."""

    @property
    def lost(self) -> bool:
        """Whether its emulator is known to be of no use any more, so that only `restart` or `close` can follow."""
        return False

    @property
    def children(self) -> tuple[Child, ...]:
        """Its emulator's process, for who ends many at once; `close` must follow. Empty if there is none."""
        return ()

    @abstractmethod
    def render(self) -> npt.NDArray[np.uint8]:
        """The whole picture as it is now: uint8, (height, width, 3), RGB, the caller's own."""

    @abstractmethod
    def close(self) -> None:
        """Ends the emulator. Safe to call twice, and on a half-built object."""
