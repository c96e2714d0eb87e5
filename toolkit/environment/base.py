"""The base of all games: from the menus to the agent's steps and back."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from toolkit.checks import check_choice, check_integer
from toolkit.closing import Closing
from toolkit.emulator import Action, Address, BaseEmulator, Emulator
from toolkit.environment.phase import Phase, require
from toolkit.environment.saving import pack, read_known, unpack
from toolkit.environment.sequence import LONGEST_RUN, SequenceStep, WaitUntil, walk
from toolkit.environment.sticky import StickyActions
from toolkit.errors import ConfigError, StateError
from toolkit.link import Exchange, complete
from toolkit.options import parameters, refuse_unknown
from toolkit.remade import Remade

Frames = npt.NDArray[np.uint8] | list[npt.NDArray[np.uint8]]


class Result(NamedTuple):
    """What the end of a round means. A stage and a game may end with it, also both."""

    stage_done: bool = False
    game_done: bool = False


class StepResult(NamedTuple):
    """What a step gave. Each frame is a uint8 array of shape (height, width, 3), RGB, of its own."""

    frames: Frames
    reward: dict[str, float]
    round_done: bool
    stage_done: bool
    game_done: bool


class GameEnvironment(Remade, Closing):
    """A game that an agent can play, on a machine that only knows buttons and memory.

    A subclass names the machine and its addresses, says which buttons lead into the game, what an agent's choice
    presses, when it is its turn, and what it is rewarded for. Everything that is not abstract below has a default that
    suits a game without rounds and stages.

    Args:
        env_id: A name for this environment, of your choice.
        roms_path: The folder, or folders, with the ROM sets.
        frame_ratio: How many emulated frames one step of the emulator takes.
        frames_per_step: How many steps of the emulator one `step` of the environment takes, with the same buttons held;
            each gives one frame.
        emulator_options: Passed on to the emulator: `render`, `throttle`, `timeout`, `publish`, ...

    Raises:
        ConfigError, LaunchError: As the emulator's constructor.

    Use it as a context manager, or call `close()`. One thread at a time may use an environment; different threads may
    use different ones at the same time.
    """

    game_id: ClassVar[str]
    addresses: ClassVar[Mapping[str, Address]]
    # How many choices each argument of step() has.
    action_counts: ClassVar[tuple[int, ...]]
    # Attributes of a subclass that belong to a saved state: what it remembers of the game besides the last reading.
    # They hold None, bools, numbers, texts, and tuples of those, and are set before this class's constructor is called.
    saved_attributes: ClassVar[tuple[str, ...]] = ()
    # Frames that may pass from the end of a menu sequence until the agent's turn begins.
    play_budget: int = 3600
    # Lets an agent's choices take effect late; see there.
    sticky: StickyActions[Action] | None = None

    # On the class, so that close() works on an object whose constructor failed.
    _emulator: BaseEmulator | None = None

    def __init__(
        self,
        env_id: str,
        roms_path: Any,
        frame_ratio: int = 3,
        frames_per_step: int = 3,
        **emulator_options: Any,
    ) -> None:
        self.env_id = env_id
        self.emulator_options = emulator_options
        self.frames_per_step = check_integer("frames_per_step", frames_per_step, 1)
        self.phase = Phase.MENU
        self.stage = 1
        self.round_done = False
        self.stage_done = False
        self.game_done = False
        self._data: dict[str, Any] = {}
        self._at_power_on = {name: getattr(self, name) for name in self.saved_attributes}
        self._emulator = self.make_emulator(env_id, roms_path, frame_ratio, **emulator_options)

    # --- what a game says about itself ------------------------------------------------------------------------------

    def make_emulator(self, env_id: str, roms_path: Any, frame_ratio: int, **options: Any) -> BaseEmulator:
        """The emulator to play on. Unless overridden, MAME."""
        refuse_unknown(options, parameters(type(self)) | parameters(Emulator), type(self).__name__)
        return Emulator(env_id, roms_path, self.game_id, self.addresses, frame_ratio, **options)

    @abstractmethod
    def start_sequence(self) -> Sequence[SequenceStep]:
        """From the machine's first frame into the game. That `playing` holds is waited for after it."""

    def round_sequence(self) -> Sequence[SequenceStep]:
        """From the end of a round towards the next one. Nothing, unless overridden."""
        return ()

    def stage_sequence(self) -> Sequence[SequenceStep]:
        """From a stage that was won towards the next one. Nothing, unless overridden."""
        return ()

    def game_sequence(self) -> Sequence[SequenceStep]:
        """From the end of a game into a new one. The same as after power-on, unless overridden."""
        return self.start_sequence()

    @abstractmethod
    def actions(self, *choice: int) -> Sequence[Action]:
        """What an agent's choice holds down; one number for each of `action_counts`, already checked."""

    @abstractmethod
    def playing(self, data: Mapping[str, Any]) -> bool:
        """Whether it is the agent's turn: what it presses counts."""

    @abstractmethod
    def reward(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, float]:
        """What each player earned between two readings; always the same names. A step adds up several."""

    def result_sequence(self) -> Sequence[SequenceStep]:
        """From the moment that `playing` no longer holds until `result` can tell. Still counts for the rewards."""
        return ()

    def result(self, data: Mapping[str, Any]) -> Result:
        """What the end of a round means; asked once for each. The end of the game, unless overridden."""
        return Result(game_done=True)

    # --- what an agent calls ----------------------------------------------------------------------------------------

    @property
    def emulator(self) -> BaseEmulator:
        """The emulator, for reading and writing memory, saving states, its frame number.

        Raises:
            StateError: The environment is closed.
        """
        if self._emulator is None or self._emulator.closed:
            raise StateError("this environment is closed; make a new one")
        return self._emulator

    def start(self) -> Frames:
        """Goes from power-on through the menus until the agent's turn; returns the first frames of it.

        Raises:
            StateError: It was started before, or is closed.
            SequenceStuck: The game did not do what was expected.
        """
        return complete(self.starting())

    def starting(self, idle: int = 0) -> Exchange[Frames]:
        """`start`, for who drives many environments at once; see `toolkit.link.exchange`.

        Args:
            idle: Emulated frames in which nothing is pressed, before the first that are returned.
        """
        self._require("start")
        if self.phase is not Phase.READY:
            yield from self._reach(self.start_sequence(), "start()")
        return (yield from self._open(stage=1, idle=idle))

    def prepare(self) -> None:
        """The first part of `start`: stops at the moment when play begins, before the first frames that are returned.

        This is where a state is worth saving: loaded again, it makes `start` take no time.

        Raises:
            StateError, SequenceStuck: As from `start`.
        """
        complete(self.preparing())

    def preparing(self) -> Exchange[None]:
        """`prepare`, for who drives many environments at once; see `toolkit.link.exchange`."""
        self._require("prepare")
        yield from self._reach(self.start_sequence(), "prepare()")
        self.stage = 1
        self.phase = Phase.READY

    def step(self, *choice: Any, **named: Any) -> StepResult:
        """Holds what `choice` means for `frames_per_step` steps of the emulator, and says what came of it.

        When a round ends, the reward also counts what happened until its result was known.

        Returns:
            The frames, a list of `frames_per_step` arrays, or the array itself where that is 1; the reward of each
            player; and what is over. Then `reset`, or the call for what is over, goes on.

        Raises:
            ConfigError: A choice that there is not.
            StateError: No round is being played, or the environment is closed.
        """
        return complete(self.stepping(*choice, **named))

    def stepping(self, *choice: Any, **named: Any) -> Exchange[StepResult]:
        """`step`, for who drives many environments at once; see `toolkit.link.exchange`."""
        self._require("step")
        if named or len(choice) != len(self.action_counts):
            raise ConfigError(f"step() takes {len(self.action_counts)} choices by position, got {(*choice, *named)}")
        checked = [
            value
            if type(value) is int and 0 <= value < count
            else check_choice(f"choice {number}", value, 0, count - 1)
            for number, (value, count) in enumerate(zip(choice, self.action_counts, strict=True), 1)
        ]
        frames, reward, still_playing = yield from self._gather(self.actions(*checked))
        if not still_playing:
            for data in walk(self.emulator, self.result_sequence(), "the end of a round"):
                if data is None:
                    yield
                else:
                    _add(reward, self._follow(data))
            self._finish(self.result(self._data))
        return StepResult(frames, reward, self.round_done, self.stage_done, self.game_done)

    def next_round(self) -> Frames:
        """Goes on after a round that ended neither stage nor game; otherwise like `start`."""
        return complete(self._going_on("next_round"))

    def next_stage(self) -> Frames:
        """Goes on after a stage that was won; otherwise like `start`."""
        return complete(self._going_on("next_stage"))

    def new_game(self) -> Frames:
        """Starts again after a game that is over; otherwise like `start`."""
        return complete(self._going_on("new_game"))

    def reset(self) -> Frames:
        """Goes on after whatever is over: `new_game`, `next_stage` or `next_round`.

        Raises:
            StateError: Nothing is over.
        """
        return complete(self.resetting())

    def resetting(self, idle: int = 0) -> Exchange[Frames]:
        """`reset`, for who drives many environments at once; see `toolkit.link.exchange` and `starting`."""
        self._require("reset")
        call = {Phase.GAME_DONE: "new_game", Phase.STAGE_DONE: "next_stage"}.get(self.phase, "next_round")
        return self._going_on(call, idle)

    def _going_on(self, call: str, idle: int = 0) -> Exchange[Frames]:
        self._require(call)
        sequence, stage = {
            "next_round": (self.round_sequence, self.stage),
            "next_stage": (self.stage_sequence, self.stage),
            "new_game": (self.game_sequence, 1),
        }[call]
        yield from self._reach(sequence(), f"{call}()")
        return (yield from self._open(stage, idle))

    # --- states -----------------------------------------------------------------------------------------------------

    @property
    def data(self) -> Mapping[str, Any]:
        """The last reading: each of `addresses` under its name, and, unless a state was just loaded, "frame". Not to be
        written to.

        Raises:
            StateError: There is none before `start`.
        """
        if self.phase is Phase.MENU:
            raise StateError("nothing has been read before start()")
        return self._data

    def save_state(self) -> bytes:
        """The game as it is now: the emulator's state, and what is known of the game here.

        Raises:
            StateError: The emulator could not save, or the environment is closed.
        """
        known = {
            "game": self._name(),
            "phase": self.phase.name,
            "stage": self.stage,
            "done": [self.round_done, self.stage_done, self.game_done],
            "data": {name: value for name, value in self._data.items() if name != "frame"},
            "attributes": {name: getattr(self, name) for name in self.saved_attributes},
        }
        return pack(known, self.emulator.save_state())

    def load_state(self, state: bytes) -> None:
        """Goes back to where `save_state` was called, in this or another environment of the same kind.

        What follows is what followed then. `data` is that of the moment, without its frame.

        Raises:
            StateError: It is no state, is damaged, or comes from another game, machine or emulator.
        """
        complete(self.loading(state))

    def loading(self, state: bytes) -> Exchange[None]:
        """`load_state`, for who drives many environments at once; see `toolkit.link.exchange`."""
        fields, machine = unpack(state)
        known = read_known(fields, self._name(), self.addresses, self._at_power_on)
        yield from self.emulator.loading(machine)
        self.phase = known.phase
        self.stage = known.stage
        self.round_done, self.stage_done, self.game_done = known.done
        self._data = known.data
        for name, value in known.attributes.items():
            setattr(self, name, value)

    def power_cycle(self) -> None:
        """Switches the machine off and on again; then `start` has to follow."""
        self.emulator.reset()
        self.phase = Phase.MENU
        self.stage = 1
        self.round_done = self.stage_done = self.game_done = False
        self._data = {}
        for name, value in self._at_power_on.items():
            setattr(self, name, value)

    @classmethod
    def _name(cls) -> str:
        return f"{cls.__module__}.{cls.__qualname__}"

    # --- how it is done ---------------------------------------------------------------------------------------------

    def _require(self, call: str) -> None:
        if self._emulator is None or self._emulator.closed:
            raise StateError(f"called {call}() after close(); make a new environment")
        require(call, self.phase)

    def _reach(self, sequence: Sequence[SequenceStep], name: str) -> Exchange[None]:
        """Plays `sequence` and waits for the agent's turn."""
        until = WaitUntil(self.playing, self.play_budget, "play to begin")
        for data in walk(self.emulator, [*sequence, until], name):
            if data is None:
                yield
            else:
                self._data = data

    def _open(self, stage: int, idle: int) -> Exchange[Frames]:
        """The first frames of the agent's turn. The phase changes only when all went well."""
        while idle > 0:
            self._data = yield from self.emulator.stepping((), min(idle, LONGEST_RUN))
            idle -= LONGEST_RUN
        if self.sticky is not None:
            self.sticky.release()
        frames, _, _ = yield from self._gather(())
        self.round_done = self.stage_done = self.game_done = False
        self.stage = stage
        self.phase = Phase.ROUND
        return frames

    def _gather(self, actions: Sequence[Action]) -> Exchange[tuple[Frames, dict[str, float], bool]]:
        """The frames and the rewards of one step, and whether the play went on all through it."""
        frames: list[npt.NDArray[np.uint8]] = []
        reward: dict[str, float] = {}
        playing = True
        for _ in range(self.frames_per_step):
            data = yield from self._hold(actions)
            _add(reward, self._follow(data))
            playing = playing and self.playing(data)
            frames.append(data["frame"])
        return (frames[0] if self.frames_per_step == 1 else frames), reward, playing

    def _hold(self, actions: Sequence[Action]) -> Exchange[dict[str, Any]]:
        """One step of the emulator's; with sticky actions, in two parts where `actions` come late."""
        frames = self.emulator.frame_ratio
        late = 0 if self.sticky is None else self.sticky.late(actions, frames)
        if late:
            assert self.sticky is not None
            data = yield from self.emulator.stepping(self.sticky.held, late)
        if late < frames:
            data = yield from self.emulator.stepping(actions, frames - late)
            if self.sticky is not None:
                self.sticky.held = tuple(actions)
        return data

    def _follow(self, data: dict[str, Any]) -> dict[str, float]:
        reward = self.reward(self._data, data)
        self._data = data
        return reward

    def _finish(self, result: Result) -> None:
        self.round_done = True
        self.stage_done, self.game_done = result
        if self.game_done:
            self.phase = Phase.GAME_DONE
        elif self.stage_done:
            self.phase = Phase.STAGE_DONE
            self.stage += 1
        else:
            self.phase = Phase.ROUND_DONE

    # --- the end ----------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Ends the emulator. Safe to call twice, and on a half-built object."""
        if self._emulator is not None:
            self._emulator.close()


def _add(total: dict[str, float], reward: Mapping[str, float]) -> None:
    for player, value in reward.items():
        total[player] = total.get(player, 0) + value
