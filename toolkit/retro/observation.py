"""What of a core's memory is published after each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    """

    length: int
    address: int = 0
    device: str = ":ram"
    space: str = "raw"

    def arguments(self) -> dict[str, Any]:
        """For the call `configure`."""
        return {"device": self.device, "space": self.space, "address": self.address, "length": self.length}
