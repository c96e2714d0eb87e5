"""Any lane as a Gymnasium environment."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np

from toolkit.checks import check_integer
from toolkit.errors import ConfigError, StateError, ToolkitError
from toolkit.gym.lane import Lane
from toolkit.gym.recovery import Recovery
from toolkit.link import Exchange, complete
from toolkit.remade import Remade
from toolkit.window import Window

logger = logging.getLogger(__name__)

RENDER_MODES = (None, "human", "rgb_array")
# How many emulators in a row may fail to begin an episode.
ATTEMPTS = 2


class LaneEnv(Remade, gymnasium.Env[Any, Any]):
    """One lane, one emulator process.

    Args:
        make: Makes the lane.
        render_mode: "rgb_array" for `render()` to return the picture, "human" for a window that `reset` and `step` draw
            into.

    Raises:
        ConfigError: No such render mode; as `make`.

    An emulator that dies or hangs during a step ends the episode: the step returns the observation before it, no
    reward, `truncated`, and the reason as text in `info["emulator_error"]`. The next `reset` starts another emulator;
    `restarts` counts them. One that dies during `reset` is replaced at once, but not twice.

    Copied (`copy.deepcopy`) or pickled it is a new environment, made by the same `make`, before its first `reset`.

    After an interrupt (Ctrl-C) at any point of `step` or `reset`, `reset` works: with another emulator if nobody knows
    where this one is. `close` may be called at any time, by a signal handler or another thread, too: what is under way
    ends with a StateError. It cannot be said what an episode was then.
    """

    kept = ("spec",)
    metadata: dict[str, Any] = {"render_modes": ["human", "rgb_array"], "render_fps": 60.0}  # noqa: RUF012  # as Gymnasium has it

    # On the class, so that close() works on an object whose constructor failed.
    _lane: Lane | None = None
    # What `close` has begun to end: kept until it has ended, so that the next `close` goes on after an interrupt.
    _ending: Lane | None = None
    _window: Window | None = None

    def __init__(self, make: Callable[[], Lane], render_mode: str | None = None) -> None:
        if render_mode not in RENDER_MODES:
            raise ConfigError(f'render_mode is None, "human" or "rgb_array", got {render_mode!r}')
        self.render_mode = render_mode
        self.restarts = 0
        self._lane = lane = make()
        self.observation_space = lane.observation_space
        self.action_space = lane.action_space
        self.metadata = {**self.metadata, "render_fps": lane.render_fps}
        self._running = False
        self._recovery = Recovery(lane, ATTEMPTS)
        self._seen: Any = None
        self._picture: Any = None

    @property
    def lane(self) -> Lane:
        """What the environment drives.

        Raises:
            StateError: The environment is closed.
        """
        if self._lane is None:
            raise StateError("this environment is closed; make a new one")
        return self._lane

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begins an episode. With a seed it depends on nothing but the seed and the actions to come.

        Args:
            seed: For all chance in this and the following episodes.
            options: What the lane offers.

        Raises:
            ToolkitError: Two emulators in a row could not begin one.
        """
        lane = self.lane
        super().reset(seed=None if seed is None else check_integer("seed", seed, 0))
        self._running = False
        try:
            info = complete(
                self._recovery.beginning(self.np_random, seed is not None, dict(options or {}), self._replacing)
            )
            observation = self._observe(lane)
        except Exception as error:
            self._refuse_closed(error)
            raise
        self._running = True
        self._show(lane)
        return observation, info

    def _replacing(self) -> Exchange[None]:
        lane = self.lane
        self.restarts += 1
        lane.restart()
        if self._lane is None:
            lane.close()  # Nobody else would: this environment was closed meanwhile.
            self._refuse_closed(None)
        yield from ()

    def _refuse_closed(self, error: Exception | None) -> None:
        """Whatever becomes of a step or reset when `close` is called in its middle is a StateError."""
        if self._lane is None:
            raise StateError("this environment was closed in the middle of a step or reset; make a new one") from error

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """One step of the agent's.

        Returns:
            The observation, the caller's own; the reward; whether the episode is over; whether it was cut short; info.

        Raises:
            ConfigError: No such action; nothing has happened.
            StateError: No episode has begun, or it has ended.
        """
        lane = self.lane
        if not self._running:
            raise StateError("step() was called without an episode; call reset() first")
        self._running = False
        recovery = self._recovery
        recovery.lost = True
        try:
            outcome = complete(lane.stepping(action))
            observation = self._observe(lane)
        except Exception as error:
            return self._cut_short(error)
        recovery.lost = False
        self._running = not (outcome.terminated or outcome.truncated)
        self._show(lane)
        return observation, outcome.reward, outcome.terminated, outcome.truncated, outcome.info

    def _cut_short(self, error: Exception) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """What a step returns, or raises, whose emulator gave no answer."""
        self._refuse_closed(error)
        if isinstance(error, ConfigError):
            self._running, self._recovery.lost = True, False
        if isinstance(error, ConfigError) or not (isinstance(error, ToolkitError) and self._recovery.is_lost(error)):
            raise error
        logger.warning("an episode is cut short: %s", error)
        return copy.deepcopy(self._seen), 0.0, False, True, {"emulator_error": str(error)}

    def _observe(self, lane: Lane) -> Any:
        buffer = _buffer(self.observation_space)
        lane.observe(buffer)
        self._seen = buffer
        return buffer

    def render(self) -> Any:
        """The picture, if "rgb_array": uint8, (height, width, 3), the caller's own. If "human", draws the window.

        Raises:
            StateError: After `close`.
        """
        lane = self.lane
        if self.render_mode == "rgb_array":
            return self._render(lane)
        self._show(lane)
        return None

    def _render(self, lane: Lane) -> Any:
        if not self._recovery.lost:
            self._picture = lane.render()
        elif self._picture is None:
            raise StateError("the emulator is gone, and there is no picture of before; call reset()")
        # After the emulator's end films still ask for one.
        return self._picture.copy()

    def _show(self, lane: Lane) -> None:
        if self.render_mode == "human":
            if self._window is None:
                self._window = Window(self.spec.id if self.spec is not None else "toolkit")
            self._window.show(self._render(lane))

    def close(self) -> None:
        """Ends the emulator. Safe to call twice, and on a half-built object."""
        self._ending = self._ending or self._lane
        self._lane = None
        try:
            if self._window is not None:
                self._window.close()
        finally:
            if self._ending is not None:
                self._ending.close()
                self._ending = None


def _buffer(space: gymnasium.Space[Any]) -> Any:
    if isinstance(space, gymnasium.spaces.Dict):
        return {name: _buffer(part) for name, part in space.spaces.items()}
    return np.empty(space.shape, space.dtype)
