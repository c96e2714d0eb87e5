"""`env.em`: what programs written for gym-retro do with its emulator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from toolkit.closing import Closing
from toolkit.errors import ConfigError, StateError
from toolkit.retro.changes import Tell, tell_nobody
from toolkit.retro.machine import Machine, Pixels
from toolkit.retro.memory import Memory
from toolkit.retro.sound import Samples
from toolkit.retro.systems import MAX_BUTTONS

if TYPE_CHECKING:
    from toolkit.retro.legacy_data import GameData


class LegacyEmulator(Closing):
    """The machine under an environment, under the names that gym-retro's emulator has.

    `step` runs a frame behind the environment's back: call `env.data.update_ram()` if its rewards are to notice.
    """

    def __init__(self, machine: Machine, memory: Memory, players: int, tell: Tell = tell_nobody) -> None:
        self._machine = machine
        self._tell = tell
        self._memory = memory
        self._pressed = [0] * players
        self._cheats: list[str] = []

    def set_button_mask(self, mask: Sequence[int] | Any, player: int = 0) -> None:
        """Which buttons a player holds during the next `step`, one number per button.

        Raises:
            ConfigError: They are no row of numbers, or more than a pad has buttons.
            StateError: There is no such player.
        """
        if not 0 <= player < len(self._pressed):
            raise StateError(f"this environment has {len(self._pressed)} player(s), counted from 0; got {player}")
        held = np.asarray(mask)
        if held.ndim != 1 or len(held) > MAX_BUTTONS:
            raise ConfigError(
                f"a mask has one number per button, of which a pad has at most {MAX_BUTTONS}, got {mask!r}"
            )
        self._pressed[player] = sum(1 << place for place, down in enumerate(held.tolist()) if down)

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

    def get_audio(self) -> Samples:
        """The sound of the last frame: int16, (samples, 2), left and right, `get_audio_rate()` per second."""
        return self._machine.take_sound()

    def get_audio_rate(self) -> float:
        """Samples per second."""
        return self._machine.sample_rate

    def add_cheat(self, code: str) -> None:
        """Switches a cheat on besides those that are, in the core's own notation. Cores do not say whether they
        understand one.

        Raises:
            ConfigError: It is no text.
        """
        if not isinstance(code, str):
            raise ConfigError(f"a cheat is a text in the core's notation, such as a Game Genie code; got {code!r}")
        self._tell("em.add_cheat()")
        self._machine.set_cheats([*self._cheats, code])
        self._cheats.append(code)

    def clear_cheats(self) -> None:
        """Switches all cheats off."""
        self._tell("em.clear_cheats()")
        self._machine.set_cheats([])
        self._cheats.clear()

    def configure_data(self, data: GameData) -> None:
        """Gives a `GameData` this console's memory; what it has loaded is read again with it."""
        data.attach(self._machine.system, self._memory)

    @property
    def machine(self) -> Machine:
        """What runs the game."""
        return self._machine

    def close(self) -> None:
        """Ends the emulator; that of an environment ends with the environment as well."""
        self._machine.close()
