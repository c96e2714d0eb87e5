"""A console's memory as the core keeps it, read and written with an integration's addresses and types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.errors import ConfigError, StateError
from toolkit.retro.datatype import DataType, byte_order, wrap64
from toolkit.retro.json_file import read_json

Bytes = npt.NDArray[np.uint8]
# Called with an offset into all blocks and the new bytes.
Writer = Callable[[int, bytes], None]

MAX_ADDRESS = 2**48


@dataclass(frozen=True, slots=True)
class Variable:
    """A number in memory that an integration gives a name."""

    type: DataType
    address: int
    mask: int | None = None

    def decode(self, data: bytes) -> int:
        """The number in its bytes, from the least significant one on."""
        value = self.type.decode(data)
        return value if self.mask is None else wrap64(value & self.mask)


def load_variables(path: str) -> dict[str, Variable]:
    """What a data.json names.

    Raises:
        ConfigError: The file is malformed.
    """
    info = read_json(path).get("info")
    if info is None:
        raise ConfigError(f'{path}: it has no member "info", so it is no data.json')
    variables = {}
    for name, node in info.members().items():
        kind, address, mask = node.get("type"), node.get("address"), node.get("mask")
        if kind is None or address is None:
            node.wrong('an object with "address" and "type"')
        try:
            data_type = DataType(kind.text())
        except ConfigError as error:
            raise ConfigError(f"{path}: {kind.where}: {error}") from None
        bits = None if mask is None else mask.whole(range(-(2**63), 2**64)) % 2**64
        variables[name] = Variable(data_type, address.whole(range(MAX_ADDRESS)), bits)
    return variables


class Span(NamedTuple):
    """A block of memory: its address, its size, and where it begins in `Memory.data`."""

    address: int
    size: int
    start: int


class Memory:
    """The core's blocks of memory, each at its address.

    Args:
        blocks: Address and size of each block, in the order in which `data` has them.
        overlay: As in `System`.
        write: What brings new bytes to the core.
    """

    def __init__(
        self, blocks: Sequence[tuple[int, int]], overlay: tuple[str, str, int], write: Writer | None = None
    ) -> None:
        self._blocks: list[Span] = []
        start = 0
        for address, size in sorted(blocks):
            self._blocks.append(Span(address, size, start))
            start += size
        backing, real, self._group = overlay
        there = byte_order(real, self._group)
        here = byte_order(backing, self._group)
        # Byte i of a group, as the console counts, is byte _moved[i] of the core's.
        self._moved = [here[there.index(byte)] for byte in range(self._group)]
        self._write = write
        self.data: Bytes = np.zeros(start, np.uint8)

    def update(self, data: Bytes) -> None:
        """From here on `data` is what the memory holds: uint8, all blocks by ascending address; it is kept."""
        self.data = data

    def close(self) -> None:
        """Lets go of what the memory held: from here on reading and writing it is a StateError."""
        self.__dict__.pop("data", None)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            # Python asks here only for what is not there: so `data` costs nothing while it is.
            if name == "data":
                raise StateError("the machine with this memory is closed; make a new environment")
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @property
    def blocks(self) -> dict[int, bytes]:
        """A copy of each block, by its address, in the core's order of bytes."""
        return {address: self.data[start : start + size].tobytes() for address, size, start in self._blocks}

    def places(self, data_type: DataType, address: int) -> list[int]:
        """Where the bytes of such a number are in `data`, from the least significant one on.

        Raises:
            ConfigError: Not all of them are in one block.
        """
        for base, size, start in self._blocks:
            if base <= address < base + size:
                offset = address - base
                places = [self._place(offset + byte) for byte in data_type.order]
                if max(places) < size:
                    return [start + place for place in places]
        known = ", ".join(f"{base:#x} to {base + size - 1:#x}" for base, size, _ in self._blocks) or "nothing"
        raise ConfigError(
            f"{data_type.width} bytes at the address {address} ({address:#x}) are outside of the memory that the core "
            f"shows, which is {known}"
        )

    def _place(self, offset: int) -> int:
        byte = offset % self._group
        return offset - byte + self._moved[byte]

    @property
    def spans(self) -> Sequence[Span]:
        """Where each block is, by ascending address."""
        return self._blocks

    def read_many(
        self, data_type: DataType, addresses: npt.NDArray[np.int64], data: Bytes | None = None
    ) -> npt.NDArray[np.int64]:
        """The numbers of that type at all these addresses, each wholly within a block: int64.

        Args:
            data_type: What they are.
            addresses: Where they are.
            data: What the memory held at another time; by default what it holds now.
        """
        data = self.data if data is None else data
        columns = np.zeros((data_type.width, len(addresses)), np.uint8)
        for address, size, start in self._blocks:
            here = np.flatnonzero((addresses >= address) & (addresses < address + size))
            for row, byte in enumerate(data_type.order):
                offsets = addresses[here] - address + byte
                moved = offsets - offsets % self._group + np.array(self._moved)[offsets % self._group]
                # The last group of a block may be cut short.
                columns[row, here] = data[start + np.minimum(moved, size - 1)]
        return data_type.decode_many(columns)

    def extract(self, address: int, data_type: str) -> int:
        """The number of that type at `address`."""
        kind = DataType(data_type)
        return kind.decode(self.data[self.places(kind, address)].tobytes())

    def assign(self, address: int, data_type: str, value: int) -> None:
        """Writes a number of that type to `address`."""
        kind = DataType(data_type)
        self.write(self.places(kind, address), kind.encode(value))

    def write(self, places: Sequence[int], data: bytes) -> None:
        """Writes bytes to places in `data`, here and in the core."""
        changed = self.data.copy()
        changed[list(places)] = np.frombuffer(data, np.uint8)
        if self._write is not None:
            first, last = min(places), max(places)
            self._write(first, changed[first : last + 1].tobytes())
        self.data = changed

    def __getitem__(self, item: Mapping[str, object]) -> int:
        return self.extract(int(str(item["address"])), str(item["type"]))

    def __setitem__(self, item: Mapping[str, object], value: int) -> None:
        self.assign(int(str(item["address"])), str(item["type"]), value)


class Reader:
    """Reads many variables at once, every frame."""

    def __init__(self, memory: Memory, variables: Mapping[str, Variable]) -> None:
        places: list[int] = []
        self._parts = []
        for name, variable in variables.items():
            first = len(places)
            places += memory.places(variable.type, variable.address)
            self._parts.append((name, variable.decode, first, len(places)))
        self._places = np.array(places, np.intp)

    def find(self, data: Bytes) -> bytes:
        """The bytes of all variables."""
        return data[self._places].tobytes()

    def decode(self, found: bytes) -> dict[str, int]:
        """Every variable under its name."""
        return {name: decode(found[first:end]) for name, decode, first, end in self._parts}

    def read(self, data: Bytes) -> dict[str, int]:
        """Every variable under its name."""
        return self.decode(self.find(data))
