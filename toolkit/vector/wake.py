"""A descriptor by which threads wake the one that drives a vector."""

from __future__ import annotations

import contextlib
import os
import weakref


class _Counter:
    """An eventfd, which is closed when nobody holds this object any more."""

    def __init__(self) -> None:
        self.descriptor = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        weakref.finalize(self, os.close, self.descriptor).atexit = False


class Wake:
    """Readable from `tell`, which any thread may call, to `heard`.

    There is no lock: Ctrl-C at the end of a `with` block would leave one locked for ever. Who uses the descriptor holds
    it, so that its number cannot become another file's meanwhile.
    """

    def __init__(self) -> None:
        self._counter: _Counter | None = _Counter()

    @property
    def descriptor(self) -> int:
        """Its number; -1 after `close`."""
        counter = self._counter
        return -1 if counter is None else counter.descriptor

    def tell(self) -> None:
        counter = self._counter
        if counter is not None:
            os.eventfd_write(counter.descriptor, 1)

    def heard(self) -> None:
        counter = self._counter
        if counter is not None:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(counter.descriptor)

    def close(self) -> None:
        self._counter = None
