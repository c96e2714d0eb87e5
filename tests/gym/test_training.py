"""Stable-Baselines3 trains on whole games, and its check of environments has nothing to say."""

import contextlib
import math
import warnings

import gymnasium
import numpy as np
import pytest

import toolkit.gym  # noqa: F401  # registers the ids

VIEW = {"channels_first": True, "grayscale": True, "resize": (84, 84), "stack_num": 4}
CHECKED = [
    ("toolkit/Bout-v0", VIEW),
    ("toolkit/Bout-v0", {"observation": "ram"}),
    ("toolkit/Platformer-v0", VIEW),
    ("toolkit/Platformer-v0", {**VIEW, "observation": "both"}),
]


def recorder():
    """What PPO said of itself after each rollout, and the mean reward of a step in it."""
    from stable_baselines3.common.callbacks import BaseCallback

    class Recorder(BaseCallback):
        def __init__(self):
            super().__init__()
            self.rewards = []
            self.losses = []

        def _on_step(self):
            return True

        def _on_rollout_end(self):
            self.rewards.append(float(self.model.rollout_buffer.rewards.mean()))
            self.losses.append(self.model.logger.name_to_value.get("train/loss", 0.0))

    return Recorder()


def parameters(model):
    return np.concatenate([value.detach().numpy().ravel() for value in model.policy.parameters()]).copy()


@pytest.mark.usefixtures("mame", "sb3")
@pytest.mark.parametrize(("game", "options"), CHECKED)
def test_check_env_passes_without_a_warning(game, options):
    from stable_baselines3.common.env_checker import check_env

    with gymnasium.make(game, **options) as env, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        check_env(env)
    assert [str(warning.message) for warning in said] == []


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("mame")
def test_ppo_trains_on_bout(sb3):
    from stable_baselines3 import PPO
    from stable_baselines3.common.vec_env import VecNormalize

    # A round of a hundred steps, so that there are some.
    game = {"observation": "ram", "frame_ratio": 10, "difficulty": 7}
    with contextlib.closing(sb3.make_vec_env("toolkit/Bout-v0", 2, seed=1, **game)) as made:
        env = VecNormalize(made)
        model = PPO("MlpPolicy", env, n_steps=128, batch_size=64, n_epochs=2, seed=1, policy_kwargs={"net_arch": [32]})
        before = parameters(model)
        seen = recorder()
        model.learn(3072, callback=seen)
        assert model.num_timesteps == 3072
        assert len(seen.rewards) == 12
        after = parameters(model)
        assert np.isfinite(after).all()
        assert not np.array_equal(before, after)
        assert all(math.isfinite(loss) and loss != 0.0 for loss in seen.losses[1:])
        assert made.episode_count == len(model.ep_info_buffer) > 5
        assert all(-161 <= episode["r"] <= 161 for episode in model.ep_info_buffer)
        assert made.unwrapped.vector.restarts.tolist() == [0, 0]
        # What was learned can be asked.
        actions, _ = model.predict(env.reset(), deterministic=True)
        assert made.unwrapped.vector.action_space.contains(actions)


@pytest.mark.timeout(300)
def test_ppo_learns_to_go_to_the_right(sb3):
    """Nothing but the way is rewarded, in tiles a step: 0.2 by chance, and 0.96 by those actions alone that go right.

    With six seeds the last three rollouts had 0.80 to 0.97, and the first 0.18 to 0.30.
    """
    from stable_baselines3 import PPO

    game = {"grayscale": True, "resize": (32, 30), "stack_num": 2, "frame_ratio": 8, "backend": "libretro"}
    rewards = {"death_penalty": 0, "flag_bonus": 0}
    with contextlib.closing(sb3.make_vec_env("toolkit/Platformer-v0", 4, **game, **rewards)) as env:
        model = PPO(
            "MlpPolicy",
            env,
            n_steps=64,
            batch_size=64,
            n_epochs=6,
            gamma=0.9,
            learning_rate=1e-3,
            ent_coef=0.03,
            seed=1,
            policy_kwargs={"net_arch": [64]},
        )
        seen = recorder()
        model.learn(2560, callback=seen)
    assert seen.rewards[0] < 0.45
    assert np.mean(seen.rewards[-3:]) > 0.65
