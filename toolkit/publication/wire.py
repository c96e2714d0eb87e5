"""What goes over the wire: topics, the head of a message, the announcement. docs/publication.md says it in words.

Version history:
    1  first version.
"""

from __future__ import annotations

import json
import math
import os
import struct
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from toolkit.broker.protocol import ABOUT, IMAGES, STEP
from toolkit.errors import ProtocolError, VersionMismatch

__all__ = ["ABOUT", "IMAGES", "STEP", "About", "Head", "Location", "body_struct", "boot_id", "locate", "start_time"]

PUBLICATION_VERSION: Final = 1
# Bytes. The longest that a publisher sends has some thousands of names.
MAX_ABOUT: Final = 2**21
# Of a picture, wherever it comes from: the largest that fits the memory of an emulator.
MAX_PIXELS: Final = 2**24

# session, sequence, frame number, time, slot, width, height, value count; the values follow as int64
HEAD: Final = struct.Struct("<8sQQdIIII")


def body_struct(values: int) -> struct.Struct:
    """The second part of a step or image message: the head and `values` watched values."""
    return struct.Struct(f"{HEAD.format}{values}q")


@dataclass(frozen=True, slots=True)
class Location:
    """Where the publisher's shared memory is, for a process of the same host; enough to notice if it no longer is."""

    boot_id: str
    pid: int
    start_time: int
    fd: int
    device: int
    inode: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class About:
    """The announcement: everything that stays the same from step to step.

    `session` is 16 hexadecimal digits, new with every publisher. `refresh` is the machine's frames per second, 0 where
    it has no screen. `unsigned` are the names whose values are uint64 although they are sent as int64.
    """

    session: str
    env_id: str
    game_id: str
    backend: str
    frame_ratio: int
    refresh: float
    names: tuple[str, ...]
    unsigned: tuple[str, ...]
    memory: Location

    def pack(self) -> bytes:
        return json.dumps({"version": PUBLICATION_VERSION, **asdict(self)}).encode()

    @classmethod
    def unpack(cls, data: bytes) -> About:
        """Raises ProtocolError for anything that is no announcement, VersionMismatch for one of another version."""
        try:
            if len(data) > MAX_ABOUT:
                raise ValueError(f"{len(data)} bytes")
            fields = _typed(json.loads(data), dict)
            version = fields["version"]
            if version != PUBLICATION_VERSION:
                raise VersionMismatch(
                    f"expected publication version {PUBLICATION_VERSION}, got {version!r:.20}; install the same "
                    f"coinop-toolkit on both sides"
                )
            where = _typed(fields["memory"], dict)
            numbers = {name: _number(where[name]) for name in Location.__dataclass_fields__ if name != "boot_id"}
            about = cls(
                session=_text(fields["session"]),
                env_id=_text(fields["env_id"]),
                game_id=_text(fields["game_id"]),
                backend=_text(fields["backend"]),
                frame_ratio=_number(fields["frame_ratio"]),
                refresh=float(_typed(fields["refresh"], int, float)),
                names=tuple(map(_text, _typed(fields["names"], list))),
                unsigned=tuple(map(_text, _typed(fields["unsigned"], list))),
                memory=Location(boot_id=_text(where["boot_id"]), **numbers),
            )
            if not 0 <= about.refresh < math.inf:
                raise ValueError(f"refresh is {about.refresh}")
            if len(set(about.names)) != len(about.names) or not set(about.unsigned) <= set(about.names):
                raise ValueError("names are there twice, or unsigned ones that are no names")
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            raise ProtocolError(
                f"expected an announcement, got {data[:200]!r} ({type(error).__name__}: {str(error)[:100]!r})"
            ) from error
        return about


def _typed(value: Any, *kinds: type) -> Any:
    """`value`, as JSON has it, if it is of that kind; a bool is no number."""
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise TypeError(f"expected {' or '.join(kind.__name__ for kind in kinds)}, got {type(value).__name__}")
    return value


def _text(value: Any) -> str:
    text: str = _typed(value, str)
    return text


def _number(value: Any) -> int:
    number: int = _typed(value, int)
    if not 0 <= number < 2**63:
        raise ValueError("a number is out of range")
    return number


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a step or image message."""

    session: str
    sequence: int
    frame_number: int
    time: float
    slot: int
    width: int
    height: int
    values: tuple[int, ...]

    @classmethod
    def unpack(cls, data: bytes) -> Head:
        """Raises ProtocolError for anything that is none."""
        try:
            session, sequence, number, time, slot, width, height, count = HEAD.unpack_from(data)
            if len(data) != HEAD.size + 8 * count:
                raise ValueError(f"{count} values in {len(data)} bytes")
            if not math.isfinite(time) or bool(width) != bool(height):
                raise ValueError(f"time {time}, picture {width}x{height}")
            values = struct.unpack_from(f"<{count}q", data, HEAD.size)
        except (struct.error, ValueError) as error:
            raise ProtocolError(f"expected the head of a step, got {data[:200]!r} ({error})") from error
        return cls(session.hex(), sequence, number, time, slot, width, height, values)


def boot_id() -> str:
    """A name for this host since it was switched on; "" where the kernel does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def start_time(pid: int) -> int:
    """When a process was started, in clock ticks since the host was: with its number, it names it for good.

    Raises:
        OSError: There is no such process, or it may not be looked at.
    """
    data = Path(f"/proc/{pid}/stat").read_bytes()
    # The second field is the program's name in brackets, and may itself hold spaces and brackets.
    return int(data[data.rindex(b")") + 2 :].split()[19])


def locate(descriptor: int, offset: int, size: int) -> Location:
    """The location of this process's own memory file."""
    found = os.fstat(descriptor)
    pid = os.getpid()
    return Location(boot_id(), pid, start_time(pid), descriptor, found.st_dev, found.st_ino, offset, size)
