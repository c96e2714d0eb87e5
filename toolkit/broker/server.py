"""The broker: takes steps from its publisher, and sends them to whoever subscribed."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import socket as sockets
import time
from typing import Any, Final, NoReturn

import zmq

from toolkit.broker import limits
from toolkit.broker.protocol import ABOUT, FLOODED, IMAGES, MAX_PART, NOBODY, PICTURE, PREFIX, SOMEBODY, STEP, Settings

# How many messages may wait for one subscriber before it misses some.
QUEUE: Final = 500
# Milliseconds that the last messages have to leave after the publisher was closed.
LINGER: Final = 100
HEARTBEAT: Final = 5000
# Bytes of a subscription. The longest topic has 10; whoever sends more is disconnected.
MAX_REQUEST: Final = 64
# How much is taken from one side before the other one's turn comes.
A_TURN: Final = 100
# The longest message of a publisher.
MAX_MESSAGE: Final = 2**20
# Seconds between two announcements, however often somebody subscribes.
ABOUT_PAUSE: Final = 0.05
IDLE: Final = 1.0
# Subscriptions that are taken at once, and from then on in a second. Those of an honest subscriber are three, and would
# wait behind millions of another one's. That one alone cannot be disconnected, so that all are: honest ones come back.
BURST: Final = 5000
RATE: Final = 1000


class Flooded(Exception):
    """The subscribers ask for too much."""


class Server:
    """Serves until the publisher's end of the channel is closed.

    Args:
        settings: What it was started with; the descriptors named there are this object's from now on.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._about = settings.about.encode()
        self._topics: set[bytes] = set()
        self._wants_about = self._wants_step = False
        self._wanted_images: tuple[str, ...] = ()
        self._told = self._asked = False
        self._next_about = self._next_image = self._last_about = 0.0
        self._credit, self._credited = float(BURST), time.monotonic()
        self._channel = sockets.socket(fileno=settings.channel)
        self._channel.setblocking(False)
        self._context = zmq.Context()
        self._socket: zmq.Socket[Any] = self._context.socket(zmq.XPUB)
        for option, value in (
            (zmq.LINGER, LINGER),
            (zmq.SNDHWM, QUEUE),
            (zmq.MAXMSGSIZE, MAX_REQUEST),
            (zmq.HEARTBEAT_IVL, HEARTBEAT),
            # Whoever connects and says nothing takes a place that an honest one could have.
            (zmq.HANDSHAKE_IVL, HEARTBEAT),
            # Tell of every subscription, not only of the first to a topic: each new one gets the announcement.
            (zmq.XPUB_VERBOSE, 1),
            # The publisher has bound it, and keeps it for the next broker.
            (zmq.USE_FD, settings.listener),
        ):
            self._socket.setsockopt(option, value)
        if settings.endpoint.startswith("tcp://["):
            self._socket.setsockopt(zmq.IPV6, 1)
        self._socket.bind(settings.endpoint)

    def serve(self) -> None:
        """Returns after the publisher was closed, with all that it has sent handed on.

        Raises:
            Flooded: There are more subscriptions than could be honest.
        """
        poller = zmq.Poller()
        poller.register(self._channel, zmq.POLLIN)
        poller.register(self._socket, zmq.POLLIN)
        open_ = True
        while open_:
            ready = dict(poller.poll(math.ceil(1000 * self._patience())))
            limits.begin_turn()
            if self._socket in ready:
                self._take_requests()
            if self._wants_about and time.monotonic() >= self._next_about:
                self._announce()
            self._tell()
            if self._channel.fileno() in ready:
                open_ = self._hand_on()
        self._socket.close()
        self._context.term()

    def _patience(self) -> float:
        """Seconds until something is due."""
        due = time.monotonic() + IDLE
        if self._wants_about:
            due = min(due, self._next_about)
        if self._wanted_images and not self._asked:
            due = min(due, self._next_image)
        return max(0.0, due - time.monotonic())

    # --- subscribers ------------------------------------------------------------------------------------------------

    def _take_requests(self) -> None:
        now = time.monotonic()
        self._credit = min(BURST, self._credit + RATE * (now - self._credited))
        self._credited = now
        for _ in range(A_TURN):
            try:
                request = self._socket.recv_multipart(zmq.NOBLOCK)[0]
            except zmq.Again:
                return
            self._credit -= 1
            if self._credit < 0:
                raise Flooded
            self._note(request[:1], request[1:])

    def _note(self, kind: bytes, topic: bytes) -> None:
        """Handles one subscription (kind 1) or the end of the last of a topic (0)."""
        if not any(name.startswith(topic) for name in (ABOUT, STEP, *IMAGES.values())):
            return
        if kind == b"\x01":
            self._topics.add(topic)
            if ABOUT.startswith(topic):
                self._next_about = min(self._next_about, self._last_about + ABOUT_PAUSE)
        elif kind == b"\x00":
            self._topics.discard(topic)
        self._wants_about = self._wants(ABOUT)
        self._wants_step = self._wants(STEP)
        self._wanted_images = tuple(name for name, image_topic in IMAGES.items() if self._wants(image_topic))

    def _wants(self, name: bytes) -> bool:
        return any(name.startswith(topic) for topic in self._topics)

    def _announce(self) -> None:
        self._last_about = time.monotonic()
        self._next_about = self._last_about + self._settings.about_interval
        self._send(ABOUT, self._about)

    def _send(self, *parts: bytes) -> None:
        # To a subscriber whose queue is full it is not sent.
        with contextlib.suppress(zmq.Again):
            self._socket.send_multipart(parts, zmq.NOBLOCK)

    # --- the publisher ----------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Tells the publisher what is wanted of it, where that has changed."""
        wanted = self._wants_step or bool(self._wanted_images)
        if wanted != self._told and self._write(SOMEBODY if wanted else NOBODY):
            self._told = wanted
        if self._wanted_images and not self._asked and time.monotonic() >= self._next_image:
            self._asked = self._write(PICTURE)

    def _write(self, note: bytes) -> bool:
        """False where the publisher has not read what it was told before: then the next turn tries again."""
        try:
            self._channel.send(note)
        except (BlockingIOError, ConnectionError):
            # Where the publisher is gone, what is received next is the end.
            return False
        return True

    def _hand_on(self) -> bool:
        """Sends on what has come from the publisher; False if that is closed."""
        for _ in range(A_TURN):
            try:
                message = self._channel.recv(MAX_MESSAGE)
            except BlockingIOError:
                return True
            except ConnectionError:
                return False
            if not message:
                return False
            form, width, height = PREFIX.unpack_from(message)
            body = message[PREFIX.size :]
            # The picture goes first, so that whoever gets both has it when the step comes.
            if form:
                self._send_pictures(form, (width, height), body)
            if self._wants_step:
                self._send(STEP, body)
        return True

    def _send_pictures(self, form: int, size: tuple[int, int], body: bytes) -> None:
        # Imported here, as few subscribers want pictures sent.
        from toolkit.broker import pictures

        settings, begin = self._settings, time.monotonic()
        # A picture that cannot be encoded is left out: the values go on.
        with contextlib.suppress(OSError, ValueError, KeyError):
            pixels = pictures.read(settings.picture, form, size)
            for name in self._wanted_images:
                picture = pictures.encode(pixels, form, size, name)
                if len(picture) <= MAX_PART:
                    self._send(IMAGES[name], body, picture)
        end = time.monotonic()
        self._asked = False
        self._next_image = begin + max(1 / settings.image_rate, (end - begin) / settings.image_share)


def main(descriptor: int) -> NoReturn:
    """Runs a broker whose settings are in the memory file `descriptor`, and ends the process."""
    # The publisher decides when this process ends: it closes its end of the channel, also by ending in any way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limits.apply()
    # Kept, so that it is the end of the process that closes the channel: what the publisher then finds is its status.
    server = Server(Settings.read(descriptor))
    status = 0
    try:
        server.serve()
    except Flooded:
        status = FLOODED
    # Quicker than an orderly end of the interpreter, for which the publisher would wait.
    os._exit(status)
