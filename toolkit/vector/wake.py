"""A descriptor by which threads wake the one that drives a vector."""

from __future__ import annotations

import contextlib
import os

from toolkit.link.descriptors import Descriptor


class Wake:
    """Readable from `tell`, which any thread may call, to `heard`.

    There is no lock: Ctrl-C at the end of a `with` block would leave one locked for ever. Who uses the descriptor holds
    it, and it is closed with the last reference, so that its number cannot become another file's meanwhile.
    """

    def __init__(self) -> None:
        self.descriptor: int = Descriptor(os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK))
        """Its number; -1 after `close`."""

    def tell(self) -> None:
        descriptor = self.descriptor
        if descriptor >= 0:
            os.eventfd_write(descriptor, 1)

    def heard(self) -> None:
        descriptor = self.descriptor
        if descriptor >= 0:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(descriptor)

    def close(self) -> None:
        self.descriptor = -1
