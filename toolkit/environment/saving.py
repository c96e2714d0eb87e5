"""A game's saved state as bytes: what Python knows of it, as JSON, and the emulator's state behind it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from toolkit.environment.phase import Phase
from toolkit.errors import StateError
from toolkit.foreign_json import count, member, parse_object

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
    end = raw.find(b"\n", start)
    try:
        if end < 0:
            raise ValueError("it has no end")
        known = parse_object(raw[start:end])
    except ValueError as error:
        raise StateError(f"what this state knows of the game cannot be read: {error}") from None
    return {name: _tuples(value) for name, value in known.items()}, raw[end + 1 :]


@dataclass(frozen=True, slots=True)
class Known:
    """What a state says of the game besides the machine."""

    phase: Phase
    stage: int
    done: tuple[bool, bool, bool]
    data: dict[str, int]
    attributes: dict[str, Any]


def read_known(known: Mapping[str, Any], game: str, addresses: Iterable[str], attributes: Mapping[str, Any]) -> Known:
    """What `unpack` returned, checked: a state may be forged, and its checksum right.

    Args:
        known: What the state says.
        game: The game that it must be of.
        addresses: The names of the values that the game reads.
        attributes: Those that the game saves besides, with values of the kind that they have.

    Raises:
        StateError: It is another game's, or says something that this game never does.
    """
    try:
        origin = member(known, "game", str)
        if origin != game:
            raise StateError(f"this state was saved by {origin}, and this is {game}")
        phase = Phase.__members__.get(member(known, "phase", str))
        if phase is None:
            raise ValueError(f"its phase is {known['phase']!r:.80}")
        done = member(known, "done", tuple)
        if len(done) != 3 or not all(isinstance(one, bool) for one in done):
            raise ValueError(f"its 'done' is {done!r:.80}, and no three truth values")
        data = member(known, "data", dict)
        names = () if phase is Phase.MENU and not data else addresses
        values = {name: _value(data, name) for name in names}
        saved = member(known, "attributes", dict)
        restored = {name: _like(member(saved, name, *_kinds(like)), name, like) for name, like in attributes.items()}
        return Known(phase, count(known, "stage"), done, values, restored)
    except ValueError as error:
        raise StateError(f"what this state knows of the game cannot be used: {error}") from None


def _value(data: Mapping[str, Any], name: str) -> int:
    """A value that was read from the machine: any that 64 bits hold, signed or not."""
    value: int = member(data, name, int)
    if not -(2**63) <= value < 2**64:
        raise ValueError(f"its {name!r} is {value!r:.80}, which no machine holds")
    return value


def _kinds(like: Any) -> tuple[type, ...]:
    """The types that a saved attribute may have, of which `like` is one value."""
    if like is None:
        return (object, bool)
    return (int, float) if type(like) in (int, float) else (type(like),)


def _like(value: Any, name: str, like: Any) -> Any:
    """`value`, if what is in it is of the kinds that are in the tuple `like`; an empty one says nothing of that."""
    if isinstance(like, tuple) and like:
        kinds = tuple(kind for one in like for kind in _kinds(one))
        for number, one in enumerate(value):
            member({f"{name}[{number}]": one}, f"{name}[{number}]", *kinds)
    return value


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tuples(entry) for name, entry in value.items()}
    return tuple(_tuples(entry) for entry in value) if isinstance(value, list) else value
