"""Drives many exchanges at once: sends what each has to send, and goes on with whichever is answered."""

from __future__ import annotations

import select
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from toolkit.errors import StateError
from toolkit.gym.lane import Lane
from toolkit.vector.wake import Wake

CLOSED: Final = "this vector of environments was closed in the middle of a step or reset; make a new one"
# How often deadlines are looked at, in seconds.
TICK: Final = 0.05


class Event(Protocol):
    """What a task may wait for instead of its lane's reply: who makes it happen calls `Driver.wake.tell` then."""

    @property
    def happened(self) -> bool: ...


Task = Generator[Event | None, None, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """What a task ended with when it did not return."""

    error: Exception


class Driver:
    """Each lane has one task at a time.

    Args:
        lanes: The lanes, by number.

    It can be interrupted (Ctrl-C) at any point. While it waits nothing is lost by that; otherwise it is `disturbed`,
    and goes on only after `recover`.
    """

    def __init__(self, lanes: list[Lane]) -> None:
        self._lanes = lanes
        self._tasks: dict[int, Task] = {}
        self._waiting: dict[int, int] = {}  # Descriptor -> number of the lane whose task waits for it.
        self._events: dict[int, Event] = {}  # Number of the lane -> what its task waits for instead.
        self._registered: set[int] = set()
        self._poll = select.poll()
        self._done: list[tuple[int, Any]] = []
        # Whose task is just going on. What is known of the others is right at any point.
        self._current: int | None = None
        self._look = 0.0  # When deadlines are looked at next.
        self._closed = False
        self.wake = Wake()
        self._poll.register(self.wake.descriptor, select.POLLIN)

    @property
    def busy(self) -> bool:
        """Whether there are tasks whose results were not taken."""
        return bool(self._tasks or self._done)

    @property
    def disturbed(self) -> bool:
        """Whether it was interrupted when it did not just wait."""
        return self._current is not None

    def start(self, number: int, task: Task) -> None:
        """Begins a task: what it sends first is sent."""
        self._current = number
        self._tasks[number] = task
        self._go_on(number)

    def _go_on(self, number: int) -> None:
        """Lets a task go on until it waits again. Who calls it has set `_current`, before anything else."""
        try:
            event = next(self._tasks[number])
            if event is not None:
                self._events[number] = event
            else:
                descriptor = self._lanes[number].reply_fd
                self._waiting[descriptor] = number
                if descriptor not in self._registered:
                    self._poll.register(descriptor, select.POLLIN)
                    self._registered.add(descriptor)
        except StopIteration as end:
            self._finish(number, end.value)
        except Exception as error:
            self._finish(number, Failure(error))
        self._current = None

    def _finish(self, number: int, result: Any) -> None:
        self._tasks.pop(number, None)
        self._done.append((number, result))

    def take(self, count: int) -> list[tuple[int, Any]]:
        """Waits until `count` tasks are done, and returns their lanes' numbers and results, in the order of their ends.

        A task that failed has a `Failure` for a result. It may be called again after an interrupt (Ctrl-C), unless it
        is `disturbed`.

        Raises:
            StateError: So many results cannot come, or it was closed meanwhile.
        """
        while len(self._done) < count:
            if self._closed:
                break
            if not self._waiting and not self._events:
                raise StateError(
                    f"{count} results are waited for, and only {len(self._done)} can still come; call reset()"
                )
            for descriptor, _ in self._poll.poll(1000 * TICK):
                number = self._waiting.get(descriptor)
                if number is not None:
                    self._current = number
                    self._waiting.pop(descriptor, None)  # `close` may come in between.
                    self._go_on(number)
                elif descriptor == self.wake.descriptor:
                    self.wake.heard()
                else:
                    # Of a child that has gone while nobody waits for it; its next task will find out.
                    self.forget(descriptor)
            if self._events:
                self._look_at_events()
            now = time.monotonic()
            if now >= self._look:
                self._look = now + TICK
                self._look_at_deadlines(now)
        if self._closed:
            raise StateError(CLOSED)
        taken = self._done[:count]
        del self._done[:count]
        return taken

    def _look_at_events(self) -> None:
        for number, event in list(self._events.items()):
            if event.happened:
                self._current = number
                self._events.pop(number, None)
                self._go_on(number)

    def _look_at_deadlines(self, now: float) -> None:
        for descriptor, number in list(self._waiting.items()):
            lane = self._lanes[number]
            try:
                late = descriptor != lane.reply_fd or lane.deadline is None or lane.deadline <= now
            except StateError:
                late = True  # Somebody has closed its emulator.
            if late:
                # It says itself what is wrong with it.
                self._current = number
                self._waiting.pop(descriptor, None)
                self._go_on(number)

    def forget(self, descriptor: int) -> None:
        """A descriptor is about to be closed, or is already."""
        if descriptor in self._registered:
            self._registered.discard(descriptor)
            self._poll.unregister(descriptor)

    def recover(self) -> set[int]:
        """Which lanes nobody knows anything about, after an interrupt: their tasks are forgotten. Those of the others,
        which wait, can go on."""
        waiting = {*self._waiting.values(), *self._events}
        lost = {number for number in self._tasks if number not in waiting}
        if self._current is not None:
            lost.add(self._current)
        return lost

    def drop(self, numbers: set[int]) -> None:
        """Forgets the tasks of these lanes, and all results."""
        self._done.clear()
        for number in numbers:
            self._tasks.pop(number, None)
            self._events.pop(number, None)
        for descriptor, number in list(self._waiting.items()):
            if number in numbers:
                self._waiting.pop(descriptor, None)
        self._current = None

    @property
    def under_way(self) -> int:
        """How many tasks have not ended."""
        return len(self._tasks)

    def close(self) -> None:
        """Forgets all tasks, and tells a thread that waits. A task that is just going on, in that thread or in this one
        below a signal handler, goes on to its end."""
        self._closed = True
        self.wake.tell()
        self._tasks, self._waiting, self._events = {}, {}, {}
