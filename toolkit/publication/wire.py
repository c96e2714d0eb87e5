"""What goes over the wire: topics, the head of a message, the announcement. docs/publication.md says it in words.

Version history:
    1  first version.
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from toolkit.broker.protocol import ABOUT, IMAGES, STEP
from toolkit.errors import ProtocolError, VersionMismatch

__all__ = ["ABOUT", "IMAGES", "STEP", "About", "Head", "Location", "body_struct", "boot_id", "locate", "start_time"]

PUBLICATION_VERSION: Final = 1

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
            fields: dict[str, Any] = json.loads(data)
            version = fields["version"]
            if version != PUBLICATION_VERSION:
                raise VersionMismatch(
                    f"expected publication version {PUBLICATION_VERSION}, got {version}; install the same "
                    f"coinop-toolkit on both sides"
                )
            where = {name: int(fields["memory"][name]) for name in Location.__dataclass_fields__ if name != "boot_id"}
            return cls(
                session=str(fields["session"]),
                env_id=str(fields["env_id"]),
                game_id=str(fields["game_id"]),
                backend=str(fields["backend"]),
                frame_ratio=int(fields["frame_ratio"]),
                refresh=float(fields["refresh"]),
                names=tuple(map(str, fields["names"])),
                unsigned=tuple(map(str, fields["unsigned"])),
                memory=Location(boot_id=str(fields["memory"]["boot_id"]), **where),
            )
        except (ValueError, TypeError, KeyError) as error:
            raise ProtocolError(f"expected an announcement, got {data[:200]!r}") from error


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
            values = struct.unpack_from(f"<{count}q", data, HEAD.size)
        except struct.error as error:
            raise ProtocolError(f"expected the head of a step, got {data[:200]!r}") from error
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
