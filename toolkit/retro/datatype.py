"""How a number lies in memory: the types of data.json, such as `|u1`, `>d2` or `<n4`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from toolkit.errors import ConfigError

_TYPE: Final = re.compile(r"(<>|><|<=|>=|[|=<>])([uidn])([1-8])")
# Per byte: two decimal digits, one per nibble; a nibble above 9 counts from 0 again. And one digit in the low nibble.
_BCD: Final = bytes(((byte & 15) % 10) | ((byte >> 4) % 10) << 4 for byte in range(256))
_DIGIT: Final = bytes(48 + (byte & 15) % 10 for byte in range(256))
_MASK64: Final = 2**64 - 1


def wrap64(value: int) -> int:
    """The signed 64-bit number with the same low bits."""
    value &= _MASK64
    return value - 2**64 if value >= 2**63 else value


@dataclass(frozen=True, slots=True)
class DataType:
    """A kind of number: byte order, representation, width in bytes.

    Byte orders: `<` little, `>` big, `|` and `=` that of the computer (little); `><` has the halves in big and the
    bytes of each half in little order, `<>` the other way around, `>=` and `<=` the same with the computer's for the
    second. Representations: `u` unsigned, `i` signed, `d` decimal with two digits per byte, `n` decimal with one.

    Raises:
        ConfigError: No such type.
    """

    text: str
    kind: str = field(init=False, compare=False)
    width: int = field(init=False, compare=False)
    # Where the bytes are, from the least significant one on.
    order: tuple[int, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        match = _TYPE.fullmatch(self.text)
        if match is None:
            raise ConfigError(
                f"no type {self.text!r}: it is a byte order (| = < > <> ><), a letter (u unsigned, i signed, d two "
                "decimal digits per byte, n one) and a width from 1 to 8, such as '>u2'"
            )
        width = int(match[3])
        object.__setattr__(self, "kind", match[2])
        object.__setattr__(self, "width", width)
        object.__setattr__(self, "order", byte_order(match[1], width))

    def decode(self, data: bytes) -> int:
        """The number in `data`, which has its bytes from the least significant one on."""
        if self.kind == "d":
            return int(data[::-1].translate(_BCD).hex())
        if self.kind == "n":
            return int(data[::-1].translate(_DIGIT))
        # Numbers are signed 64-bit ones, as in stable-retro: an unsigned one of 8 bytes has no room.
        return int.from_bytes(data, "little", signed=self.kind == "i" or self.width == 8)

    def decode_many(self, columns: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
        """`decode` of many numbers at once: row n has the bytes that are n places above the least significant ones."""
        total = np.zeros(columns.shape[1], np.uint64)
        for row, column in enumerate(columns.astype(np.uint64)):
            if self.kind == "d":
                total += ((column & 15) % 10 + (column >> 4) % 10 * 10) * np.uint64(100**row)
            elif self.kind == "n":
                total += (column & 15) % 10 * np.uint64(10**row)
            else:
                total |= column << np.uint64(8 * row)
        numbers = total.view(np.int64)
        if self.kind == "i" and self.width < 8:
            unused = 64 - 8 * self.width
            return numbers << unused >> unused
        return numbers

    def encode(self, value: int) -> bytes:
        """The inverse of `decode`, from the least significant byte on; digits that do not fit are lost."""
        value &= _MASK64
        if self.kind == "d":
            return bytes.fromhex(f"{value % 100**self.width:0{2 * self.width}}")[::-1]
        if self.kind == "n":
            digits = f"{value % 10**self.width:0{self.width}}"
            return bytes(int(digit) for digit in digits)[::-1]
        return value.to_bytes(8, "little")[: self.width]


def byte_order(prefix: str, width: int) -> tuple[int, ...]:
    """Which byte of a number of `width` bytes is the least significant, the next one, and so on."""
    half = width // 2
    up = tuple(range(width))
    if prefix == ">":
        return up[::-1]
    if prefix == "<>":
        return up[:half][::-1] + up[half:][::-1]
    if prefix in ("><", ">="):
        return up[half:] + up[:half]
    return up
