"""What a game environment needs of whatever runs the ROM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from toolkit.retro.sound import Samples
from toolkit.retro.systems import System

Pixels = npt.NDArray[np.uint8]


class Machine(Protocol):
    """A console with a game in it, one frame at a time."""

    @property
    def system(self) -> System:
        """The console."""

    @property
    def rom(self) -> Path:
        """The game's file."""

    @property
    def blocks(self) -> Sequence[tuple[int, int]]:
        """Address and size of each block of memory."""

    @property
    def frame_rate(self) -> float:
        """Frames per second of the console."""

    @property
    def aspect_ratio(self) -> float:
        """Width by height of the pictures on the console's screen."""

    @property
    def sample_rate(self) -> float:
        """Samples of its sound per second."""

    @property
    def core(self) -> dict[str, Any]:
        """The core's `name` and `version`."""

    @property
    def options(self) -> Mapping[str, str]:
        """What the core's options were set to when it was started."""

    @property
    def system_folder(self) -> Path | None:
        """The folder with the core's BIOS files."""

    @property
    def partial_states(self) -> bool:
        """Whether states of the core leave out parts of the machine."""

    @property
    def picture(self) -> Pixels:
        """What the last frame showed: uint8, (height, width, 3), RGB, the caller's own."""

    @property
    def ram(self) -> Pixels:
        """What all blocks hold, by ascending address: uint8, (bytes,), which some frames later is overwritten."""

    def run(self, pressed: Sequence[int]) -> None:
        """Runs one frame with the buttons `pressed`, one int of bits per player."""

    def save(self) -> bytes:
        """The core's own state, without anything of ours."""

    def load(self, state: bytes) -> None:
        """Restores what `save`, or another frontend of this core, saved."""

    def write(self, offset: int, data: bytes) -> None:
        """Writes to the memory that `ram` shows, at `offset` in it."""

    def take_sound(self) -> Samples:
        """The sound of the last frame, or if it was asked for, that of all frames since the last call: int16,
        (samples, 2), left and right."""

    def set_cheats(self, codes: Sequence[str]) -> None:
        """Switches exactly these cheats on, in the core's own notation."""

    def restart(self) -> None:
        """Switches the machine off and on again."""

    @property
    def lost(self) -> bool:
        """Whether only `replace` or `close` can follow: it is gone, hangs, or was interrupted in mid-command."""

    def replace(self) -> None:
        """Ends it, whatever state it is in, and starts another one: it is before its first frame then."""

    def close(self) -> None:
        """Ends it. Safe to call twice."""
