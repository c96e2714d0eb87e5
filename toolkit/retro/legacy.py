"""`env.em`: what programs written for gym-retro do with its emulator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.errors import StateError
from toolkit.retro.changes import Tell, tell_nobody
from toolkit.retro.machine import Machine, Pixels
from toolkit.retro.memory import Memory


class LegacyEmulator:
    """The machine under an environment, under the names that gym-retro's emulator has.

    `step` runs a frame behind the environment's back: call `env.data.update_ram()` if its rewards are to notice.
    """

    def __init__(self, machine: Machine, memory: Memory, players: int, tell: Tell = tell_nobody) -> None:
        self._machine = machine
        self._tell = tell
        self._memory = memory
        self._pressed = [0] * players

    def set_button_mask(self, mask: Sequence[int] | Any, player: int = 0) -> None:
        """Which buttons a player holds during the next `step`, one number per button."""
        if not 0 <= player < len(self._pressed):
            raise StateError(f"this environment has {len(self._pressed)} player(s), counted from 0; got {player}")
        self._pressed[player] = sum(1 << place for place, down in enumerate(mask) if down)

    def step(self) -> None:
        """Runs one frame."""
        self._tell("em.step()")
        self._machine.run(self._pressed)
        self._memory.update(self._machine.ram)

    def get_state(self) -> bytes:
        """The core's own state; its bytes may differ from one call to the next."""
        return self._machine.save()

    def set_state(self, state: bytes) -> bool:
        """Restores what `get_state` returned; always True, as a failure is an error.

        Raises:
            StateError: The core refuses it.
        """
        self._tell("em.set_state()")
        self._machine.load(state)
        self._memory.update(self._machine.ram)
        return True

    def get_screen(self) -> Pixels:
        """The whole picture: uint8, (height, width, 3), RGB, a copy."""
        return self._machine.picture.copy()

    def get_resolution(self) -> tuple[int, int]:
        """Width and height of the picture."""
        height, width = self._machine.picture.shape[:2]
        return width, height

    def get_screen_rate(self) -> float:
        """Frames per second."""
        return self._machine.frame_rate

    def get_rotation(self) -> int:
        """Always 0: pictures come the right way up."""
        return 0
