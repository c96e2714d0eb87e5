"""What follows an emulator's death, for one environment and for vectors alike: another emulator, and when to try it."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Generator
from typing import Any, Final

import numpy as np

from toolkit.errors import EmulatorExited, LaunchError, ProtocolError, SequenceStuck, StepTimeout, ToolkitError
from toolkit.gym.lane import Lane

logger = logging.getLogger(__name__)

# After these an emulator is of no use any more, but another one may be.
LOST: Final = (EmulatorExited, StepTimeout, ProtocolError, SequenceStuck)
# Seconds until one more emulator is tried when several in a row could begin no episode: twice as many each time.
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0

# Where an episode begins: what it waits for, and at last its `info`.
Beginning = Generator[Any, None, dict[str, Any]]


class Recovery:
    """Begins the episodes of one lane, with another emulator where the one that there is can begin none.

    Args:
        lane: The lane.
        attempts: How many emulators in a row may fail before that is an error.
    """

    def __init__(self, lane: Lane, attempts: int) -> None:
        self._lane = lane
        self._attempts = attempts
        # Whether the emulator has to be replaced, as far as the lane itself cannot tell. It is set before anything is
        # done and taken back after it: an interrupt (Ctrl-C) may come at any point, and then it stays.
        self.lost = False
        # How many emulators have failed since the last episode that has begun.
        self.failures = 0
        # Why the last one did.
        self.reason = ""
        self._pause_ends = 0.0

    def is_lost(self, error: ToolkitError) -> bool:
        """Whether an error means that the emulator has to be replaced, and not that the caller was wrong."""
        return isinstance(error, (*LOST, LaunchError)) or self._lane.lost

    @property
    def given_up(self) -> bool:
        """Whether so many have failed that it was reported as an error; from then on pauses are made."""
        return self.failures >= self._attempts

    @property
    def pause(self) -> float:
        """Seconds until another emulator should be tried; 0 if now."""
        return max(0.0, self._pause_ends - time.monotonic()) if self.given_up else 0.0

    def beginning(
        self,
        random: np.random.Generator,
        seeded: bool,
        options: dict[str, Any],
        replacing: Callable[[], Generator[Any, None, None]],
        attempts: int | None = None,
    ) -> Beginning:
        """Begins an episode; `random`, `seeded` and `options` are those of `Lane.resetting`.

        Args:
            replacing: Replaces the emulator.
            attempts: How many emulators may fail in this call, if not as many as at all.

        Raises:
            ToolkitError: So many emulators could not begin one, or there is no such episode.
        """
        chance = copy.deepcopy(random.bit_generator.state)
        lost, self.lost = self.lost or self._lane.lost, True
        left = self._attempts if attempts is None else attempts
        while True:
            try:
                if lost:
                    yield from replacing()
                info = yield from self._lane.resetting(random, seeded, options)
            except ToolkitError as error:
                if not self.is_lost(error):
                    self.lost = False
                    raise
                self._failed(error)
                left -= 1
                if left <= 0:
                    raise
                logger.warning("an emulator is replaced, because an episode could not begin: %s", error)
                lost = True
                # What chance there was is taken back, so that the episode is the one that it would have been.
                random.bit_generator.state = chance
            else:
                self.failures = 0
                self.lost = False
                return info

    def _failed(self, error: ToolkitError) -> None:
        self.failures += 1
        self.reason = str(error)
        if self.given_up:
            pause: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(16, self.failures - self._attempts))
            self._pause_ends = time.monotonic() + pause
