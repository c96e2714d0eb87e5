"""What changes a machine besides its inputs, told to whoever records it."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from toolkit.retro.memory import Writer

# Called with a few words on what is about to change the machine.
Tell = Callable[[str], None]


def telling(method: Tell) -> Tell:
    """`method` of an object, which is not kept alive by it; once the object is gone nothing is told."""
    reference = weakref.WeakMethod(method)

    def tell(what: str) -> None:
        alive = reference()
        if alive is not None:
            alive(what)

    return tell


def telling_writer(write: Writer, tell: Tell) -> Writer:
    """`write`, which tells first."""

    def write_and_tell(offset: int, data: bytes) -> None:
        tell("writing to memory")
        write(offset, data)

    return write_and_tell


def tell_nobody(what: str) -> None:
    """For a machine that nobody records."""
