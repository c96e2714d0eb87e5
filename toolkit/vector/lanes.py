"""Many lanes, made and ended at the same time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from toolkit.errors import ToolkitError
from toolkit.gym.games import MakeLane
from toolkit.gym.lane import Lane
from toolkit.limits import limits_named
from toolkit.link import Slab
from toolkit.link.ending import end_together
from toolkit.vector.replacement import WORKERS

logger = logging.getLogger(__name__)


def make_lanes(makers: Sequence[MakeLane], slab: Slab) -> list[Lane]:
    """A lane of each maker, which writes to its row of the slab. If one cannot be made, none is left."""
    # The first one alone: what it makes for all others, such as ROM sets and start states, is made once.
    lanes = [makers[0](slab, 0)]
    futures: list[Future[Lane]] = []
    with ThreadPoolExecutor(WORKERS, "toolkit-vector") as workers:
        try:
            for row, make in enumerate(makers[1:], 1):
                with limits_named("cannot start a thread in which an emulator is made"):
                    futures.append(workers.submit(make, slab, row))
            return [*lanes, *(future.result() for future in futures)]
        except BaseException:
            workers.shutdown(cancel_futures=True)  # waits for those that are being made
            end_lanes([*lanes, *_made(futures)])
            futures.clear()  # They hold their errors, which hold this frame, and all that emulators take with it.
            raise


def _made(futures: Sequence[Future[Lane]]) -> list[Lane]:
    ended = [future for future in futures if future.done() and not future.cancelled()]
    return [future.result() for future in ended if future.exception() is None]


def end_lanes(lanes: Sequence[Lane]) -> None:
    """Ends their emulators, side by side."""
    end_together(child for lane in lanes for child in lane.children)
    for lane in lanes:
        try:
            lane.close()
        except ToolkitError as error:
            logger.warning("an emulator did not end in order: %s", error)
