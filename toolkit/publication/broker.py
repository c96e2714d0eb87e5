"""A running broker, as its publisher sees it."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket as sockets
import sys
from pathlib import Path
from typing import Final

from toolkit.broker.protocol import FLOODED, NOBODY, PICTURE, PREFIX, Settings
from toolkit.limits import limits_named
from toolkit.link import FrameView
from toolkit.link.descriptors import Descriptor, above_standard, socket_above_standard
from toolkit.link.process import EmulatorProcess

# Asked for; the kernel gives less where its limit is lower. With its usual one it is enough for 500 small messages.
SEND_BUFFER: Final = 2**20
# How many changes of who is subscribed are read at once.
NOTES: Final = 64
NO_PICTURE: Final = PREFIX.pack(0, 0, 0)
# Seconds that the last messages have to leave, and the process to end.
PATIENCE: Final = 0.5
# What it imports comes after Python's own modules, as with `site`.
PROGRAM: Final = "import sys; sys.path += sys.argv[2:]; from toolkit.broker.server import main; main(int(sys.argv[1]))"


class BrokerGone(Exception):
    """The broker has ended."""


class Broker:
    """A broker process; starting it does not wait for it. Nothing here ever blocks, but for `close`.

    Args:
        endpoint: Where the listening socket `listener` listens.
        listener: The descriptor of that.
        about: The announcement.
        about_interval, image_rate, image_share: See `toolkit.broker.protocol.Settings`.

    Raises:
        ToolkitError, OSError: The process cannot be started.
    """

    wanted = False
    """Whether anybody is subscribed to steps or pictures; `look` brings it up to date."""
    picture_wanted = False
    """Whether the next picture is to be sent along."""

    def __init__(
        self,
        *,
        endpoint: str,
        listener: int,
        about: str,
        about_interval: float,
        image_rate: float,
        image_share: float,
    ) -> None:
        self._owner = os.getpid()
        with limits_named("cannot start the process that publishes"), contextlib.ExitStack() as stack:
            self._channel, theirs = sockets.socketpair(sockets.AF_UNIX, sockets.SOCK_SEQPACKET)
            theirs = socket_above_standard(theirs)
            stack.enter_context(theirs)
            failed = stack.enter_context(contextlib.ExitStack())
            failed.callback(self._channel.close)
            self._channel.setblocking(False)
            self._channel.setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDBUF, SEND_BUFFER)
            made = Descriptor(os.memfd_create("toolkit-picture", os.MFD_CLOEXEC))
            self._picture: int = above_standard(made)
            del made
            failed.callback(setattr, self, "_picture", -1)
            settings = above_standard(
                Descriptor(
                    Settings(
                        endpoint=endpoint,
                        listener=listener,
                        channel=theirs.fileno(),
                        picture=self._picture,
                        about=about,
                        about_interval=about_interval,
                        image_rate=image_rate,
                        image_share=image_share,
                    ).write()
                )
            )
            self._process = EmulatorProcess(
                # -S: what `site` does takes longer than all else. -P, -s, -B: nothing is imported from the current or
                # the user's folder, and nothing is written.
                [sys.executable, "-S", "-P", "-s", "-B", "-c", PROGRAM, str(settings), *_folders()],
                cwd=Path("/"),
                env=_environment(),
                pass_fds=(listener, theirs.fileno(), self._picture, settings),
                output=Path(os.devnull),
            )
            failed.pop_all()

    def look(self) -> None:
        """Reads what the broker has said.

        Raises:
            BrokerGone: It has ended.
        """
        for _ in range(NOTES):
            try:
                note = self._channel.recv(16)
            except BlockingIOError:
                return
            except OSError as error:
                raise BrokerGone from error
            if not note:
                raise BrokerGone
            if note == PICTURE:
                self.picture_wanted = True
            else:
                self.wanted = note != NOBODY

    def send(self, body: bytes, frame: FrameView | None) -> bool:
        """Hands one step over, with its picture, if that was asked for and there is one.

        Returns:
            Whether it was taken; where the broker has not yet taken enough of those before, it is dropped.

        Raises:
            BrokerGone: It has ended.
        """
        prefix, with_picture = NO_PICTURE, self.picture_wanted and frame is not None
        try:
            if with_picture and frame is not None:
                height, width = frame.pixels.shape[:2]
                os.pwrite(self._picture, frame.pixels.data, 0)
                prefix = PREFIX.pack(frame.format, width, height)
            self._channel.send(prefix + body)
        except BlockingIOError:
            return False
        except ConnectionError as error:
            raise BrokerGone from error
        if with_picture:
            self.picture_wanted = False
        return True

    def forget(self) -> None:
        """For a forked process: lets all of it go, so that the broker ends with its publisher."""
        self._channel.close()
        self._picture = -1

    def describe_exit(self) -> str:
        """In words, how it ended; after `close`."""
        if self._process.exit_code == FLOODED:
            return "was sent too many subscriptions, so that it disconnected all"
        return self._process.describe_exit()

    def close(self, patience: float = PATIENCE) -> None:
        """Ends the process. Safe to call twice, and from a forked process.

        Args:
            patience: Seconds that its last messages have to leave; 0 where it has ended already.
        """
        if self._owner == os.getpid():
            with contextlib.suppress(OSError):
                self._channel.shutdown(sockets.SHUT_WR)
            if patience:
                self._process.end(patience)
            else:
                self._process.kill()
        self.forget()


def _environment() -> dict[str, str]:
    """Without the variables that change what Python does, but for where its own modules are."""
    return {name: value for name, value in os.environ.items() if name == "PYTHONHOME" or not name.startswith("PYTHON")}


def _folders() -> list[str]:
    """What the process imports from. An editable installation is found by code that `site` would run."""
    found = (importlib.util.find_spec(name) for name in ("toolkit", "zmq", "PIL"))
    folders = [str(Path(spec.origin).parent.parent) for spec in found if spec is not None and spec.origin is not None]
    return list(dict.fromkeys(folders))
