"""The order in which stable-retro adds up rewards.

It keeps them in a hash table of GNU's C++ library, so that the last bit of a sum of three or more fractions depends on
the hashes of the names. This follows that table: the hash is MurmurHash64A with its seed, the numbers of buckets are
the library's, and a name goes in front of its bucket, and an empty bucket in front of everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_MASK: Final = 2**64 - 1
_MULTIPLIER: Final = 0xC6A4A7935BD1E995
_SEED: Final = 0xC70F6907
_BUCKETS: Final = (1, 13, 29, 59, 127, 257, 541, 1109, 2357, 5087, 10273)


def native_order(names: Iterable[str]) -> list[str]:
    """`names`, which were put into the table in the order of their bytes, as the table lists them."""
    table: list[tuple[str, int]] = []
    size = 0
    count = _BUCKETS[size]
    for name in sorted(names, key=str.encode):
        if len(table) + 1 > count and size + 1 < len(_BUCKETS):
            size += 1
            count = _BUCKETS[size]
            old, table = table, []
            for entry in old:
                _put(table, entry, count)
        _put(table, (name, hash_name(name.encode())), count)
    return [name for name, _ in table]


def _put(table: list[tuple[str, int]], entry: tuple[str, int], count: int) -> None:
    bucket = entry[1] % count
    for place, (_, other) in enumerate(table):
        if other % count == bucket:
            table.insert(place, entry)
            return
    table.insert(0, entry)


def hash_name(data: bytes) -> int:
    """The 64-bit hash that GNU's C++ library gives a string of these bytes."""
    result = _SEED ^ (len(data) * _MULTIPLIER & _MASK)
    whole = len(data) & ~7
    for start in range(0, whole, 8):
        part = _mix(int.from_bytes(data[start : start + 8], "little") * _MULTIPLIER & _MASK) * _MULTIPLIER & _MASK
        result = (result ^ part) * _MULTIPLIER & _MASK
    if len(data) > whole:
        result = (result ^ int.from_bytes(data[whole:], "little")) * _MULTIPLIER & _MASK
    return _mix(_mix(result) * _MULTIPLIER & _MASK)


def _mix(value: int) -> int:
    return value ^ (value >> 47)
