"""What of a core's picture and memory is published after each step. All of it is made in the child process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from toolkit.errors import ConfigError

MAX_SIDE: Final = 16384


@dataclass(frozen=True, slots=True)
class Observation:
    """How a frame is made from the core's picture.

    First, with `blend`, the brighter of the last two frames in each pixel and colour, against sprites that flicker;
    then gray, cut, and scaled. Frames are then uint8, (height, width, 1) if `gray`, otherwise (height, width, 3).

    Args:
        gray: 0.2125 red + 0.7154 green + 0.0721 blue, rounded: the weights of Gymnasium's GrayscaleObservation.
        crop: The part to show, (x, y, width, height), of the upright picture.
        size: What it is scaled to, (width, height): each pixel is the mean of the area that it covers.
        blend: Blend each published frame with the emulated frame before it.
        zero_filled: Widen colours of 5 and 6 bits to 8 with zeros, as gym-retro does: its white is (248, 252, 248).

    Raises:
        ConfigError: Numbers that make no picture.
    """

    gray: bool = False
    crop: tuple[int, int, int, int] | None = None
    size: tuple[int, int] | None = None
    blend: bool = False
    zero_filled: bool = False

    def __post_init__(self) -> None:
        if self.crop is not None:
            _check("crop", self.crop, 4)
            if 0 in self.crop[2:]:
                raise ConfigError(f"crop is (x, y, width, height) with sides of 1 or more, got {self.crop!r}")
        if self.size is not None:
            _check("size", self.size, 2)
            if 0 in self.size:
                raise ConfigError(f"size is (width, height), each 1 or more, got {self.size!r}")

    def arguments(self) -> dict[str, Any]:
        """For the call `configure`."""
        return {
            "format": "gray" if self.gray else "rgb",
            "crop": self.crop and list(self.crop),
            "size": self.size and list(self.size),
            "blend": bool(self.blend),
            "zero_filled": bool(self.zero_filled),
        }


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


def _check(name: str, numbers: object, count: int) -> None:
    good = isinstance(numbers, (tuple, list)) and len(numbers) == count
    if not good or not all(type(number) is int and 0 <= number <= MAX_SIDE for number in numbers):  # type: ignore[attr-defined]
        raise ConfigError(f"{name} takes {count} integers from 0 to {MAX_SIDE}, got {numbers!r}")
