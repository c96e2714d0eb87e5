"""The two pipes of a link, with a deadline on every wait."""

from __future__ import annotations

import errno
import os
import select
import time

from toolkit.errors import ProtocolError
from toolkit.link import layout
from toolkit.link.waiting import Waiting


class PeerGone(Exception):
    """The other side closed its pipe, which it does at the latest by dying."""


class Channel:
    """Commands go out on one pipe, replies come in on another.

    The parent keeps `send_fd` and `receive_fd`; the child inherits `child_fds` (commands, replies), which the parent
    closes with `child_has_started`, so that the child's death closes the pipe.
    """

    def __init__(self) -> None:
        child_commands, self.send_fd = os.pipe2(os.O_CLOEXEC)
        self.receive_fd, child_replies = os.pipe2(os.O_CLOEXEC)
        self.child_fds: tuple[int, ...] = (child_commands, child_replies)
        os.set_blocking(self.send_fd, False)
        os.set_blocking(self.receive_fd, False)
        self._reply = Waiting(self.receive_fd)
        self._buffer = b""  # What came after the last message.

    def child_has_started(self) -> None:
        """Closes the child's ends here."""
        for descriptor in self.child_fds:
            os.close(descriptor)
        self.child_fds = ()

    def send(self, message: bytes, timeout: float) -> None:
        """Sends one message. Raises PeerGone, or TimeoutError when the child leaves the pipe full."""
        if self._buffer:
            raise ProtocolError(f"got a reply to nothing: {self._buffer[:200]!r}")
        try:
            sent = os.write(self.send_fd, message)
            if sent == len(message):
                return
        except BlockingIOError:
            sent = 0
        except BrokenPipeError as error:
            raise PeerGone from error
        self._send_rest(message[sent:], time.monotonic() + timeout)

    def _send_rest(self, rest: bytes, deadline: float) -> None:
        writable = select.poll()
        writable.register(self.send_fd, select.POLLOUT)
        while rest:
            if not writable.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise TimeoutError
            try:
                rest = rest[os.write(self.send_fd, rest) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise PeerGone from error

    def receive(self, timeout: float) -> tuple[int, bytes]:
        """The next message: its kind and its payload. Raises PeerGone, or TimeoutError after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        data: bytes | bytearray = self._buffer
        self._buffer = b""
        while True:
            if len(data) >= layout.MESSAGE_HEAD.size:
                length, kind = layout.MESSAGE_HEAD.unpack_from(data)
                if not 0 < length <= layout.MAX_MESSAGE:
                    raise ProtocolError(
                        f"expected a message of at most {layout.MAX_MESSAGE} bytes, and no empty one; got {length}"
                    )
                if len(data) >= 4 + length:
                    self._buffer = bytes(data[4 + length :])
                    return kind, bytes(data[layout.MESSAGE_HEAD.size : 4 + length])
            try:
                more = self._reply.read(max(0.0, deadline - time.monotonic()))
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                more = b""
            if more is None:
                if time.monotonic() >= deadline:
                    raise TimeoutError
                continue
            if not more:
                raise PeerGone
            # Nearly always that is all. A long message comes in many parts, which must not each be copied again.
            if not data:
                data = more
            elif isinstance(data, bytes):
                data = bytearray(data + more)
            else:
                data += more

    def close(self) -> None:
        self.child_has_started()
        for descriptor in (self.send_fd, self.receive_fd):
            if descriptor >= 0:
                os.close(descriptor)
        self.send_fd = self.receive_fd = -1
        self._reply.forget()
