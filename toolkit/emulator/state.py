"""What a saved state is made of: a line that says what it is, its head in JSON, and the emulator's own data."""

from __future__ import annotations

import json
import zlib
from typing import Any, Final

from toolkit.errors import StateError
from toolkit.foreign_json import count, member, parse_object

MAGIC: Final = b"coinop-state 1\n"


def pack_state(identity: str, frame_number: int, details: dict[str, Any], data: bytes) -> bytes:
    """A state of the machine `identity` in its frame `frame_number`; `details` is what loading `data` takes."""
    head = {"from": identity, "frame_number": frame_number, "size": len(data), "crc": zlib.crc32(data), **details}
    return MAGIC + json.dumps(head).encode() + b"\n" + data


def unpack_state(state: bytes, identity: str) -> tuple[int, dict[str, Any], bytes]:
    """The frame number, the details and the data of a state that comes from the machine `identity`.

    Raises:
        StateError: It is no state, is cut short or damaged, or comes from another machine or emulator.
    """
    if not isinstance(state, (bytes, bytearray, memoryview)):
        raise StateError(f"expected the bytes that save_state() returned, got {type(state).__name__}")
    raw = bytes(state)
    end = raw.find(b"\n", len(MAGIC))
    if not raw.startswith(MAGIC) or end < 0:
        raise StateError("expected the bytes that save_state() returned, got something else")
    try:
        details = parse_object(raw[len(MAGIC) : end])
        origin, frame_number, size = (
            member(details, "from", str),
            count(details, "frame_number"),
            count(details, "size"),
        )
    except ValueError as error:
        raise StateError(f"the head of this state cannot be read; it is damaged: {error}") from None
    if origin != identity:
        raise StateError(f"this state was saved by {origin}, and this is {identity}")
    data = raw[end + 1 :]
    if len(data) != size:
        raise StateError(f"this state is cut short: expected {size} bytes of data, got {len(data)}")
    if zlib.crc32(data) != details.get("crc"):
        # The emulator itself may not notice, or only when half of the machine is overwritten.
        raise StateError("the data of this state is damaged: its checksum is wrong")
    return frame_number, details, data
