"""The episodes of a vector's lanes: how one follows another, and what becomes of them when an emulator dies."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from toolkit.errors import ConfigError, ToolkitError
from toolkit.gym.lane import Lane, Outcome
from toolkit.gym.recovery import Recovery
from toolkit.vector.driver import Driver, Task
from toolkit.vector.observations import Observations
from toolkit.vector.replacement import Replacement

logger = logging.getLogger(__name__)

# How many emulators in a row may fail to begin an episode.
ATTEMPTS: Final = 3
# Seconds that a step waits for another emulator at most, from its start on. MAME takes two.
START_PATIENCE: Final = 5.0


class _NotYet(Exception):
    """The other emulator is not there, and the others cannot wait for it any longer."""


@dataclass(frozen=True, slots=True)
class _Started:
    """The event that an emulator was started, or that nobody waits for it any longer."""

    replacement: Replacement
    until: float

    @property
    def happened(self) -> bool:
        return self.replacement.done or time.monotonic() >= self.until


class Episodes:
    """Tasks for the driver: a reset, or a step, of one lane, whatever happens to its emulator meanwhile.

    Args:
        lanes: The lanes.
        seen: Where their observations go.
        driver: What drives the tasks.
        same_step: Whether the step that ends an episode begins the next one; otherwise the next step does.
        limit: Steps until an episode is truncated; None is never.
    """

    def __init__(
        self, lanes: Sequence[Lane], seen: Observations, driver: Driver, same_step: bool, limit: int | None = None
    ) -> None:
        self._lanes = lanes
        self._seen = seen
        self._driver = driver
        self._same_step = same_step
        self._limit = limit
        # How many steps each one's episode has had; only counted where there is a limit.
        self._steps = [0] * len(lanes)
        # Where each lane's chance comes from.
        self.randoms = [np.random.default_rng() for _ in lanes]
        # Whether each one's episode is over; none has begun.
        self.over = [True] * len(lanes)
        # How often each one's emulator was replaced.
        self.restarts = np.zeros(len(lanes), np.int64)
        self._recoveries = [Recovery(lane, ATTEMPTS) for lane in lanes]
        self._replacements: dict[int, Replacement] = {}  # Those that no episode has begun in, by lane.
        self._closed = False

    def resetting(self, number: int, seeded: bool, options: dict[str, Any]) -> Task:
        """Begins an episode of lane `number`, however long that takes; returns an Outcome without reward."""
        info = yield from self._begin(number, seeded, options, float("inf"), ATTEMPTS)
        return Outcome(0.0, False, False, info)

    def stepping(self, number: int, action: Any) -> Task:
        """A step of lane `number`, which begins an episode if the last one is over; returns its Outcome."""
        if self.over[number]:
            outcome = yield from self._go_on(number)
            if outcome.truncated and self._same_step:
                outcome = outcome._replace(info=self._final(number, outcome) | outcome.info)
            return outcome
        try:
            outcome = yield from self._lanes[number].stepping(action)
            self._seen.look(number)
        except ConfigError:
            raise
        except BaseException as error:
            # Also after an error of the game's class, or Ctrl-C: nobody knows where the emulator is now.
            self.lose((number,))
            if not isinstance(error, ToolkitError) or not self._recoveries[number].is_lost(error):
                raise
            logger.warning("environment %d: its episode is cut short: %s", number, error)
            outcome = self._nothing(number, str(error))
            self._replace(number)
        if self._limit is not None:
            self._steps[number] += 1
            outcome = outcome._replace(truncated=outcome.truncated or self._steps[number] >= self._limit)
        self.over[number] = outcome.terminated or outcome.truncated
        if self.over[number] and self._same_step:
            final = self._final(number, outcome)
            begun = yield from self._go_on(number)
            reason = only(outcome.info, "emulator_error")
            outcome = outcome._replace(info={**begun.info, **reason, **final})
        return outcome

    def _final(self, number: int, outcome: Outcome) -> dict[str, Any]:
        return {"final_obs": self._seen.one(number), "final_info": outcome.info}

    def _nothing(self, number: int, reason: str) -> Outcome:
        """What a step comes to without an emulator: the episode is cut short, and what was seen before is seen."""
        self._seen.repeat(number)
        return Outcome(0.0, False, True, {"emulator_error": reason})

    def _go_on(self, number: int) -> Generator[Any, None, Outcome]:
        """The next episode, within a step: without an emulator it is cut short as soon as it begins."""
        recovery = self._recoveries[number]
        if recovery.pause and number not in self._replacements:
            return self._nothing(number, f"the next emulator is tried in {recovery.pause:.1f} s: {recovery.reason}")
        reported = recovery.given_up
        patience = 0.0 if reported else START_PATIENCE
        try:
            info = yield from self._begin(number, False, {}, patience, max(1, ATTEMPTS - recovery.failures))
        except _NotYet:
            return self._nothing(number, "another emulator is being started")
        except ToolkitError as error:
            if not reported:
                raise
            logger.warning("environment %d: there is still no emulator: %s", number, error)
            return self._nothing(number, str(error))
        return Outcome(0.0, False, False, info)

    def _begin(
        self, number: int, seeded: bool, options: dict[str, Any], patience: float, attempts: int
    ) -> Generator[Any, None, dict[str, Any]]:
        """An episode; with another emulator, for which `patience` is had, if this one cannot begin it."""
        replacing = partial(self._replacing, number, patience)
        recovery = self._recoveries[number]
        info = yield from recovery.beginning(self.randoms[number], seeded, options, replacing, attempts)
        self._seen.look(number)
        self.over[number] = False
        self._steps[number] = 0
        return info

    def _replacing(self, number: int, patience: float) -> Generator[Any, None, None]:
        replacement = self._replacements.get(number) or self._replace(number)
        replacement.start()  # In case that was interrupted before.
        started = _Started(replacement, replacement.began + patience)
        if not started.happened:
            yield started
        if not replacement.done:
            raise _NotYet
        del self._replacements[number]
        replacement.result()

    def _replace(self, number: int) -> Replacement:
        """Starts another emulator, in a thread."""
        self.restarts[number] += 1
        wake = self._driver.wake
        replacement = Replacement(self._lanes[number], wake.tell, lambda: self._closed)
        self._replacements[number] = replacement
        replacement.start()
        return replacement

    def lose(self, numbers: Iterable[int]) -> None:
        """The emulators of these lanes have to be replaced, although the lanes may not know it."""
        for number in numbers:
            self._recoveries[number].lost = True
            self.over[number] = True

    def close(self) -> None:
        """Waits for emulators that are just being started; who closes the lanes ends them, too."""
        self._closed = True
        for replacement in list(self._replacements.values()):
            replacement.finish()


def only(info: dict[str, Any], *names: str) -> dict[str, Any]:
    """Of an info what is there of some names."""
    return {name: info[name] for name in names if name in info}
