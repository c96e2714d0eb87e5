"""A machine's memory, over the link: what is watched in each step, and what is read and written besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from toolkit.checks import check_integer
from toolkit.emulator.address import Address
from toolkit.errors import ConfigError, ProtocolError
from toolkit.link import Child

# Bytes of memory read or written at once; a message of the link holds two digits of each.
MAX_BLOCK: Final = 2**26


def check_watches(addresses: Mapping[str, Address]) -> None:
    """Refuses what cannot be watched in each step.

    Raises:
        ConfigError: It is no mapping of names to Addresses, or a name is taken.
    """
    if not isinstance(addresses, Mapping):
        raise ConfigError(f"memory_addresses is a dict of names and Addresses, got {addresses!r}")
    for name, address in addresses.items():
        if not isinstance(name, str):
            raise ConfigError(f"the name of a watched address is a string, got {name!r}")
        if not isinstance(address, Address):
            raise ConfigError(f"memory_addresses[{name!r}] must be an Address, got {address!r}")
        if name == "frame":
            raise ConfigError("a watched address cannot be called 'frame': that is the picture's name")


def watch(child: Child, addresses: Mapping[str, Address]) -> None:
    """Has the child read `addresses` after each step, in this order."""
    child.call(
        "watch",
        watches=[
            {
                "device": address.device,
                "space": address.space,
                "address": address.offset,
                "size": address.size,
                "signed": address.signed,
                "order": address.order,
            }
            for address in addresses.values()
        ],
    )


def read(child: Child, address: int | str, length: int, device: str, space: str) -> npt.NDArray[np.uint8]:
    """See `BaseEmulator.read_memory`."""
    where = Address(address, "u8", device=device, space=space)
    length = check_integer("length", length, 1, MAX_BLOCK)
    text = child.call("read_memory", device=device, space=space, address=where.offset, length=length)
    data = np.frombuffer(bytes.fromhex(text), np.uint8)
    if data.size != length:
        raise ProtocolError(f"expected {length} bytes, got {data.size}")
    return data.copy()


def write(
    child: Child, address: int | str, data: bytes | Sequence[int] | npt.NDArray[np.uint8], device: str, space: str
) -> None:
    """See `BaseEmulator.write_memory`."""
    where = Address(address, "u8", device=device, space=space)
    try:
        raw = bytes(data if isinstance(data, (bytes, bytearray)) else iter(data))
    except (TypeError, ValueError) as error:
        raise ConfigError(f"data must be bytes, or numbers from 0 to 255: {error}") from None
    if len(raw) > MAX_BLOCK:
        raise ConfigError(f"at most {MAX_BLOCK} bytes can be written at once, got {len(raw)}")
    child.call("write_memory", device=device, space=space, address=where.offset, data=raw.hex())
