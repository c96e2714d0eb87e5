"""One watched place in a machine's memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from toolkit.checks import check_integer, is_integer
from toolkit.errors import ConfigError

_MODE: Final = re.compile(r"([us])(8|16|32|64)|([<>=|])?([ui])([1248])")
_ORDERS: Final = {"<": "little", ">": "big", "=": "native", "|": "native", None: "native"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a value lies, and how to read it.

    Args:
        address: An integer, or text in hexadecimal ('0x02011383') or decimal.
        mode: u8 s8 u16 s16 u32 s32 u64 s64 in the CPU's own byte order, or NumPy's notation where the byte order is
            given: '>u2', '<i4', '|u1'.
        device: The tag of the device whose memory it is.
        space: Which of the device's address spaces: "program", "data", "io", ...

    Raises:
        ConfigError: An address that is no number or negative, or an unknown mode.
    """

    address: int | str
    mode: str
    device: str = field(default=":maincpu", kw_only=True)
    space: str = field(default="program", kw_only=True)
    offset: int = field(init=False, repr=False, compare=False)
    size: int = field(init=False, repr=False, compare=False)
    signed: bool = field(init=False, repr=False, compare=False)
    order: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        match = _MODE.fullmatch(self.mode) if isinstance(self.mode, str) else None
        if match is None:
            raise ConfigError(
                f"unknown mode {self.mode!r} of address {self.address!r}; use u8 s8 u16 s16 u32 s32 u64 s64, or "
                f"NumPy's notation with a byte order, such as '>u2' or '<i4'"
            )
        letter, bits, order, kind, size = match.groups()
        object.__setattr__(self, "offset", _parse(self.address))
        if not isinstance(self.address, str):
            object.__setattr__(self, "address", self.offset)
        object.__setattr__(self, "size", int(bits) // 8 if bits else int(size))
        object.__setattr__(self, "signed", (letter or kind) in ("s", "i"))
        object.__setattr__(self, "order", _ORDERS[order])

    def decode(self, raw: int) -> int:
        """The value from the link's int64: unsigned 64-bit values come as negative numbers."""
        return raw + 2**64 if raw < 0 and not self.signed else raw


def _parse(address: Any) -> int:
    try:
        value = int(address, 0) if isinstance(address, str) else address
    except ValueError:
        value = None
    if not is_integer(value):
        raise ConfigError(f"an address is an integer or text such as '0x02011383', got {address!r}")
    return check_integer("an address", value, 0, 2**63 - 1)
