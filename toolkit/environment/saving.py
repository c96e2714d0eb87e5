"""A game's saved state as bytes: what Python knows of it, as JSON, and the emulator's state behind it."""

from __future__ import annotations

import json
import zlib
from typing import Any, Final

from toolkit.errors import StateError

MAGIC: Final = b"coinop-game 1\n"


def pack(known: dict[str, Any], machine: bytes) -> bytes:
    """One state of both; `known` holds what JSON can, and tuples."""
    body = json.dumps(known).encode() + b"\n" + machine
    return MAGIC + b"%08x\n" % zlib.crc32(body) + body


def unpack(state: bytes) -> tuple[dict[str, Any], bytes]:
    """What `pack` was given, with tuples for all that were tuples or lists.

    Raises:
        StateError: It is no such state, or damaged.
    """
    if not isinstance(state, (bytes, bytearray, memoryview)):
        raise StateError(f"expected the bytes that save_state() returned, got {type(state).__name__}")
    raw = bytes(state)
    start = len(MAGIC) + 9
    if not raw.startswith(MAGIC) or len(raw) < start:
        raise StateError("expected the bytes that an environment's save_state() returned, got something else")
    if raw[len(MAGIC) : start] != b"%08x\n" % zlib.crc32(memoryview(raw)[start:]):
        raise StateError("this state is damaged or cut short: its checksum is wrong")
    end = raw.index(b"\n", start)
    return {name: _tuples(value) for name, value in json.loads(raw[start:end]).items()}, raw[end + 1 :]


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tuples(entry) for name, entry in value.items()}
    return tuple(_tuples(entry) for entry in value) if isinstance(value, list) else value
