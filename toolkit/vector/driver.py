"""Drives many exchanges at once: sends what each has to send, and goes on with whichever is answered."""

from __future__ import annotations

import select
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Final

from toolkit.errors import StateError
from toolkit.gym.lane import Lane

# How often deadlines are looked at while nothing comes, in milliseconds.
TICK: Final = 50
# A task may also yield a descriptor that it waits for, instead of its lane's.
Task = Generator[int | None, None, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """What a task ended with when it did not return."""

    error: Exception


class Driver:
    """Args:
    lanes: The lanes, by number; each has one task at a time.
    """

    def __init__(self, lanes: list[Lane]) -> None:
        self._lanes = lanes
        self._tasks: dict[int, Task] = {}
        self._waiting: dict[int, int] = {}  # Descriptor -> number of the lane whose task waits for it.
        self._registered: set[int] = set()
        self._poll = select.poll()
        self._done: list[tuple[int, Any]] = []

    @property
    def busy(self) -> bool:
        """Whether there are tasks whose results were not taken."""
        return bool(self._tasks or self._done)

    def start(self, number: int, task: Task) -> None:
        """Begins a task: what it sends first is sent."""
        self._tasks[number] = task
        self._go_on(number, task)

    def _go_on(self, number: int, task: Task) -> None:
        try:
            descriptor = next(task)
            if descriptor is None:
                descriptor = self._lanes[number].reply_fd
        except StopIteration as end:
            del self._tasks[number]
            self._done.append((number, end.value))
            return
        except Exception as error:
            self._fail(number, error)
            return
        except BaseException as error:
            # Ctrl-C in the middle of a message: that lane can go on with nothing, and the others can.
            self._fail(number, StateError(f"it was interrupted by {type(error).__name__}"))
            raise
        self._waiting[descriptor] = number
        if descriptor not in self._registered:
            self._poll.register(descriptor, select.POLLIN)
            self._registered.add(descriptor)

    def _fail(self, number: int, error: Exception) -> None:
        del self._tasks[number]
        self._done.append((number, Failure(error)))

    def take(self, count: int) -> list[tuple[int, Any]]:
        """Waits until `count` tasks are done, and returns their lanes' numbers and results, in the order of their ends.

        A task that failed has a `Failure` for a result. It may be called again after an interrupt (Ctrl-C).

        Raises:
            StateError: So many results cannot come.
        """
        while len(self._done) < count:
            if not self._waiting:
                raise StateError(f"{count} results are waited for, and only {len(self._done)} can still come")
            events = self._poll.poll(TICK)
            for descriptor, _ in events:
                number = self._waiting.pop(descriptor, None)
                if number is None:
                    # Of a child that has gone while nobody waits for it; its next task will find out.
                    self._poll.unregister(descriptor)
                    self._registered.discard(descriptor)
                else:
                    self._go_on(number, self._tasks[number])
            if not events:
                self._look_at_deadlines()
        taken, self._done = self._done[:count], self._done[count:]
        return taken

    def _look_at_deadlines(self) -> None:
        now = time.monotonic()
        for descriptor, number in list(self._waiting.items()):
            lane = self._lanes[number]
            try:
                late = descriptor == lane.reply_fd and (lane.deadline is None or lane.deadline <= now)
            except Exception:
                late = False  # It is being restarted.
            if late:
                # It says itself what is wrong with it.
                del self._waiting[descriptor]
                self._go_on(number, self._tasks[number])

    def forget(self, descriptor: int) -> None:
        """A descriptor that was waited for is about to be closed."""
        self._waiting.pop(descriptor, None)
        if descriptor in self._registered:
            self._poll.unregister(descriptor)
            self._registered.discard(descriptor)

    def abandon(self) -> None:
        """Forgets all tasks; their lanes can only be closed."""
        for task in self._tasks.values():
            task.close()
        self._tasks.clear()
        self._waiting.clear()
        self._done.clear()
