"""The two pipes of a link, with a deadline on every wait."""

from __future__ import annotations

import os
import select
import time

from toolkit.errors import ProtocolError
from toolkit.limits import limits_named
from toolkit.link import layout
from toolkit.link.descriptors import pipe
from toolkit.link.waiting import NotSent, Waiting


class PeerGone(Exception):
    """The other side closed its pipe, which it does at the latest by dying."""


class Channel:
    """Commands go out on one pipe, replies come in on another.

    The parent keeps `send_fd` and `receive_fd`; the child inherits `child_fds` (commands, replies), which the parent
    closes with `child_has_started`, so that the child's death closes the pipe.

    Args:
        region: The address of the child's region of shared memory. While both sides wait awake, messages go through
            letter boxes there instead; see docs/link.md.
        owner: What has to be held for that memory to stay.
    """

    def __init__(self, region: int | None = None, owner: object = None) -> None:
        with limits_named("cannot make the pipes of an emulator"):
            child_commands, ours = pipe()
            try:
                theirs, child_replies = pipe()
            except BaseException:
                del child_commands, ours  # The error would keep them open for as long as somebody keeps it.
                raise
        self.child_fds: tuple[int, ...] = (child_commands, child_replies)
        # What owns our ends. These two are plain numbers, which are compared faster.
        self._owned = [ours, theirs]
        self.send_fd, self.receive_fd = int(ours), int(theirs)
        os.set_blocking(self.send_fd, False)
        os.set_blocking(self.receive_fd, False)
        self._reply = Waiting(self.receive_fd, self.send_fd, region, owner)
        self._buffer = b""  # What came after the last message.

    def child_has_started(self) -> None:
        """Closes the child's ends here."""
        self.child_fds = ()

    def send(self, message: bytes, timeout: float) -> None:
        """Sends one message. Raises PeerGone, or TimeoutError when the child leaves the pipe full."""
        self._expect_nothing()
        try:
            sent = os.write(self.send_fd, message)
            if sent == len(message):
                return
        except BlockingIOError:
            sent = 0
        except BrokenPipeError as error:
            raise PeerGone from error
        self._send_rest(message[sent:], time.monotonic() + timeout)

    def _expect_nothing(self) -> None:
        if self._buffer:
            raise ProtocolError(f"got a reply to nothing: {self._buffer[:200]!r}")

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

    def step(self, message: bytes, timeout: float) -> tuple[int, int] | None:
        """Sends the command to run frames, or none if it was sent before, and takes the reply, in one call into C where
        that can be.

        Returns:
            The slot and the frame number that the reply tells of; None if there is something else to `receive`, or
            nothing yet.

        Raises:
            PeerGone, TimeoutError: As from `send`.
        """
        self._expect_nothing()
        try:
            stepped = self._reply.step(message, timeout)
        except NotSent:
            if message:
                self.send(message, timeout)
            return None
        if stepped is None:
            data = self._reply.came()
            if data == b"":
                raise PeerGone
            self._buffer = data or b""
        return stepped

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
            more = self._reply.read(max(0.0, deadline - time.monotonic()))
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

    def settle(self, slot: int, timeout: float) -> None:
        """Waits until the pictures are complete of the slot at that address. Raises PeerGone, or TimeoutError."""
        settled = self._reply.settle(slot, timeout)
        if settled < 0:
            raise PeerGone
        if settled == 0:
            raise TimeoutError

    def close(self) -> None:
        """Safe to call twice, also after an interrupt."""
        self.child_has_started()
        # First: a thread that still waits must not use their numbers, which may become other files'.
        self.send_fd = self.receive_fd = -1
        self._reply.forget()
        self._owned.clear()
