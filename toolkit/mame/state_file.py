"""Where MAME puts a state, and takes it from."""

from __future__ import annotations

import os

from toolkit.errors import StateError
from toolkit.limits import limits_named, reason
from toolkit.link.descriptors import Descriptor, above_standard


class StateFile:
    """A file in memory: no disk can be too full for it, and it has no name that anything could collide with.

    The child inherits `descriptor`. Only while a state is handed over does the file take any memory.
    """

    def __init__(self) -> None:
        with limits_named("cannot make the memory for states"):
            self.descriptor: int = above_standard(Descriptor(os.memfd_create("toolkit-state", os.MFD_CLOEXEC)))

    @property
    def path(self) -> str:
        """Where the child finds it."""
        return f"/proc/self/fd/{self.descriptor}"

    def put(self, data: bytes) -> None:
        """Makes `data` the content.

        Raises:
            StateError: There is no room for it.
        """
        try:
            self.clear()
            rest = memoryview(data)
            while rest:
                rest = rest[os.pwrite(self.descriptor, rest, len(data) - len(rest)) :]
        except OSError as error:
            self.clear()
            raise StateError(f"cannot hand a state of {len(data)} bytes to MAME: {reason(error)}") from error

    def take(self) -> bytes:
        """The content, which is gone then."""
        parts, at = [], 0
        while part := os.pread(self.descriptor, os.fstat(self.descriptor).st_size - at, at):
            parts.append(part)
            at += len(part)
        self.clear()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def clear(self) -> None:
        """Leaves nothing in it."""
        if self.descriptor >= 0:
            os.ftruncate(self.descriptor, 0)

    def close(self) -> None:
        """Safe to call twice."""
        self.descriptor = -1
