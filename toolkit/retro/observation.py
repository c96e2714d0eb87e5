"""What of a core's memory is published after each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from toolkit.checks import check_integer
from toolkit.emulator.observation import Observation

__all__ = ["MemoryArea", "Observation"]


@dataclass(frozen=True, slots=True)
class MemoryArea:
    """Memory that is published with each step, byte by byte.

    Args:
        length: How many bytes.
        address: Where it begins.
        device: ":ram", ":vram", ":sram", ":rtc" or ":bus".
        space: "raw" as the core keeps it, "program" as the console's processor sees it.

    Raises:
        ConfigError: A length or an address that is none.
    """

    length: int
    address: int = 0
    device: str = ":ram"
    space: str = "raw"

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", check_integer("length", self.length, 1, 2**63 - 1))
        object.__setattr__(self, "address", check_integer("address", self.address, 0, 2**63 - 1))

    def arguments(self) -> dict[str, Any]:
        """For the call `configure`."""
        return {"device": self.device, "space": self.space, "address": self.address, "length": self.length}


@dataclass(frozen=True, slots=True)
class Number:
    """A number in memory that is read after every frame, as an integration in gym-retro's format has it.

    Args:
        addresses: Of its bytes, 1 to 8, from the least significant one on.
        device, space: As in MemoryArea.
        kind: "u" unsigned, "i" signed, "d" two decimal digits a byte, "n" one.
        mask: Which of its bits count.
    """

    addresses: tuple[int, ...]
    device: str = ":ram"
    space: str = "raw"
    kind: str = "u"
    mask: int | None = None

    def arguments(self) -> dict[str, Any]:
        """For the call `follow`."""
        mask = None if self.mask is None else (self.mask + 2**63) % 2**64 - 2**63
        return {
            "device": self.device,
            "space": self.space,
            "addresses": list(self.addresses),
            "kind": self.kind,
            "mask": mask,
        }
