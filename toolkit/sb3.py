"""Stable-Baselines3 on many emulators side by side. Needs the extra `sb3`.

env = toolkit.sb3.make_vec_env("toolkit/Bout-v0", 8, grayscale=True, resize=(84, 84), stack_num=4)
PPO("CnnPolicy", env).learn(1_000_000)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.errors import ConfigError, StateError

try:
    from gymnasium.vector import AutoresetMode
    from stable_baselines3.common.vec_env import VecEnv, VecMonitor
    from stable_baselines3.common.vec_env.base_vec_env import VecEnvIndices, VecEnvObs, VecEnvStepReturn
except ModuleNotFoundError as error:
    missing = str(error.name).partition(".")[0]
    raise ConfigError(f"toolkit.sb3 needs {missing}: pip install 'coinop-toolkit[sb3]'") from error

from toolkit.gym import Lane, Outcome
from toolkit.gym.games import MakeLane
from toolkit.vector import LaneVectorEnv, make_vec

# What Stable-Baselines3 leaves no choice about.
FIXED = ("autoreset_mode", "batch_size", "infos")


class LaneVecEnv(VecEnv):
    """A vector of environments as Stable-Baselines3 has them, in this process.

    Args:
        vector: Which it closes. With `copy=False` it needs three `buffers`: the algorithms store an observation after
            the step that follows it.

    Raises:
        ConfigError: A vector whose episodes do not begin again in the step that ends them, or with a `batch_size`.

    Rewards are float32. The info of an environment is that of the step, in the last step of an episode with
    "terminal_observation"; "TimeLimit.truncated" says whether the episode was cut short, by `max_episode_steps`, or
    because an emulator died or hung, with the reason in "emulator_error". What `reset` has to tell is in
    `reset_infos`.

    `get_attr`, `set_attr` and `env_method` are about the lanes (`toolkit.gym.Lane`).
    """

    def __init__(self, vector: LaneVectorEnv) -> None:
        if vector.autoreset_mode is not AutoresetMode.SAME_STEP:
            raise ConfigError(f'Stable-Baselines3 needs autoreset_mode="SameStep", got {vector.autoreset_mode.value!r}')
        if vector.batch_size != vector.num_envs:
            raise ConfigError(f"Stable-Baselines3 steps all environments at once; batch_size is {vector.batch_size}")
        self.vector = vector
        super().__init__(vector.num_envs, vector.single_observation_space, vector.single_action_space)
        self.metadata["render_fps"] = vector.metadata["render_fps"]

    def reset(self) -> VecEnvObs:
        """Begins an episode in all environments, with what `seed` and `set_options` said, once.

        Raises:
            ConfigError: `set_options` was given different ones.
            ToolkitError: Emulators that cannot begin an episode.
        """
        if any(options != self._options[0] for options in self._options):
            raise ConfigError(f"the options of reset() are the same for all environments, got {self._options!r}")
        observations, infos = self.vector.reset(seed=self._seeds, options=self._options[0])
        self._reset_seeds()
        self._reset_options()
        self.reset_infos = [_one(infos, number) for number in range(self.num_envs)]
        return observations  # type: ignore[no-any-return]  # Gymnasium's vectors do not say what they observe

    def step_async(self, actions: npt.NDArray[Any]) -> None:
        self.vector.send(actions)

    def step_wait(self) -> VecEnvStepReturn:
        observations, outcomes = self._receive()
        rewards = np.array([outcome.reward for outcome in outcomes], np.float32)
        dones = np.array([outcome.terminated or outcome.truncated for outcome in outcomes], np.bool_)
        return observations, rewards, dones, [self._info(number, outcome) for number, outcome in enumerate(outcomes)]

    def _receive(self) -> tuple[Any, list[Outcome]]:
        observations, results = self.vector.receive()
        return observations, [outcome for _, outcome in results]

    def _info(self, number: int, outcome: Outcome) -> dict[str, Any]:
        info = dict(outcome.info)
        if "final_obs" in info:
            last, observation = info.pop("final_info"), info.pop("final_obs")
            self.reset_infos[number] = info
            info = {**last, "terminal_observation": observation}
        info["TimeLimit.truncated"] = outcome.truncated and not outcome.terminated
        return info

    def close(self) -> None:
        self.vector.close()

    def get_images(self) -> Sequence[npt.NDArray[np.uint8] | None]:
        return self.vector.render() or [None] * self.num_envs

    def render(self, mode: str | None = None) -> npt.NDArray[np.uint8] | None:
        """The pictures side by side in one, if "rgb_array": uint8, (height, width, 3). If "human", draws the window."""
        if self.render_mode == "human" and mode in (None, "human"):
            self.vector.render()
            return None
        return super().render(mode)

    # --- the lanes --------------------------------------------------------------------------------------------------

    def _lanes(self, indices: VecEnvIndices) -> list[Lane]:
        if self.vector.closed:
            raise StateError("this vector of environments is closed; make a new one")
        return [self.vector.lanes[number] for number in self._get_indices(indices)]

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        lanes = self._lanes(indices)
        if attr_name == "render_mode":
            return [self.vector.render_mode] * len(lanes)
        return [getattr(lane, attr_name) for lane in lanes]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        for lane in self._lanes(indices):
            setattr(lane, attr_name, value)

    def env_method(
        self, method_name: str, *method_args: Any, indices: VecEnvIndices = None, **method_kwargs: Any
    ) -> list[Any]:
        return [getattr(lane, method_name)(*method_args, **method_kwargs) for lane in self._lanes(indices)]

    def env_is_wrapped(self, wrapper_class: Any, indices: VecEnvIndices = None) -> list[bool]:
        """No: lanes have no wrappers. Those of vectors, such as VecMonitor, go around this object."""
        return [False for _ in self._lanes(indices)]


def _one(infos: dict[str, Any], number: int) -> dict[str, Any]:
    """What `toolkit.vector.infos.gather` gathered, of one environment."""
    return {
        key: _one(value, number) if isinstance(value, dict) else value[number]
        for key, value in infos.items()
        if "_" + key in infos and infos["_" + key][number]
    }


def make_vec_env(
    game: str | MakeLane | Sequence[str | MakeLane],
    n_envs: int | None = None,
    seed: int | None = None,
    monitor_dir: str | os.PathLike[str] | None = None,
    **options: Any,
) -> VecMonitor:
    """A vector of environments with a `VecMonitor` around it, by the name of Stable-Baselines3's own helper.

    Args:
        game, n_envs: As `game` and `num_envs` of `toolkit.vector.make_vec`.
        seed: Of the first environment, for the first `reset`; the next gets `seed + 1`. Algorithms with a seed of their
            own set theirs instead.
        monitor_dir: Where to write `monitor.csv`, with the reward and length of each episode; made if need be.
        options: As of `make_vec`. Images have the channels first unless `channels_first=False`, and `render_mode` is
            "rgb_array", which costs nothing until somebody looks.

    Raises:
        ConfigError: As `make_vec`, and for `autoreset_mode`, `batch_size` and `infos`.
    """
    for name in FIXED:
        if name in options:
            raise ConfigError(f"Stable-Baselines3 needs a certain {name}; leave it out")
    if "num_envs" in options:
        raise ConfigError("Stable-Baselines3 calls num_envs n_envs; toolkit.sb3.make_vec_env has no option 'num_envs'")
    chosen = {"channels_first": True, "render_mode": "rgb_array", **options}
    vector = make_vec(game, n_envs, autoreset_mode=AutoresetMode.SAME_STEP, **chosen)
    try:
        env = LaneVecEnv(vector)
        if seed is not None:
            env.seed(seed)
        if monitor_dir is not None:
            Path(monitor_dir).mkdir(parents=True, exist_ok=True)
        return VecMonitor(env, None if monitor_dir is None else os.fspath(monitor_dir))
    except BaseException:
        vector.close()
        raise
