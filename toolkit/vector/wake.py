"""A descriptor by which threads wake the one that drives a vector."""

from __future__ import annotations

import contextlib
import os
import threading

from toolkit.link.descriptors import Descriptor


class Wake:
    """Readable from `tell`, which any thread may call, to `heard`."""

    def __init__(self) -> None:
        self.descriptor: int = Descriptor(os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK))
        # Its number must not be written to any more when it may be another file's.
        self._lock = threading.RLock()

    def tell(self) -> None:
        with self._lock:
            if self.descriptor >= 0:
                os.eventfd_write(self.descriptor, 1)

    def heard(self) -> None:
        with self._lock:
            if self.descriptor >= 0:
                with contextlib.suppress(BlockingIOError):
                    os.eventfd_read(self.descriptor)

    def close(self) -> None:
        with self._lock:
            self.descriptor = -1
