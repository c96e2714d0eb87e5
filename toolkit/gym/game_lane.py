"""A `GameEnvironment` as a lane: what its rounds and stages, its frames and its readings mean to an agent."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import gymnasium
import numpy as np
import numpy.typing as npt

from toolkit.choices import Choices
from toolkit.emulator import Action, Address
from toolkit.environment import Frames, GameEnvironment, Phase
from toolkit.environment.sticky import StickyActions
from toolkit.errors import ConfigError, ProtocolError, StateError
from toolkit.gym.lane import Array, Buffer, Lane, Outcome
from toolkit.gym.preprocessing import Preprocessing
from toolkit.gym.start_states import StartState, start_state
from toolkit.link import Child, Exchange
from toolkit.retro.observation import Observation

Episode = Literal["round", "stage", "game"]
EPISODES: Final = ("round", "stage", "game")
PLAYER: Final = "P1"
# Of machines that do not say how fast their screen is.
USUAL_REFRESH: Final = 60.0
# What is drawn when nobody looks: small, but the games' classes can still tell a black screen.
UNSEEN: Final = Observation(gray=True, size=(16, 16))
# After which phases a reset without a seed goes on with the game.
GOES_ON: Final = (Phase.ROUND_DONE, Phase.STAGE_DONE)


class GameLane(Lane):
    """A game that its own environment class drives.

    Args:
        make: Makes the environment, with an emulator that makes its frames as the `Observation` says. Called again by
            `restart`.
        preprocessing: What is done to frames, actions and rewards.
        episode: What ends an episode: "round", "stage" or "game". Rounds that end before that are followed by the next
            one within the same step.
        start_states: Whether games begin from a state that all emulators on the machine share; otherwise each goes
            through the menus.

    Raises:
        ConfigError: Options that do not fit the game; as `make`.

    An episode that begins with a seed, after the end of a game, or in the middle of a round, is a new game; one that
    begins without a seed after a round or stage is the next one of the same game, and `options={"new_game": True}`
    makes that a new game too. Rewards are those of player "P1".
    """

    # On the class, so that close() works on an object whose constructor failed.
    _env: GameEnvironment | None = None
    # What `close` has begun to end: kept until it has ended, so that the next `close` goes on after an interrupt.
    _ending: GameEnvironment | None = None

    def __init__(
        self,
        make: Callable[[Observation], GameEnvironment],
        preprocessing: Preprocessing,
        *,
        episode: Episode = "round",
        start_states: bool = True,
    ) -> None:
        if episode not in EPISODES:
            raise ConfigError(f"episode is one of {', '.join(EPISODES)}, got {episode!r}")
        self.preprocessing = preprocessing
        self.episode = episode
        self._make = make
        self._view = UNSEEN if preprocessing.observation == "ram" else preprocessing.view()
        self._use_start_states = start_states
        self._start: StartState | None = None
        self._sticky: StickyActions[Action] | None = None
        if preprocessing.repeat_action_probability:
            self._sticky = StickyActions(preprocessing.repeat_action_probability, np.random.default_rng())
        self._frames: deque[npt.NDArray[np.uint8]] = deque(maxlen=preprocessing.stack_num)
        try:
            env = self._open()
            self.ram_names = tuple(env.addresses)
            self._ram_space = _ram_space(env.addresses) if preprocessing.observation != "image" else None
            self.observation_space = self._space()
            counts = env.action_counts
            self._choices = Choices(counts, single=len(counts) == 1)
            self.action_space = (
                gymnasium.spaces.Discrete(counts[0])
                if len(counts) == 1
                else gymnasium.spaces.MultiDiscrete(list(counts))
            )
            refresh = env.emulator.refresh_rate or USUAL_REFRESH
            self.render_fps = refresh / (env.emulator.frame_ratio * env.frames_per_step)
        except BaseException:
            self.close()
            raise

    def _open(self) -> GameEnvironment:
        self._env = env = self._make(self._view)
        env.sticky = self._sticky
        self._frame_shape = env.emulator.frame_shape
        return env

    def _space(self) -> gymnasium.Space[Any]:
        image = gymnasium.spaces.Box(0, 255, self.preprocessing.image_shape(self._frame_shape), np.uint8)
        if self._ram_space is None:
            return image
        if self.preprocessing.observation == "ram":
            return self._ram_space
        return gymnasium.spaces.Dict({"image": image, "ram": self._ram_space})

    @property
    def env(self) -> GameEnvironment:
        """The game's own environment; after `restart` it is another one.

        Raises:
            StateError: The lane is closed.
        """
        if self._env is None:
            raise StateError("this environment is closed; make a new one")
        return self._env

    # --- episodes ---------------------------------------------------------------------------------------------------

    def resetting(self, random: np.random.Generator, seeded: bool, options: dict[str, Any]) -> Exchange[dict[str, Any]]:
        env = self.env
        if self._sticky is not None:
            self._sticky.random = random
        noops = self.preprocessing.noop_max
        idle = int(random.integers(1, noops + 1)) if noops else 0
        if env.phase in GOES_ON and not seeded and not options.get("new_game", False):
            frames = yield from env.resetting(idle)
        else:
            yield from self._to_new_game()
            frames = yield from env.starting(idle)
        self._frames.clear()
        self._take(frames)
        return self._info()

    def _to_new_game(self) -> Exchange[None]:
        env = self.env
        if not self._use_start_states:
            if env.emulator.frame_number:
                env.power_cycle()
            yield from env.preparing()
            return
        if self._start is None:
            self._start = start_state(env)
            try:
                yield from env.loading(self._start.state)
                return
            except StateError:
                self._start = start_state(env, refused=self._start)
        yield from env.loading(self._start.state)

    def stepping(self, action: Any) -> Exchange[Outcome]:
        env = self.env
        result = yield from env.stepping(*self._choices.read(action))
        self._take(result.frames)
        info = self._info(result.reward, result.round_done, result.stage_done, result.game_done)
        ends = {"round": result.round_done, "stage": result.stage_done, "game": False}
        terminated = ends[self.episode] or result.game_done
        if result.round_done and not terminated:
            frames = yield from env.resetting()
            self._take(frames)
        reward = float(result.reward[PLAYER])
        if self.preprocessing.reward_clipping:
            reward = min(1.0, max(-1.0, reward))
        return Outcome(reward, terminated, False, info)

    def _info(
        self,
        rewards: Mapping[str, float] | None = None,
        round_done: bool = False,
        stage_done: bool = False,
        game_done: bool = False,
    ) -> dict[str, Any]:
        env = self.env
        info: dict[str, Any] = {
            "stage": env.stage,
            "round_done": round_done,
            "stage_done": stage_done,
            "game_done": game_done,
            "values": {name: value for name, value in env.data.items() if name != "frame"},
        }
        if rewards is not None:
            info["rewards"] = dict(rewards)
        return info

    # --- what is seen -----------------------------------------------------------------------------------------------

    def _take(self, frames: Frames) -> None:
        for frame in frames if isinstance(frames, list) else [frames]:
            if frame.shape != self._frame_shape:
                raise ProtocolError(
                    f"the game's picture changed from {self._frame_shape} to {frame.shape}, and observations have one "
                    "shape only; resize= gives all pictures one"
                )
            self._frames.append(frame)

    def observe(self, buffer: Buffer) -> None:
        if self._ram_space is None:
            self._write_image(buffer)
        elif self.preprocessing.observation == "ram":
            self._write_ram(buffer)
        else:
            self._write_image(buffer["image"])
            self._write_ram(buffer["ram"])

    def _write_image(self, buffer: Array) -> None:
        frames = self._frames
        # At an episode's beginning there are not as many yet: the first repeats.
        missing = self.preprocessing.stack_num - len(frames)
        depth = frames[0].shape[2]
        for place in range(self.preprocessing.stack_num):
            frame = frames[max(0, place - missing)]
            where = slice(place * depth, (place + 1) * depth)
            if self.preprocessing.channels_first:
                buffer[where] = frame.transpose(2, 0, 1)
            else:
                buffer[:, :, where] = frame

    def _write_ram(self, buffer: Array) -> None:
        data = self.env.data
        buffer[:] = [data[name] for name in self.ram_names]

    def render(self) -> npt.NDArray[np.uint8]:
        return self.env.emulator.screenshot()

    # --- the emulator -----------------------------------------------------------------------------------------------

    @property
    def reply_fd(self) -> int:
        return self.env.emulator.reply_fd

    @property
    def deadline(self) -> float | None:
        return self.env.emulator.deadline

    @property
    def lost(self) -> bool:
        try:
            return self._env is None or self._env.emulator.lost
        except StateError:
            return True  # It is closed: another one could not be started.

    @property
    def children(self) -> tuple[Child, ...]:
        try:
            return () if self._env is None else self._env.emulator.children
        except StateError:
            return ()

    def restart(self) -> None:
        self.env.close()
        self._open()

    def close(self) -> None:
        self._ending = self._ending or self._env
        self._env = None
        if self._ending is not None:
            self._ending.close()
            self._ending = None


def _ram_space(addresses: Mapping[str, Address]) -> gymnasium.spaces.Box:
    for name, address in addresses.items():
        if address.size == 8 and not address.signed:
            raise ConfigError(
                f"{name!r} is unsigned and has 64 bits, more than a RAM observation holds; watch it as s64"
            )
    ranges = [_range(address) for address in addresses.values()]
    low, high = (np.array(side, np.int64) for side in zip(*ranges, strict=True))
    return gymnasium.spaces.Box(low, high, dtype=np.int64)


def _range(address: Address) -> tuple[int, int]:
    bits = 8 * address.size
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if address.signed else (0, (1 << bits) - 1)
