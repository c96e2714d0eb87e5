"""The publishing side: tells every step of one emulator to whoever subscribed, and costs nothing while nobody did."""

from __future__ import annotations

import logging
import os
import time
import weakref
from collections.abc import Sequence
from typing import Final

from toolkit.errors import ConfigError, ToolkitError
from toolkit.link import SharedMemory, SlotView
from toolkit.publication import wire
from toolkit.publication.broker import Broker, BrokerGone
from toolkit.publication.endpoint import Endpoint
from toolkit.publication.listener import Listener

logger = logging.getLogger(__name__)

# Seconds between two looks for new subscribers.
LOOK_INTERVAL: Final = 0.05
# Seconds between two announcements for those who are subscribed to them.
ABOUT_INTERVAL: Final = 1.0
IMAGE_RATE: Final = 10.0
# The part of a processor that encoding takes at most, however slow it is.
IMAGE_SHARE: Final = 0.2
# Seconds until a broker that died is replaced: at first, and at most, as each one that dies young doubles it.
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 10.0
OLD: Final = 60.0
# A step must fit into one message to the broker.
MAX_VALUES: Final = 10_000

_publishers: weakref.WeakSet[Publisher] = weakref.WeakSet()


def _forget() -> None:
    # A forked worker must not hold the listening socket nor the channel: they would outlive the publisher.
    for publisher in list(_publishers):
        publisher.forget()


os.register_at_fork(after_in_child=_forget)


class Publisher:
    """Publishes one emulator on one endpoint. Made before the emulator, because the endpoint may be taken.

    What subscribers send is read by a process of its own, the broker, which is started when the first one connects:
    whatever they do to it, it is replaced, and the one who steps does not notice. Nothing here blocks. Trouble while
    publishing is logged and never reaches the one who steps.

    Args:
        endpoint: "ipc:///path" or "tcp://host:port"; the port may be * or 0 for any that is free. An `Endpoint` says
            that others than this user of this host may listen.

    Raises:
        ConfigError: It is no endpoint, is taken, is not allowed, or reaches further than was asked for.
    """

    endpoint: str
    """Where it listens, with the real port and an absolute path."""
    dropped = 0
    """How many steps were not handed on because the broker did not keep up."""

    def __init__(self, endpoint: str | Endpoint) -> None:
        self._session = os.urandom(8)
        self._about: wire.About | None = None
        self._broker: Broker | None = None
        self._wanted = False
        self._next_look = self._next_start = self._started = 0.0
        self._pause = FIRST_PAUSE
        self._body = wire.body_struct(0)
        self._listener = listener = Listener(endpoint)
        self.endpoint = listener.endpoint
        # Also when an emulator is left open until the interpreter ends; and never twice, because the next publisher's
        # file may get the same inode number.
        try:
            self._remove_file = None if listener.file is None else weakref.finalize(self, listener.file.remove)
            _publishers.add(self)
        except BaseException:
            listener.close()
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
        """Says what the steps to come are about; see `wire.About`. `memory` stays the caller's.

        Raises:
            ConfigError: More values than can be published.
        """
        if len(names) > MAX_VALUES:
            raise ConfigError(f"at most {MAX_VALUES} values can be published, got {len(names)}")
        self._about = wire.About(
            session=self._session.hex(),
            env_id=str(env_id),
            game_id=game_id,
            backend=backend,
            frame_ratio=frame_ratio,
            refresh=float(refresh),
            names=tuple(names),
            unsigned=tuple(unsigned),
            memory=wire.locate(int(memory.descriptor), memory.offset(region), memory.region_size),
        )
        self._body = wire.body_struct(len(names))

    def wanted(self) -> bool:
        """Whether a step is to be published; asked after every step, by the thread that made it."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + LOOK_INTERVAL
            self._look(now)
        return self._wanted

    def step(self, view: SlotView) -> None:
        """Publishes what a step left in its slot, complete, if that is wanted."""
        if self.wanted():
            self.publish(view)

    def publish(self, view: SlotView) -> None:
        """The same without asking; called only after `wanted` said so."""
        broker = self._broker
        if broker is None:
            return
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
        try:
            if not broker.send(body, frame):
                self.dropped += 1
        except BrokerGone:
            self._lose("")
        except OSError as error:
            logger.warning("publishing on %s failed: %s", self.endpoint, error)

    # --- the broker -------------------------------------------------------------------------------------------------

    def _look(self, now: float) -> None:
        """Takes note of who came and went."""
        try:
            if self._broker is not None:
                self._broker.look()
                self._wanted = self._broker.wanted
            elif self._about is not None and now >= self._next_start and self._listener.waits():
                self._start_broker(now)
        except BrokerGone:
            self._lose("")
        except (ToolkitError, OSError) as error:
            self._lose(f"cannot be started ({error})")

    def _start_broker(self, now: float) -> None:
        assert self._about is not None
        self._started = now
        self._broker = Broker(
            endpoint=self.endpoint,
            listener=self._listener.socket.fileno(),
            about=self._about.pack().decode(),
            about_interval=ABOUT_INTERVAL,
            image_rate=IMAGE_RATE,
            image_share=IMAGE_SHARE,
        )

    def _lose(self, how: str) -> None:
        """The broker has ended, or could not be started: the next one is started a little later."""
        now = time.monotonic()
        broker, self._broker, self._wanted = self._broker, None, False
        if broker is not None:
            broker.close(0)
            how = broker.describe_exit()
        if now - self._started > OLD:
            self._pause = FIRST_PAUSE
        self._next_start = now + self._pause
        logger.warning(
            "the process that publishes on %s %s; subscribers are served again in %.1f s, the emulator goes on",
            self.endpoint,
            how,
            self._pause,
        )
        self._pause = min(LONGEST_PAUSE, 2 * self._pause)

    # --- the end ----------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """For a forked process: this object is the other one's, and does nothing here any more."""
        self._wanted, self._about = False, None
        self._listener.close()
        if self._broker is not None:
            self._broker.forget()

    def close(self) -> None:
        """Stops publishing and removes the socket file. Safe to call twice, and from a forked process."""
        self._wanted, self._about = False, None
        if self._remove_file is not None:
            self._remove_file.detach()
        self._listener.close()
        if self._broker is not None:
            self._broker.close()
            self._broker = None
