"""The episodes of a vector's lanes: how one follows another, and what becomes of them when an emulator dies."""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

import numpy as np

from toolkit.errors import LaunchError
from toolkit.gym.env import LOST
from toolkit.gym.lane import Lane, Outcome
from toolkit.vector.driver import Driver, Task
from toolkit.vector.observations import Observations

logger = logging.getLogger(__name__)

# How many emulators in a row may fail to begin an episode.
ATTEMPTS: Final = 3


class Episodes:
    """Tasks for the driver: a reset, or a step, of one lane, whatever happens to its emulator meanwhile.

    Args:
        lanes: The lanes.
        seen: Where their observations go.
        driver: What drives the tasks.
        workers: Threads in which emulators are started again.
        same_step: Whether the step that ends an episode begins the next one; otherwise the next step does.
        limit: Steps until an episode is truncated; None is never.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        seen: Observations,
        driver: Driver,
        workers: ThreadPoolExecutor,
        same_step: bool,
        limit: int | None = None,
    ) -> None:
        self._lanes = lanes
        self._seen = seen
        self._driver = driver
        self._workers = workers
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
        # By lane: the start of another emulator, and the descriptor that tells of its end.
        self._restarting: dict[int, tuple[Future[None], int]] = {}

    def resetting(self, number: int, seeded: bool, options: dict[str, Any]) -> Task:
        """Begins an episode of lane `number`; returns an Outcome without reward."""
        info = yield from self._begin(number, seeded, options)
        return Outcome(0.0, False, False, info)

    def stepping(self, number: int, action: Any) -> Task:
        """A step of lane `number`, which begins an episode if the last one is over; returns its Outcome."""
        if self.over[number]:
            info = yield from self._begin(number, False, {})
            return Outcome(0.0, False, False, info)
        try:
            outcome = yield from self._lanes[number].stepping(action)
            self._seen.look(number)
        except LOST as error:
            logger.warning("environment %d: its episode is cut short: %s", number, error)
            outcome = Outcome(0.0, False, True, {"emulator_error": str(error)})
            self._seen.repeat(number)
            self._replace(number)
        if self._limit is not None:
            self._steps[number] += 1
            outcome = outcome._replace(truncated=outcome.truncated or self._steps[number] >= self._limit)
        self.over[number] = outcome.terminated or outcome.truncated
        if self.over[number] and self._same_step:
            final = {"final_obs": self._seen.one(number), "final_info": outcome.info}
            reason = only(outcome.info, "emulator_error")
            info = yield from self._begin(number, False, {})
            outcome = outcome._replace(info={**info, **reason, **final})
        return outcome

    def _begin(self, number: int, seeded: bool, options: dict[str, Any]) -> Generator[int | None, None, dict[str, Any]]:
        """An episode; with another emulator if this one cannot."""
        lane, random = self._lanes[number], self.randoms[number]
        chance = copy.deepcopy(random.bit_generator.state)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if number in self._restarting:
                    yield from self._wait_for(number)
                info: dict[str, Any] = yield from lane.resetting(random, seeded, options)
                self._seen.look(number)
                self.over[number] = False
                self._steps[number] = 0
                return info
            except (*LOST, LaunchError) as error:
                if attempt == ATTEMPTS:
                    raise
                logger.warning("environment %d: its emulator is replaced: %s", number, error)
                # So that the episode is the one that it would have been.
                random.bit_generator.state = chance
                self._replace(number)
        raise AssertionError

    def _replace(self, number: int) -> None:
        """Starts another emulator, in a thread."""
        self.restarts[number] += 1
        done = os.eventfd(0, os.EFD_CLOEXEC)
        future = self._workers.submit(self._lanes[number].restart)
        future.add_done_callback(lambda _: os.eventfd_write(done, 1))
        self._restarting[number] = future, done

    def _wait_for(self, number: int) -> Iterator[int | None]:
        future, done = self._restarting[number]
        yield done
        self._driver.forget(done)
        del self._restarting[number]
        os.close(done)
        future.result()

    def close(self) -> None:
        """Waits for emulators that are just being started; who closes the lanes ends them, too."""
        for _, done in self._restarting.values():
            # The future alone would not do: its callback, which writes here, comes after its result.
            os.eventfd_read(done)
            os.close(done)
        self._restarting.clear()


def only(info: dict[str, Any], *names: str) -> dict[str, Any]:
    """Of an info what is there of some names."""
    return {name: info[name] for name in names if name in info}
