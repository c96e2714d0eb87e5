"""Another emulator for a lane of a vector, started in a thread while the others go on."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Final

from toolkit.gym.lane import Lane

# How many emulators are started at a time, of all vectors in this process.
WORKERS: Final = max(4, os.cpu_count() or 1)

_slots = threading.Semaphore(WORKERS)


class Replacement:
    """The start of another emulator.

    Args:
        lane: Whose emulator is replaced.
        tell: Called, in the thread, when it is done.
        unwanted: Whether the lane was closed meanwhile, so that no emulator may be left.

    It does not mind being interrupted (Ctrl-C): `start` may be called again, and it is still done once.
    """

    def __init__(self, lane: Lane, tell: Callable[[], None], unwanted: Callable[[], bool]) -> None:
        self._lane = lane
        self._tell = tell
        self._unwanted = unwanted
        self._claim = threading.Lock()
        self._ended = threading.Event()
        self._error: BaseException | None = None
        self.began = time.monotonic()

    @property
    def done(self) -> bool:
        return self._ended.is_set()

    def start(self) -> None:
        """Begins it in a thread, unless it has begun."""
        if self._claim.locked():
            return
        try:
            threading.Thread(target=self._run, name="toolkit-replacement").start()
        except RuntimeError:
            self._run()  # There may be no more threads. Then the others wait for it.

    def _run(self) -> None:
        # It is never released: only the first one to come does something.
        claimed = False
        try:
            claimed = self._claim.acquire(blocking=False)
            if not claimed:
                return
            if not self._unwanted():
                with _slots:
                    self._lane.restart()
            if self._unwanted():
                self._lane.close()
        except BaseException as error:
            self._error = error
        finally:
            if claimed:
                self._ended.set()
                self._tell()

    def result(self) -> None:
        """Raises what went wrong, if anything did."""
        if self._error is not None:
            raise self._error

    def finish(self) -> None:
        """Waits until it is done; when it is `unwanted`, it does not begin any more."""
        self._run()
        self._ended.wait()
