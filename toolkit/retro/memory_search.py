"""Which places in a console's memory hold a number: stable-retro's search, over whole arrays.

A place is an address, a type, and how the number is kept there: what is stored is the number times `mult`, divided by
`div`, plus `bias`. A search begins with the places where the bytes of the number lie in either order, as it is, scaled
by powers of 2, 10 and 16, one more, one less, or in decimal digits; and keeps those that read as the number. It looks
at bytes in the console's order: where the core keeps them in another one, as of the Mega Drive, stable-retro's search
compares two orders, and misses most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from toolkit.checks import check_integer
from toolkit.errors import ConfigError
from toolkit.retro.datatype import DataType, wrap64
from toolkit.retro.memory import Bytes, Memory
from toolkit.retro.operators import OPERATORS

# mult, div, bias.
Form = tuple[int, int, int]
Places = npt.NDArray[np.int64]
PLAIN: Final[Form] = (1, 1, 0)
BYTE: Final = DataType("|u1")
INT64: Final = range(-(2**63), 2**63)

_BIG: Final = "|u1 >u2 >u4 |i1 >i2 >i4 |d1 >d2 >d4 <d4 >d6 >d8 >n4 >n6 >n8"
# Of the consoles that stable-retro names some for.
TYPES: Final = {
    **dict.fromkeys(("Genesis", "SCD", "32x", "Saturn", "FBNeo"), tuple(_BIG.split())),
    "N64": tuple(_BIG.replace("<d4 ", "").split()),
    "Snes": ("|u1", "<u2", "<u4", "|i1", "<i2", "<i4", "|d1", "<d2", ">d4", "<d4", ">d6", ">d8", ">n4", ">n6", ">n8"),
    "NintendoDs": ("|u1", "<u2", "<u4", "|i1", "<i2", "<i4", "|d1", "<d2", "<d4", "<d6", "<d8", "<n4", "<n6", "<n8"),
}
_ANY: Final = (
    *(">d8", ">n8", ">d6", ">n6"),
    *(f"{order}{kind}4" for kind in "uidn" for order in ("<", ">", "><", "<>", ">=", "<=", "=")),
    *(f"{order}{kind}2" for kind in "uid" for order in ("<", ">", "=")),
    *("|u1", "|i1", "|d1"),
)


def types_of(system: str) -> tuple[str, ...]:
    """The types that a search on this console considers: stable-retro's for it, or else most that there are."""
    return TYPES.get(system, _ANY)


class Search:
    """The places that are left, per type and form; before the first search, all of them.

    Args:
        types: The types that are considered.
    """

    def __init__(self, types: Sequence[str] = _ANY) -> None:
        self._types = [DataType(text) for text in types]
        self._found: dict[tuple[int, Form], Places] | None = None
        self._before: Bytes | None = None

    def search(self, memory: Memory, value: int) -> None:
        """Keeps the places that hold `value` now.

        Raises:
            ConfigError: It is no 64-bit number.
        """
        value = check_integer("what is searched for", value, INT64.start, INT64.stop - 1)
        found: dict[tuple[int, Form], list[Places]] = {}
        for block in memory.spans:
            content = memory.read_many(BYTE, block.address + np.arange(block.size)).astype(np.uint8)
            for form, stored in candidates(content, value):
                addresses = stored + block.address
                for number, kind in enumerate(self._types):
                    fitting = addresses[stored <= block.size - kind.width]
                    kept = fitting[_original(memory.read_many(kind, fitting), kind, form) == value]
                    if len(kept):
                        found.setdefault((number, form), []).append(kept)
        self._keep({key: np.unique(np.concatenate(parts)) for key, parts in found.items()}, memory)

    def delta(self, memory: Memory, op: str, reference: int) -> None:
        """Keeps the places whose change since the last search compares so with `reference`; before any, nothing has
        changed.

        Raises:
            ConfigError: No such operator.
        """
        if op not in OPERATORS:
            raise ConfigError(f"no operator is called {op!r}; there are {', '.join(OPERATORS)}")
        before = memory.data if self._before is None else self._before
        found = {}
        for number, kind in enumerate(self._types):
            left = self._left(memory, number, kind)
            change = memory.read_many(kind, left) - memory.read_many(kind, left, before)
            changes, which = np.unique(change, return_inverse=True)
            holds = np.array([OPERATORS[op](item, reference) != 0 for item in changes.tolist()], bool)
            found[number, PLAIN] = left[holds[which]]
        self._keep(found, memory)

    def _left(self, memory: Memory, number: int, kind: DataType) -> Places:
        if self._found is not None:
            parts = [places for (other, _), places in self._found.items() if other == number]
        else:
            parts = [block.address + np.arange(max(0, block.size - kind.width + 1)) for block in memory.spans]
        return np.unique(np.concatenate(parts)).astype(np.int64) if parts else np.zeros(0, np.int64)

    def _keep(self, found: dict[tuple[int, Form], Places], memory: Memory) -> None:
        if self._found is not None:
            old = self._found
            found = {key: np.intersect1d(old[key], places, True) for key, places in found.items() if key in old}
        self._found = {key: places for key, places in found.items() if len(places)}
        self._before = memory.data.copy()

    # --- what was found ---------------------------------------------------------------------------------------------

    def _rows(self) -> list[tuple[int, int, int, int, int]]:
        """Address, mult, div, bias and the type's number, in this order."""
        found = self._found or {}
        return sorted((place, *form, number) for (number, form), places in found.items() for place in places.tolist())

    def num_results(self) -> int:
        """How many places are left, one in two forms or of two types counting twice; 0 before the first search."""
        return sum(map(len, (self._found or {}).values()))

    def has_unique_result(self) -> bool:
        """Whether all that is left has the same form at the same address, or ends with the same byte."""
        rows = self._rows()
        if not rows:
            return False
        ends = {row[0] + self._types[row[-1]].width for row in rows if row[:-1] != rows[0][:-1]}
        return ends <= {rows[0][0] + self._types[rows[0][-1]].width}

    def unique_result(self) -> dict[str, Any]:
        """The first place: `{"address": ..., "type": ...}`, as `GameData.set_variable` takes it. IndexError if there is
        none."""
        address, *_, number = self._rows()[0]
        return {"address": address, "type": self._types[number].text}

    def typed_results(self) -> list[tuple[tuple[int, int, int, int], list[str]]]:
        """Every place by ascending address: `(address, mult, div, bias)`, and the types that it may have."""
        results: dict[tuple[int, int, int, int], list[str]] = {}
        for address, mult, div, bias, number in self._rows():
            results.setdefault((address, mult, div, bias), []).append(self._types[number].text)
        return list(results.items())


def candidates(data: Bytes, value: int) -> Iterator[tuple[Form, Places]]:
    """Where in `data` the bytes of `value` are, and of what it may be stored as: a form and the offsets for it."""
    yield PLAIN, _offsets(data, value)
    for base in (10, 16):
        stored, div = value, 1
        while stored and stored % base == 0:
            stored, div = stored // base, div * base
            yield (1, div, 0), _offsets(data, stored)
    for mult in (mult for mult in (2, 4) if value and value * mult // 2 < 2**32):
        yield (mult, 1, 0), _offsets(data, wrap64(value * mult))
    yield (1, 1, 1), _offsets(data, wrap64(value + 1))
    yield (1, 1, -1), _offsets(data, wrap64(value - 1))
    for digits, bits in ((4, 4), (8, 8)):
        # Two decimal digits a byte, and one.
        stored, div = _decimal(value, digits), 1
        if stored != value:
            yield PLAIN, _offsets(data, stored)
        while stored != value and stored and stored & 15 == 0:
            stored, div = stored >> bits, div << bits
            yield (1, div, 0), _offsets(data, stored)


def _decimal(value: int, bits: int) -> int:
    """`value` with a decimal digit in every group of so many bits; itself where it has none."""
    if value < 0:
        return value
    return wrap64(sum(int(digit) << place * bits for place, digit in enumerate(reversed(str(value)))))


def _offsets(data: Bytes, value: int) -> Places:
    """Where the bytes of `value` begin, least significant first or last; with zeros before them, up to four bytes."""
    if value < 0:
        width = next((width for width in (1, 2, 4) if value > -(256**width)), 8)
        value %= 256**width
    numbers = value.to_bytes(max(1, (value.bit_length() + 7) // 8), "little")
    upward = downward = data == numbers[0]
    for number in numbers[1:]:
        there = data == number
        if not upward.any():
            upward = downward = there
            continue
        upward = upward | _shifted(upward, 1) & there
        downward = downward | _shifted(downward, -1) & there
    found = downward & _shifted(upward, 1 - len(numbers))
    zeros, padded = data == 0, downward
    for round_ in range(4 - len(numbers)):
        step = _shifted(padded, -1) & zeros
        padded = step if round_ == 0 else padded | step
        if not padded.any():
            break
    return np.flatnonzero(found | padded if len(numbers) < 4 else found)


def _shifted(marks: npt.NDArray[np.bool_], by: int) -> npt.NDArray[np.bool_]:
    """`marks`, each moved up by so many places; what would leave the memory is dropped."""
    moved = np.zeros_like(marks)
    if by >= 0:
        moved[by:] = marks[: len(marks) - by]
    else:
        moved[:by] = marks[-by:]
    return moved


def _original(stored: npt.NDArray[np.int64], kind: DataType, form: Form) -> npt.NDArray[np.int64]:
    """The numbers that are stored as these, in 64-bit arithmetic; the smallest where a type has no such form."""
    mult, div, bias = form
    if kind.kind == "d":
        # Scales of digits are made of digits: 16 is ten.
        if not (f"{mult:x}{div:x}").isdecimal():
            return np.full(len(stored), np.iinfo(np.int64).min)
        mult, div = int(f"{mult:x}"), int(f"{div:x}")
    scaled = stored.view(np.uint64) // np.uint64(mult) * np.uint64(div % 2**64)
    return scaled.view(np.int64) - bias
