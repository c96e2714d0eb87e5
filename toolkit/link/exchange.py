"""Work that waits for an emulator, so that it can wait for many at once.

An `Exchange` is a generator that sends a command and yields, once for each reply that it needs. Who drives it may do
something else until the reply is there, which the emulator's `reply_fd` tells, and then goes on with `next`: a reply
that is not there yet is waited for. What it returns is the result. `complete` drives one by itself.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")
Exchange = Generator[None, None, Result]


def complete(exchange: Exchange[Result]) -> Result:
    """Drives it to its end and returns its result; an error of its own comes out as it is."""
    while True:
        try:
            next(exchange)
        except StopIteration as end:
            result: Result = end.value
            return result
