"""The listening side: the steps of one or several publishing emulators."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import zmq

from toolkit.checks import MAX_SECONDS, check_flag, check_integer, check_real
from toolkit.closing import Closing
from toolkit.errors import ConfigError, FrameLost, Silence, StateError
from toolkit.publication import wire
from toolkit.publication.source import GIVEN_UP, Source
from toolkit.publication.update import Update

QUEUE: Final = 1000
TAKING: Final = 0.25
MAX_QUEUE: Final = 2**31 - 1


class Subscriber(Closing):
    """Hears what emulators publish. The emulators do not notice: a subscriber that is too slow misses steps.

    It may be made before the emulators, and finds them again after they were restarted. Use it as a context manager,
    or call `close()`; one thread at a time.

    Args:
        endpoints: The `publish_endpoint` of one emulator or of several.
        timeout: How many seconds `receive`, `drain`, `snapshot` and the iteration wait for the next step.
        frames: Whether pictures are wanted. On another host than the emulator's they cost it encoding time.
        encoding: How pictures are sent where the emulator's memory cannot be mapped: "png", exact, or "jpeg", smaller.
        queue: How many messages of each emulator may wait here.

    Raises:
        ConfigError: Something that is no endpoint, or none at all, or an unknown encoding.
    """

    _context: zmq.Context[Any] | None = None

    def __init__(
        self,
        endpoints: str | Sequence[str],
        *,
        timeout: float = 5.0,
        frames: bool = True,
        encoding: str = "png",
        queue: int = QUEUE,
    ) -> None:
        self.endpoints = (endpoints,) if isinstance(endpoints, str) else tuple(endpoints)
        self._sources: list[Source] = []
        self._pending: deque[Update] = deque()
        if not self.endpoints:
            raise ConfigError("a subscriber needs at least one endpoint, such as 'ipc:///tmp/game.sock'")
        self.timeout = _seconds(timeout)
        if encoding not in wire.IMAGES:
            raise ConfigError(f"unknown encoding {encoding!r}; use one of {', '.join(wire.IMAGES)}")
        queue = check_integer("queue", queue, 1, MAX_QUEUE)
        frames = check_flag("frames", frames)
        self._context = zmq.Context()
        self._poller = zmq.Poller()
        try:
            for endpoint in dict.fromkeys(self.endpoints):
                source = Source(self._context, endpoint, frames=frames, encoding=encoding, queue=queue)
                self._sources.append(source)
                self._poller.register(source.socket, zmq.POLLIN)
                self._poller.register(source.monitor, zmq.POLLIN)
        except BaseException:
            self.close()
            raise

    def receive(self, timeout: float | None = None) -> Update:
        """The next step of any of the emulators, in the order of each.

        Raises:
            Silence: Nothing came in time; says whether the emulators are there at all.
            ProtocolError: What came is not what a publisher sends.
            StateError: This subscriber is closed.
        """
        limit = self.timeout if timeout is None else _seconds(timeout)
        if self._wait(time.monotonic() + limit):
            return self._pending.popleft()
        raise Silence(self._describe_silence(limit))

    def drain(self, timeout: float | None = None) -> list[Update]:
        """Everything that has come, at least one step; the last of each emulator is its newest.

        Raises:
            Silence, ProtocolError, StateError: As from `receive`.
        """
        for source in self._sources:
            self._take(source)
        updates = [self.receive(timeout), *self._pending]
        self._pending.clear()
        return updates

    def snapshot(self, timeout: float | None = None) -> tuple[Update, npt.NDArray[np.uint8]]:
        """The newest step whose picture can be had, and that picture (as from `Update.frame`), skipping the others.

        Raises:
            FrameLost: Steps came, but no picture could be had in time; says why.
            Silence, ProtocolError, StateError: As from `receive`.
        """
        limit = self.timeout if timeout is None else _seconds(timeout)
        deadline = time.monotonic() + limit
        lost: FrameLost | None = None
        while True:
            try:
                updates = self.drain(max(0.0, deadline - time.monotonic()))
            except Silence:
                if lost is None:
                    raise
                raise FrameLost(f"no picture could be had within {limit:g} s: {lost}") from lost
            # A picture that was sent encoded is as good as new; one in memory is only there in the newest.
            for update in reversed(updates):
                if update.source == "image" or update is updates[-1]:
                    try:
                        return update, update.frame()
                    except FrameLost as error:
                        lost = error
            if time.monotonic() >= deadline:
                raise FrameLost(f"no picture could be had within {limit:g} s: {lost}") from lost

    def __iter__(self) -> Iterator[Update]:
        """Yields every step, and ends when all emulators that were heard are gone; raises like `receive`."""
        while True:
            if self._wait(time.monotonic() + self.timeout, until_gone=True):
                yield self._pending.popleft()
            elif self.gone:
                return
            else:
                raise Silence(self._describe_silence(self.timeout))

    @property
    def connected(self) -> tuple[str, ...]:
        """The endpoints at which a publisher is there now, silent or not."""
        self._look()
        return tuple(source.endpoint for source in self._sources if source.connected)

    @property
    def gone(self) -> bool:
        """Whether there were publishers, and none is left."""
        self._look()
        return any(source.ever_connected for source in self._sources) and not self.connected

    def _look(self) -> None:
        for source in self._sources:
            source.look()

    def _wait(self, deadline: float, until_gone: bool = False) -> bool:
        """Waits until something is pending; False if nothing is by then."""
        if self._context is None:
            raise StateError("this subscriber is closed; make a new one")
        while not self._pending:
            patience = 0.0 if until_gone and self.gone else max(0.0, deadline - time.monotonic())
            lost = any(source.lost_since is not None for source in self._sources)
            ready = dict(self._poller.poll(math.ceil(1000 * (min(patience, GIVEN_UP) if lost else patience))))
            for source in self._sources:
                if source.socket in ready:
                    self._take(source)
                if source.monitor in ready:
                    source.look()
                if not self._pending:
                    source.check()
            if time.monotonic() >= deadline or (not ready and (patience == 0 or not lost)):
                break
        return bool(self._pending)

    def _take(self, source: Source) -> None:
        # A bounded number and time, so that a publisher faster than this process cannot keep it here.
        until = time.monotonic() + TAKING
        for _ in range(QUEUE):
            try:
                update = source.receive()
            except zmq.Again:
                return
            if update is not None:
                self._pending.append(update)
            if time.monotonic() > until:
                return

    def _describe_silence(self, limit: float) -> str:
        there = self.connected
        absent = [endpoint for endpoint in self.endpoints if endpoint not in there]
        reasons = []
        if there:
            reasons.append(f"{', '.join(there)} is there, but nobody steps that emulator")
        if absent:
            reasons.append(
                f"nobody publishes on {', '.join(absent)}; is an emulator running with that as publish=, and stepped?"
            )
        return f"nothing was heard within {limit:g} s: {'; '.join(reasons)}"

    def close(self) -> None:
        """Safe to call twice, and on a half-built object."""
        for source in self._sources:
            source.close()
        self._sources.clear()
        self._pending.clear()
        context, self._context = self._context, None
        if context is not None:
            context.term()


def _seconds(timeout: Any) -> float:
    return check_real("timeout, in seconds,", timeout, 0, MAX_SECONDS)
