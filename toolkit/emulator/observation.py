"""What a step shows of the machine's picture, whatever runs the machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from toolkit.checks import check_flag, check_integer
from toolkit.emulator.aspect import square_pixels
from toolkit.errors import ConfigError
from toolkit.link.pixels import Renderer

MAX_SIDE: Final = 16384


@dataclass(frozen=True, slots=True)
class Observation:
    """How a frame is made of the machine's picture.

    First, with `blend`, the brighter of the last two frames in each pixel and colour, against sprites that flicker;
    then gray, cut, and scaled. Frames are then uint8, (height, width, 1) if `gray`, otherwise (height, width, 3).

    Args:
        gray: 0.2125 red + 0.7154 green + 0.0721 blue, cut off to a whole number, as Gymnasium's GrayscaleObservation.
        crop: The part to show, (x, y, width, height), of the upright picture. Where that becomes too small for it at
            run time, there is black.
        size: What it is scaled to, (width, height): each pixel is the mean of the area that it covers.
        blend: Blend each published frame with the emulated frame before it. The first frame after the machine was
            switched on, or after a state was loaded, has none before it.
        zero_filled: Widen a libretro core's colours of 5 and 6 bits to 8 with zeros, as gym-retro does: its white is
            (248, 252, 248). MAME's have 8 bits already.
        aspect: Scale it, instead of to a `size`, to the shape that the machine's screen gives it (the emulator's
            `aspect_ratio`), with square pixels. A side that is too short is stretched, up to twofold; where that is not
            enough, the other one shrinks: pong's 1552 x 240 become 320 x 240. A libretro core's pictures all get the
            size that the first one has; with MAME it depends on each.

    Raises:
        ConfigError: Numbers that make no picture.
    """

    gray: bool = False
    crop: tuple[int, int, int, int] | None = None
    size: tuple[int, int] | None = None
    blend: bool = False
    zero_filled: bool = False
    aspect: bool = False

    def __post_init__(self) -> None:
        if self.crop is not None:
            crop = _numbers("crop", self.crop, 4)
            if 0 in crop[2:]:
                raise ConfigError(f"crop is (x, y, width, height) with sides of 1 or more, got {self.crop!r}")
            object.__setattr__(self, "crop", crop)
        if self.size is not None:
            size = _numbers("size", self.size, 2)
            if 0 in size:
                raise ConfigError(f"size is (width, height), each 1 or more, got {self.size!r}")
            if self.aspect:
                raise ConfigError("size says what a frame is scaled to, and so does aspect: leave one of them out")
            object.__setattr__(self, "size", size)
        for name in ("gray", "blend", "zero_filled", "aspect"):
            object.__setattr__(self, name, check_flag(name, getattr(self, name)))

    def sized(self, width: int, height: int, aspect_ratio: float) -> Observation:
        """The same with a `size` instead of `aspect`, for a picture of `width` x `height` pixels."""
        if not self.aspect:
            return self
        shown = (width, height) if self.crop is None else self.crop[2:]
        part = aspect_ratio * (shown[0] / width) / (shown[1] / height)
        return replace(self, size=square_pixels(*shown, part), aspect=False)

    def arguments(self) -> dict[str, Any]:
        """For the call `configure` of a child that makes such frames by itself."""
        return {
            "format": "gray" if self.gray else "rgb",
            "crop": self.crop and list(self.crop),
            "size": self.size and list(self.size),
            "blend": self.blend,
            "zero_filled": self.zero_filled,
        }

    def renderer(self) -> Renderer:
        """What makes such frames in this process, of pictures that a child has published whole.

        Raises:
            ConfigError: The library for it was not built.
        """
        return Renderer(gray=self.gray, crop=self.crop, size=self.size, blend=self.blend)


# All of it, as it is.
WHOLE_PICTURE: Final = Observation()


def _numbers(name: str, given: Any, count: int) -> tuple[int, ...]:
    """`given` as ints: a tuple, a list or an array of `count` whole numbers."""
    try:
        numbers = tuple(check_integer(name, number, 0, MAX_SIDE) for number in given)
    except (TypeError, ConfigError):
        numbers = ()
    if len(numbers) != count or isinstance(given, (set, frozenset, dict)):
        raise ConfigError(f"{name} takes {count} integers from 0 to {MAX_SIDE}, got {given!r}")
    return numbers
