"""The publishing side: tells every step of one emulator to whoever subscribed, and costs nothing while nobody did."""

from __future__ import annotations

import logging
import os
import time
import weakref
from collections.abc import Callable, Sequence
from typing import Any, Final

import zmq

from toolkit.errors import ToolkitError
from toolkit.link import SharedMemory, SlotView
from toolkit.publication import endpoint as endpoints
from toolkit.publication import images, wire

logger = logging.getLogger(__name__)

# How many messages may wait for one subscriber before it misses some.
QUEUE: Final = 500
# Seconds between two looks for new subscribers. A look costs up to 20 us, with what it pushes out of the caches.
LOOK_INTERVAL: Final = 0.05
# Seconds between two announcements for those who are subscribed to them.
ABOUT_INTERVAL: Final = 1.0
IMAGE_RATE: Final = 10.0
# Encoding takes at most this part of the stepping thread's time, however slow it is.
IMAGE_SHARE: Final = 0.03
# Milliseconds that close() waits for the last messages to leave.
LINGER: Final = 100
HEARTBEAT: Final = 5000
MAX_REQUEST: Final = 1024
MAX_REQUESTS_A_LOOK: Final = 100


class Publisher:
    """Publishes one emulator on one endpoint. Made before the emulator, because the endpoint may be taken.

    It has no thread of its own: whoever steps the emulator publishes. Nothing here blocks, and a subscriber that does
    not keep up misses messages. Trouble while publishing is logged and never reaches the one who steps.

    Args:
        endpoint: "ipc:///path" or "tcp://host:port"; the port may be * or 0 for any that is free.

    Raises:
        ConfigError: It is no endpoint, is taken, or is not allowed.
    """

    endpoint: str
    """Where it listens, with the real port and an absolute path."""

    def __init__(self, endpoint: str) -> None:
        self._session = os.urandom(8)
        self._about: wire.About | None = None
        self._topics: set[bytes] = set()
        self._wants_about = self._wants_step = False
        self._wanted_images: tuple[str, ...] = ()
        self._next_look = self._next_about = self._next_image = 0.0
        self._body = wire.body_struct(0)
        self._context = zmq.Context()
        self._socket: zmq.Socket[Any] = self._context.socket(zmq.XPUB)
        self._remove_file: Callable[[], object] | None = None
        try:
            for option, value in (
                (zmq.LINGER, LINGER),
                (zmq.SNDHWM, QUEUE),
                (zmq.MAXMSGSIZE, MAX_REQUEST),
                (zmq.HEARTBEAT_IVL, HEARTBEAT),
                # Tell of every subscription, not only of the first to a topic: each new one gets the announcement.
                (zmq.XPUB_VERBOSE, 1),
            ):
                self._socket.setsockopt(option, value)
            self.endpoint, file = endpoints.bind(self._socket, endpoint)
            if file is not None:
                # Also when an emulator is left open until the interpreter ends; and never twice, because the next
                # publisher's file may get the same inode number.
                self._remove_file = weakref.finalize(self, file.remove)
        except BaseException:
            self.close()
            raise

    def start(
        self,
        memory: SharedMemory,
        region: int,
        *,
        env_id: str,
        game_id: str,
        backend: str,
        names: Sequence[str],
        unsigned: Sequence[str],
        frame_ratio: int,
        refresh: float,
    ) -> None:
        """Says what the steps to come are about; see `wire.About`."""
        self._about = wire.About(
            session=self._session.hex(),
            env_id=str(env_id),
            game_id=game_id,
            backend=backend,
            frame_ratio=frame_ratio,
            refresh=float(refresh),
            names=tuple(names),
            unsigned=tuple(unsigned),
            memory=wire.locate(memory.descriptor, memory.offset(region), memory.region_size),
        )
        self._body = wire.body_struct(len(names))

    def step(self, view: SlotView) -> None:
        """Publishes what a step left in its slot; called after every step, by the thread that made it."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_INTERVAL
            self._guard(self._look, now)
        if self._wants_step or self._wanted_images:
            self._guard(self._send, view, now)

    def _guard(self, work: Any, *arguments: Any) -> None:
        try:
            work(*arguments)
        except zmq.Again:
            # A subscriber's queue is full: it misses this one.
            pass
        except (zmq.ZMQError, ToolkitError, OSError, ValueError) as error:
            logger.warning("publishing on %s failed: %s", self.endpoint, error)

    def _look(self, now: float) -> None:
        """Takes note of who came and went."""
        socket, news = self._socket, False
        for _ in range(MAX_REQUESTS_A_LOOK):
            if not int(socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN:
                break
            request = socket.recv_multipart(zmq.NOBLOCK)[0]
            news |= self._note(request[:1], request[1:])
        if news or (self._wants_about and now >= self._next_about):
            self._announce(now)

    def _note(self, kind: bytes, topic: bytes) -> bool:
        """Handles one subscription (kind 1) or the end of the last of a topic (0); is the announcement asked for?"""
        known = (wire.ABOUT, wire.STEP, *wire.IMAGES.values())
        if not any(name.startswith(topic) for name in known):
            return False
        if kind == b"\x01":
            self._topics.add(topic)
        elif kind == b"\x00":
            self._topics.discard(topic)
        self._wants_about = self._wants(wire.ABOUT)
        self._wants_step = self._wants(wire.STEP)
        self._wanted_images = tuple(name for name, image_topic in wire.IMAGES.items() if self._wants(image_topic))
        return kind == b"\x01" and wire.ABOUT.startswith(topic)

    def _wants(self, name: bytes) -> bool:
        return any(name.startswith(topic) for topic in self._topics)

    def _announce(self, now: float) -> None:
        if self._about is not None:
            self._next_about = now + ABOUT_INTERVAL
            self._socket.send_multipart((wire.ABOUT, self._about.pack()), zmq.NOBLOCK)

    def _send(self, view: SlotView, now: float) -> None:
        frame, values = view.frame, view.values
        height, width = (0, 0) if frame is None else frame.pixels.shape[:2]
        body = self._body.pack(
            self._session,
            view.sequence,
            view.frame_number,
            time.time(),
            view.slot,
            width,
            height,
            len(values),
            *values,
        )
        # The picture goes first, so that whoever gets both has it when the step comes.
        if self._wanted_images and frame is not None and now >= self._next_image:
            rgb = frame.rgb()
            for name in self._wanted_images:
                picture = images.encode(rgb, name)
                self._socket.send_multipart((wire.IMAGES[name], body, picture), zmq.NOBLOCK)
            spent = time.monotonic() - now
            self._next_image = now + max(1 / IMAGE_RATE, spent / IMAGE_SHARE)
        if self._wants_step:
            self._socket.send_multipart((wire.STEP, body), zmq.NOBLOCK)

    def close(self) -> None:
        """Stops publishing and removes the socket file. Safe to call twice, and from a forked process."""
        if self._remove_file is not None:
            self._remove_file()
        self._socket.close()
        self._context.term()
