"""A subscriber's connection to one publisher."""

from __future__ import annotations

import contextlib
import logging
import time
from typing import Any, Final

import zmq
from zmq.utils.monitor import recv_monitor_message

from toolkit.broker.protocol import MAX_PART
from toolkit.errors import ProtocolError
from toolkit.publication import wire
from toolkit.publication.endpoint import split
from toolkit.publication.mapping import Mapping, MappingRefused
from toolkit.publication.update import Picture, Update

logger = logging.getLogger(__name__)

HEARTBEAT: Final = 5000
RECONNECT: Final = 100
CONNECTED: Final = zmq.EVENT_HANDSHAKE_SUCCEEDED
DISCONNECTED: Final = zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
# Seconds after the end of a connection within which ZeroMQ says that it tries again, if it does.
GIVEN_UP: Final = 0.2
NOT_WANTED: Final = "this subscriber was made without frames"
NOT_ENCODED: Final = "only some frames a second are sent encoded; snapshot() waits for one"


class Source:
    """One SUB socket with what its publisher announced.

    Args:
        context: The subscriber's.
        endpoint: The publisher's.
        frames: Whether pictures are wanted.
        encoding: How they are to be sent where the publisher's memory cannot be mapped: "png" or "jpeg".
        queue: How many messages may wait here.
    """

    def __init__(self, context: zmq.Context[Any], endpoint: str, *, frames: bool, encoding: str, queue: int) -> None:
        split(endpoint, wildcards=False)
        self.endpoint = endpoint
        self.connected = False
        self.lost_since: float | None = None
        self.ever_connected = False
        self._frames = frames
        self._image_topic = wire.IMAGES[encoding]
        self._about: wire.About | None = None
        self._mapping: Mapping | None = None
        self._missing = NOT_WANTED
        self._encoded: tuple[int, bytes] = (0, b"")
        self.socket: zmq.Socket[Any] = context.socket(zmq.SUB)
        self.monitor: zmq.Socket[Any] | None = None
        try:
            for option, value in (
                (zmq.LINGER, 0),
                (zmq.RCVHWM, queue),
                (zmq.HEARTBEAT_IVL, HEARTBEAT),
                (zmq.RECONNECT_IVL, RECONNECT),
                (zmq.MAXMSGSIZE, MAX_PART),
            ):
                self.socket.setsockopt(option, value)
            if "[" in endpoint:
                self.socket.setsockopt(zmq.IPV6, 1)
            self.monitor = self.socket.get_monitor_socket(CONNECTED | DISCONNECTED | zmq.EVENT_CONNECT_RETRIED)
            self.monitor.setsockopt(zmq.LINGER, 0)
            self.socket.subscribe(wire.ABOUT)
            self.socket.subscribe(wire.STEP)
            self.socket.connect(endpoint)
        except BaseException:
            self.close()
            raise

    def look(self) -> None:
        """Takes note of whether the publisher is there."""
        while self.monitor is not None and self.monitor.poll(0):
            event = recv_monitor_message(self.monitor, zmq.NOBLOCK)["event"]
            self.connected = event == CONNECTED
            self.ever_connected |= self.connected
            self.lost_since = time.monotonic() if event & DISCONNECTED else None

    def check(self) -> None:
        """Whether ZeroMQ has given the publisher up, as it does with one that breaks its protocol. It connects anew.

        Raises:
            ProtocolError: It has.
        """
        if self.lost_since is not None and time.monotonic() - self.lost_since >= GIVEN_UP:
            self.lost_since = None
            with contextlib.suppress(zmq.ZMQError):
                self.socket.disconnect(self.endpoint)
            self.socket.connect(self.endpoint)
            raise ProtocolError(
                f"{self.endpoint} does not keep to ZeroMQ's protocol, or sent a message of more than {MAX_PART} bytes; "
                f"it is no publisher"
            )

    def receive(self) -> Update | None:
        """Handles one message; the update, if it was a step's.

        Raises:
            zmq.Again: There is none.
            ProtocolError: It is not what a publisher sends.
            VersionMismatch: The publisher speaks another version.
        """
        topic, *parts = self.socket.recv_multipart(zmq.NOBLOCK)
        if topic == wire.ABOUT and len(parts) == 1:
            self._learn(wire.About.unpack(parts[0]))
        elif topic == wire.STEP and len(parts) == 1:
            return self._update(wire.Head.unpack(parts[0]))
        elif topic == self._image_topic and len(parts) == 2:
            self._encoded = wire.Head.unpack(parts[0]).sequence, parts[1]
        else:
            raise ProtocolError(f"{self.endpoint} sent {topic[:100]!r} in {len(parts) + 1} parts; it is no publisher")
        return None

    def _learn(self, about: wire.About) -> None:
        if about == self._about:
            return
        if self._mapping is not None:
            self._mapping.close()
        self._about, self._mapping, self._encoded = about, None, (0, b"")
        if self._frames:
            try:
                self._mapping = Mapping(about.memory)
                self.socket.unsubscribe(self._image_topic)
            except MappingRefused as reason:
                logger.info("%s sends encoded pictures: %s", self.endpoint, reason)
                self._missing = f"{NOT_ENCODED} (its memory cannot be mapped: {reason})"
                self.socket.subscribe(self._image_topic)

    def _update(self, head: wire.Head) -> Update | None:
        about = self._about
        if about is None or head.session != about.session:
            # Its announcement is still to come.
            return None
        if len(head.values) != len(about.names):
            raise ProtocolError(f"{self.endpoint} announced {len(about.names)} values and sent {len(head.values)}")
        values = dict(zip(about.names, head.values, strict=True))
        for name in about.unsigned:
            values[name] %= 2**64
        sequence, encoded = self._encoded
        return Update(
            endpoint=self.endpoint,
            env_id=about.env_id,
            game_id=about.game_id,
            backend=about.backend,
            frame_number=head.frame_number,
            sequence=head.sequence,
            time=head.time,
            values=values,
            shape=(head.height, head.width, 3) if head.width else None,
            frame_ratio=about.frame_ratio,
            refresh=about.refresh,
            _picture=Picture(
                mapping=self._mapping,
                slot=head.slot,
                encoded=encoded if sequence == head.sequence else None,
                missing=self._missing,
            ),
        )

    def close(self) -> None:
        """Safe to call twice, and on a half-built object."""
        if self._mapping is not None:
            self._mapping.close()
        if self.monitor is not None:
            self.socket.disable_monitor()
            self.monitor.close()
            self.monitor = None
        self.socket.close()
