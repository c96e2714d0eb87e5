"""What is done to a game's frames, actions and rewards before an agent sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toolkit.checks import check_chance, check_flag, check_integer, is_integer
from toolkit.emulator.observation import Observation
from toolkit.errors import ConfigError

ObservationKind = Literal["image", "ram", "both"]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """The usual preparations, made where they cost least. Names are those of ALE's vector environment where it has one.

    Args:
        observation: "image", "ram" or "both" (a Dict of the two).
        grayscale: 0.2125 red + 0.7154 green + 0.0721 blue, as Gymnasium's GrayscaleObservation.
        maxpool: Each pixel is the brighter one of the last two emulated frames, against sprites that flicker.
        crop: The part to show, (x, y, width, height).
        resize: What it is scaled to, (width, height), or one number for both, which becomes a pair: each pixel is the
            mean of the area that it covers.
        stack_num: How many frames an observation holds, the newest last; before there are as many, the first repeats.
        channels_first: Whether an image is (channels, height, width) instead of (height, width, channels). The
            channels of a stack are one behind the other: `stack_num` if gray, otherwise 3 times as many.
        repeat_action_probability: Sticky actions (Machado et al. 2018): the chance, in every emulated frame, that the
            action of the frame before is held on.
        noop_max: Episodes begin with 1 to so many emulated frames in which nothing is pressed.
        reward_clipping: Clip rewards to -1 to 1.

    Raises:
        ConfigError: Numbers out of range.
    """

    observation: ObservationKind = "image"
    grayscale: bool = False
    maxpool: bool = False
    crop: tuple[int, int, int, int] | None = None
    resize: tuple[int, int] | None = None
    stack_num: int = 1
    channels_first: bool = False
    repeat_action_probability: float = 0.0
    noop_max: int = 0
    reward_clipping: bool = False

    def __post_init__(self) -> None:
        if self.observation not in ("image", "ram", "both"):
            raise ConfigError(f"observation is 'image', 'ram' or 'both', got {self.observation!r}")
        for name, least in (("stack_num", 1), ("noop_max", 0)):
            object.__setattr__(self, name, check_integer(name, getattr(self, name), least))
        chance = check_chance("repeat_action_probability", self.repeat_action_probability)
        object.__setattr__(self, "repeat_action_probability", chance)
        for name in ("grayscale", "maxpool", "channels_first", "reward_clipping"):
            object.__setattr__(self, name, check_flag(name, getattr(self, name)))
        if is_integer(self.resize):
            # 84 is (84, 84), as the other libraries have it.
            object.__setattr__(self, "resize", (self.resize, self.resize))
        self.view()

    def view(self) -> Observation:
        """The part that the emulator does."""
        return Observation(gray=self.grayscale, crop=self.crop, size=self.resize, blend=self.maxpool)

    def image_shape(self, frame_shape: tuple[int, int, int]) -> tuple[int, int, int]:
        """The shape of an observation's image made of frames of `frame_shape`, (height, width, channels)."""
        height, width, channels = frame_shape
        depth = channels * self.stack_num
        return (depth, height, width) if self.channels_first else (height, width, depth)
