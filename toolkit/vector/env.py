"""Many emulators as one `gymnasium.vector.VectorEnv`: all are told what to do before any answer is awaited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from toolkit.checks import check_flag, check_integer, check_limit
from toolkit.errors import ConfigError, StateError
from toolkit.gym.games import MakeLane
from toolkit.gym.lane import Lane, Outcome
from toolkit.limits import limits_named
from toolkit.link import Slab
from toolkit.remade import Remade
from toolkit.vector.actions import checker
from toolkit.vector.checks import check_names, read_autoreset_mode
from toolkit.vector.driver import Driver, Failure, Task
from toolkit.vector.episodes import Episodes, only
from toolkit.vector.infos import gather
from toolkit.vector.lanes import end_lanes, make_lanes
from toolkit.vector.observations import Observations
from toolkit.window import Window, tiled

Batch = tuple[Any, Any, Any, Any, dict[str, Any]]


class LaneVectorEnv(Remade, gymnasium.vector.VectorEnv[Any, Any, Any]):
    """As many lanes as there are makers, each with an emulator process of its own.

    Args:
        makers: Make the lanes; their spaces must be equal.
        autoreset_mode: NEXT_STEP, SAME_STEP or DISABLED, as Gymnasium has them, or the text in any spelling. With
            DISABLED, environments whose episode is over are begun again by `reset(options={"reset_mask": mask})`.
        batch_size: How many results `recv` waits for; `step` needs all, which is the default.
        copy: Whether observations are the caller's own. If not they are views of the memory that the emulators write
            to: one stays as it is until `buffers - 1` further calls of `reset`, `step` or `recv` have returned.
        buffers: How many batches of observations there are, 2 or more.
        infos: "all", "final" (only of the last step of an episode, and of resets) or "none": infos of many values take
            the parent more time than all the rest.
        render_mode: "rgb_array" for `render()` to return pictures, "human" for a window with all of them.
        max_episode_steps: Steps until an episode is truncated, as by Gymnasium's `TimeLimit`; None is never.

    Raises:
        ConfigError: Lanes of different spaces, or options that there are not; as the makers.

    An emulator that dies or hangs does not stop the others. Its episode ends `truncated` with the observation before
    that, no reward, and the reason as text in `infos["emulator_error"]`; another one is started while the others go on.
    `restarts` counts them, per environment. A step waits for it for five seconds at most; then, and if three in a row
    could begin no episode, that environment's episodes are cut short, one in every step, until there is one.

    Copied (`copy.deepcopy`) or pickled it is a new vector, with emulators of its own, before its first `reset`.

    One thread at a time may use it. After an error or an interrupt of the caller's own (Ctrl-C) `reset` always can be
    called; `recv` can, too, if that came between `send` and `recv` or while `recv` waited, and nothing is lost then.
    `close` can be called at any time, by a signal handler or another thread, too: what is under way ends with a
    StateError.
    """

    kept = ("spec",)
    _slab: Slab | None = None
    _window: Window | None = None
    _lanes: Sequence[Lane] = ()

    def __init__(
        self,
        makers: Sequence[MakeLane],
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        batch_size: int | None = None,
        copy: bool = True,
        buffers: int = 2,
        infos: Literal["all", "final", "none"] = "all",
        render_mode: str | None = None,
        max_episode_steps: int | None = None,
    ) -> None:
        self.num_envs = check_integer("the number of environments", len(makers), 1)
        self.batch_size = self.num_envs
        if batch_size is not None:
            self.batch_size = check_integer("batch_size", batch_size, 1, self.num_envs)
        buffers, copy = check_integer("buffers", buffers, 2), check_flag("copy", copy)
        check_names(infos, render_mode)
        self.autoreset_mode = read_autoreset_mode(autoreset_mode)
        limit = check_limit(max_episode_steps)
        self.render_mode = render_mode
        self._infos = infos
        try:
            self._slab = Slab(self.num_envs, buffers)
            self._lanes = lanes = make_lanes(makers, self._slab)
            for name in ("observation_space", "action_space"):
                different = {str(getattr(lane, name)) for lane in lanes}
                if len(different) > 1:
                    raise ConfigError(
                        f"the environments of a vector have one {name}; these have {', '.join(different)}"
                    )
            self.single_observation_space = lanes[0].observation_space
            self.single_action_space = lanes[0].action_space
            self.observation_space = batch_space(self.single_observation_space, self.batch_size)
            self.action_space = batch_space(self.single_action_space, self.batch_size)
            self.metadata = {
                "render_modes": ["human", "rgb_array"],
                "render_fps": lanes[0].render_fps,
                "autoreset_mode": self.autoreset_mode,
            }
            self._check_actions = checker(self.single_action_space)
            with limits_named("cannot make a vector of environments"):
                self._seen = Observations(self.single_observation_space, self._slab, lanes, copy)
                self._driver = Driver(list(lanes))
            same_step = self.autoreset_mode is AutoresetMode.SAME_STEP
            self._episodes = Episodes(lanes, self._seen, self._driver, same_step, limit)
            self._begun = False
            self._asked: set[int] = set()  # Of which a result is to come.
            self._turn: list[int] = list(range(self.num_envs))  # Whose results were received last.
        except BaseException:
            self.close()
            raise

    # --- Gymnasium --------------------------------------------------------------------------------------------------

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begins an episode in all environments, or in those that `options["reset_mask"]`, bool, (num_envs,), selects.

        Args:
            seed: One for each, or one that the environments count on from: the first gets `seed`, the next `seed + 1`.
            options: All else goes to the lanes.

        Returns:
            The observations of all environments, and the infos of those that were reset.

        Raises:
            StateError: Results of `send` were not received, and not all environments are reset.
            ToolkitError: Emulators that cannot begin an episode, three in a row.

        Without a mask, what was sent before and not received is dropped, and what an interrupt has left in disorder is
        replaced.
        """
        self._require()
        options = dict(options or {})
        chosen = self._chosen(options.pop("reset_mask", None))
        seeds = self._seeds(seed)
        if len(chosen) == self.num_envs:
            self._drop_outstanding()
        elif self._driver.busy or self._driver.disturbed:
            raise StateError(
                "reset() of some environments was called before all results of send() were received; call recv() "
                "first, or reset() for all"
            )
        self._seen.turn(chosen, together=True)
        for number in chosen:
            if seeds[number] is not None:
                self._episodes.randoms[number] = gymnasium.utils.seeding.np_random(seeds[number])[0]
            self._start(number, self._episodes.resetting(number, seeds[number] is not None, options))
        results = self._receive(len(chosen))
        self._begun = True
        self._turn = list(range(self.num_envs))
        infos = {} if self._infos == "none" else gather(((n, outcome.info) for n, outcome in results), self.num_envs)
        return self._seen.batch(self._turn), infos

    def _drop_outstanding(self) -> None:
        """After it nothing is under way, wherever an interrupt has left the last call, or this one."""
        self._begun = False
        driver = self._driver
        lost = driver.recover()
        self._episodes.lose(lost)
        driver.drop(lost)
        driver.take(driver.under_way)
        self._asked.clear()

    def _chosen(self, mask: Any) -> list[int]:
        if mask is None:
            return list(range(self.num_envs))
        chosen = np.asarray(mask)
        if chosen.shape != (self.num_envs,) or chosen.dtype != np.bool_ or not chosen.any():
            raise ConfigError(f"reset_mask is {self.num_envs} truth values, one of them true, got {mask!r}")
        if not self._begun and not chosen.all():
            raise StateError("the first reset() is of all environments")
        return [int(number) for number in np.flatnonzero(chosen)]

    def _seeds(self, seed: Any) -> Sequence[int | None]:
        if seed is None:
            return [None] * self.num_envs
        try:
            seeds: list[Any] = list(seed)
        except TypeError:
            first = check_integer("seed", seed, 0)
            return [first + number for number in range(self.num_envs)]
        if len(seeds) != self.num_envs:
            raise ConfigError(f"expected a seed or {self.num_envs} of them, got {seed!r}")
        return [None if one is None else check_integer("one of the seeds", one, 0) for one in seeds]

    def step(self, actions: Any) -> Batch:
        """One step in all environments.

        Returns:
            Observations; rewards, float64; terminations and truncations, bool; infos; each of `num_envs`.

        Raises:
            ConfigError: Actions that there are not; nothing has happened.
            StateError: Before `reset`; with DISABLED, an episode is over.
        """
        if self.batch_size != self.num_envs:
            raise StateError(f"with batch_size={self.batch_size} there are send() and recv(), and no step()")
        self.send(actions)
        return self.recv()

    def send(self, actions: Any, env_ids: Sequence[int] | None = None) -> None:
        """The first half of `step`: returns when all emulators have been told, while they run.

        Args:
            actions: One for each of `env_ids`.
            env_ids: Which environments; by default those whose results were received last.

        Raises:
            ConfigError, StateError: As from `step`; nothing has happened.
        """
        self._require_episodes()
        numbers = self._turn if env_ids is None else self._check_ids(env_ids)
        checked = self._check_actions(actions, len(numbers))
        if not self._asked.isdisjoint(numbers):
            raise StateError("results of these environments are still to come; call recv() first")
        if self.autoreset_mode is AutoresetMode.DISABLED and any(self._episodes.over[number] for number in numbers):
            raise StateError(
                "episodes are over that were not begun again; "
                "call reset(options={'reset_mask': terminations | truncations})"
            )
        self._seen.turn(numbers, together=self.batch_size == self.num_envs)
        for number, action in zip(numbers, checked, strict=True):
            self._start(number, self._episodes.stepping(number, action))

    def _check_ids(self, env_ids: Sequence[int]) -> list[int]:
        numbers = [check_integer("one of env_ids", number, 0, self.num_envs - 1) for number in env_ids]
        if len(set(numbers)) != len(numbers):
            raise ConfigError(f"env_ids are different numbers below {self.num_envs}, got {env_ids!r}")
        return numbers

    def recv(self) -> Batch:
        """The second half of `step`: waits for the first `batch_size` results.

        Returns:
            As `step`, for `batch_size` environments, in the order of `infos["env_id"]`; that is there only if they are
            not all. In infos each array has `num_envs` values.

        Raises:
            StateError: Fewer results are to come than are waited for.
            ToolkitError: Three emulators in a row that cannot begin an episode: said once, after which that
                environment's episodes are cut short until one can. The results of the others are lost; `send` and
                `step` go on with them.
        """
        observations, results = self.receive()
        outcomes = [outcome for _, outcome in results]
        rewards = np.array([outcome.reward for outcome in outcomes], np.float64)
        terminations = np.array([outcome.terminated for outcome in outcomes], np.bool_)
        truncations = np.array([outcome.truncated for outcome in outcomes], np.bool_)
        infos = gather(self._wanted(results), self.num_envs)
        if self.batch_size < self.num_envs:
            infos["env_id"] = np.array(self._turn)
        return observations, rewards, terminations, truncations, infos

    def receive(self) -> tuple[Any, list[tuple[int, Outcome]]]:
        """What `recv` does, without making arrays of what is not the observations, for those who need none.

        Returns:
            The observations; and the environments' numbers, in order, each with its outcome, whose infos are complete
            whatever `infos` is.
        """
        self._require_episodes()
        if len(self._asked) < self.batch_size:
            raise StateError(
                f"recv() waits for {self.batch_size} results, and {len(self._asked)} are to come; call send() first"
            )
        results = self._receive(self.batch_size)
        return self._seen.batch(self._turn), results

    def _wanted(self, results: Sequence[tuple[int, Outcome]]) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, outcome in results:
            info = outcome.info
            if self._infos == "all" or outcome.terminated or outcome.truncated:
                yield number, only(info, "final_obs", "emulator_error") if self._infos == "none" else info

    # --- what the driver drives -------------------------------------------------------------------------------------

    def _start(self, number: int, task: Task) -> None:
        self._asked.add(number)
        self._driver.start(number, task)

    def _receive(self, count: int) -> list[tuple[int, Outcome]]:
        """So many results, by number; the environments are those whose turn it is then."""
        results = self._driver.take(count)
        results.sort(key=_number)
        self._turn = [number for number, _ in results]
        self._asked.difference_update(self._turn)
        for _, result in results:
            if isinstance(result, Failure):
                raise result.error
        return results

    # --- pictures, and the end --------------------------------------------------------------------------------------

    @property
    def restarts(self) -> npt.NDArray[np.int64]:
        """How many emulators were replaced: int64, (num_envs,), a copy."""
        return self._episodes.restarts.copy()

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The lanes, in order."""
        return tuple(self._lanes)

    def _require(self) -> None:
        if self.closed or not self._lanes:
            raise StateError("this vector of environments is closed; make a new one")

    def _require_episodes(self) -> None:
        self._require()
        if not self._begun:
            raise StateError("step() was called before reset(), or after one that failed; call reset() first")
        if self._driver.disturbed:
            raise StateError("a step was interrupted in its middle; call reset(), which replaces what is in disorder")

    def render(self) -> tuple[Any, ...] | None:
        """The pictures, if "rgb_array": each uint8, (height, width, 3). If "human", draws the window."""
        self._require()
        if self.render_mode is None:
            raise StateError('render() needs render_mode="rgb_array" or "human"')
        pictures = tuple(lane.render() for lane in self._lanes)
        if self.render_mode == "rgb_array":
            return pictures
        if self._window is None:
            self._window = Window("toolkit")
        self._window.show(tiled(pictures))
        return None

    def close_extras(self, **kwargs: Any) -> None:
        """Ends all emulators, side by side. Called by `close`, until it was done once."""
        del kwargs
        if hasattr(self, "_driver"):
            self._driver.close()
        if hasattr(self, "_episodes"):
            self._episodes.close()
        end_lanes(self._lanes)
        self._lanes = ()
        if hasattr(self, "_driver"):
            self._driver.wake.close()
        if self._window is not None:
            self._window.close()
        if self._slab is not None:
            self._slab.close()


def _number(result: tuple[int, Any]) -> int:
    return result[0]
