"""One player runs to the flag of each level."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, SupportsIndex

from games.homebrew import rom_path
from games.homebrew.hop import ADDRESSES, LEVELS, STATES
from games.homebrew.hop.menus import in_play, to_level
from games.platformer.actions import ACTIONS, BUTTONS
from games.platformer.backends import open_emulator
from toolkit.checks import check_integer, check_real
from toolkit.emulator import Action, Address, BaseEmulator
from toolkit.environment import GameEnvironment, Result, SequenceStep, StepResult
from toolkit.errors import ConfigError

CARTRIDGE: Final = "hop.nes"
TILE: Final = 16
_DYING: Final = STATES["dying"]
# From the flag until the clock is counted out.
_AT_THE_FLAG: Final = frozenset(STATES[name] for name in ("flag", "tally"))
# Where what the hare moves is the player's doing.
_MOVING: Final = frozenset(STATES[name] for name in ("play", "dying", "flag"))


class Environment(GameEnvironment):
    """hop, a platformer for the NES: six levels, three lives.

    A stage is a level, a round is a life: a round ends with a death, or with the flag, which also ends the stage. The
    game is over with the last life, and also, with `stage_done`, when the last level is won. After a death the level
    begins again. The step that ends a round ends with it, and so does its reading, in which lives and level are still
    those of the round. What the game shows until it goes on passes in `reset`; not at all where that loads a state.

    Args:
        env_id: A name for this environment, of your choice.
        roms_path: The folder with hop.nes; that of this package, unless given.
        level: The level to begin with, 1 to 6, of each new game; it is stage 1 then.
        frame_ratio: How many emulated frames one step of the emulator takes.
        frames_per_step: How many frames a `step` returns, each after `frame_ratio` emulated ones.
        backend: The emulator to play on: "mame", or "libretro", which is several times faster and has no window.
        flag_bonus: Reward for reaching the flag.
        death_penalty: What a death costs.
        emulator_options: Passed on to the emulator: `timeout`, `publish`, ...; to MAME also `render`, `throttle`, ...;
            and for libretro `core`, the name or path of a core, by default "nestopia", and its `options`.

    Raises:
        ConfigError: A level or backend that there is not, an option that the backend does not have, no cartridge in
            `roms_path`, no such core; and as the emulator.

    Actions, memory and rewards are the same on both backends. The picture is MAME's, (240, 256, 3), or what a core
    makes of it: nestopia leaves out 8 rows at the top and at the bottom.

    Rewards are `{"P1": x}`, where x is the way made to the right, in tiles of 16 pixels; a way back counts below zero,
    so that what a life earns is how far it came. Level 1 is 164 tiles long, level 6 is 372.
    """

    game_id: ClassVar[str] = "nes"
    addresses: ClassVar[Mapping[str, Address]] = {
        name: Address(*place)
        for name, place in ADDRESSES.items()
        if not name.startswith("item") and not name.endswith("_timer")
    }
    action_counts: ClassVar[tuple[int, ...]] = (len(ACTIONS),)
    saved_attributes: ClassVar[tuple[str, ...]] = ("_levels_done",)

    def __init__(
        self,
        env_id: str,
        roms_path: str | os.PathLike[str] | None = None,
        level: int = 1,
        frame_ratio: int = 4,
        frames_per_step: int = 1,
        *,
        backend: str = "mame",
        flag_bonus: float = 50.0,
        death_penalty: float = 15.0,
        **emulator_options: Any,
    ) -> None:
        if backend not in BUTTONS:
            raise ConfigError(f"no backend {backend!r} for this game; there are: {', '.join(BUTTONS)}")
        self.backend = backend
        self.first_level = check_integer("level", level, 1, LEVELS)
        self.flag_bonus = check_real("flag_bonus", flag_bonus)
        self.death_penalty = check_real("death_penalty", death_penalty)
        self._buttons = BUTTONS[backend]
        self._held = tuple(tuple(self._buttons[name] for name in names) for names in ACTIONS)
        self._levels_done = 0
        folder = rom_path("hop") if roms_path is None else Path(roms_path)
        super().__init__(env_id, folder, frame_ratio, frames_per_step, **emulator_options)

    def make_emulator(self, env_id: str, roms_path: Any, frame_ratio: int, **options: Any) -> BaseEmulator:
        cartridge = Path(roms_path) / CARTRIDGE
        if not cartridge.is_file():
            raise ConfigError(f"no {CARTRIDGE} in {roms_path}; leave roms_path out for the one of this package")
        return open_emulator(self.backend, env_id, cartridge, self.addresses, frame_ratio, **options)

    @property
    def level(self) -> int:
        """The level that is being played, 1 to 6, as the last reading says."""
        return int(self.data["level"])

    @property
    def lives(self) -> int:
        """The lives that are left, this one included, as the last reading says."""
        return int(self.data["lives"])

    def step(self, action: SupportsIndex) -> StepResult:
        """Holds one of `ACTIONS` for `frames_per_step` frames, each `frame_ratio` emulated ones.

        Args:
            action: 0 nothing, 1 right, 2 right and jump, 3 right and run, 4 right, jump and run, 5 jump, 6 left,
                7 left and jump. A jump needs the button to be let go first.

        Returns:
            frames, reward, round_done, stage_done, game_done; see `GameEnvironment.step`.

        Raises:
            ConfigError: A number out of this range.
            StateError: No round is being played.
        """
        return super().step(action)

    def start_sequence(self) -> Sequence[SequenceStep]:
        return to_level(self.first_level, self._buttons)

    def actions(self, *choice: int) -> Sequence[Action]:
        return self._held[choice[0]]

    def playing(self, data: Mapping[str, Any]) -> bool:
        return in_play(data)

    def reward(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, float]:
        earned = 0.0
        if in_play(before) and after["state"] in _MOVING and before["level"] == after["level"]:
            earned += (after["x"] - before["x"]) / TILE
        if after["flag_reached"] and not before["flag_reached"]:
            earned += self.flag_bonus
        if after["death"] and not before["death"]:
            earned -= self.death_penalty
        return {"P1": earned}

    def result(self, data: Mapping[str, Any]) -> Result:
        # Told at once: the game takes a life off, and goes on to the next level, when it has shown a death and counted
        # out the clock, for seconds in which nothing is decided any more. A step of many frames may miss that.
        state = data["state"]
        won = bool(data["flag_reached"]) or data["levels_done"] > self._levels_done
        if state == _DYING:
            over = data["lives"] == 1
        elif state in _AT_THE_FLAG:
            over = data["level"] == LEVELS
        else:
            over = state not in (STATES["intro"], STATES["play"])
        self._levels_done = 0 if over else self._levels_done + won
        return Result(stage_done=won, game_done=over)
