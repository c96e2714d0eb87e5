"""What every Gymnasium environment of ours must do, whatever the game and the emulator.

A test class for a game inherits these tests and says which it is:

    class TestMyGame(GymContract):
        game = "toolkit/MyGame-v0"
        options = {"frame_ratio": 4}
"""

import os
import pickle
import signal
import warnings
from typing import ClassVar

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.wrappers import RecordEpisodeStatistics, RecordVideo, TimeLimit

import toolkit.gym
from toolkit.errors import ConfigError, StateError

PREPARED = {"grayscale": True, "crop": (8, 16, 200, 160), "resize": (42, 36), "stack_num": 3}


class GymContract:
    """Name the `game`, and the `options` that its tests need."""

    game: str
    options: ClassVar[dict] = {}
    # Options under each of which what is seen must be as the space says.
    views: ClassVar[list[dict]] = [
        {},
        PREPARED,
        {**PREPARED, "channels_first": True},
        {"stack_num": 2},
        {"observation": "ram"},
        {"observation": "both", "grayscale": True, "stack_num": 2},
    ]
    # Chance of every kind that there is.
    chance: ClassVar[dict] = {"repeat_action_probability": 0.3, "noop_max": 10}
    compared_steps = 40

    def make(self, **options):
        """The environment as Gymnasium makes it, with its wrappers."""
        return gymnasium.make(self.game, **{**self.options, **options})

    def pid(self, env):
        """The process of the environment's emulator."""
        return env.unwrapped.lane.env.emulator.pid

    @pytest.fixture
    def env(self):
        with self.make(render_mode="rgb_array") as env:
            yield env

    def play(self, env, steps, seed=None, actions=0):
        """An episode, or `steps` of it, with random actions: what came of each step."""
        random = np.random.default_rng(actions)
        space = env.action_space
        observation, info = env.reset(seed=seed)
        record = [(observation, info)]
        for _ in range(steps):
            nvec = getattr(space, "nvec", getattr(space, "n", None))
            record.append(env.step(random.integers(nvec)))
            if record[-1][2] or record[-1][3]:
                break
        return record

    # --- the contract -----------------------------------------------------------------------------------------------

    def test_gymnasiums_own_check(self, env):
        # What is to be seen in a window is another test's.
        env.unwrapped.metadata["render_modes"] = ["rgb_array"]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_env(env.unwrapped)

    def test_the_same_seed_and_actions_are_the_same_episode(self):
        with self.make(**self.chance) as first, self.make(**self.chance) as second:
            before = self.play(first, self.compared_steps, seed=7)
            # One that has a past, and one that has none.
            same(before, self.play(first, self.compared_steps, seed=7))
            same(before, self.play(second, self.compared_steps, seed=7))
            same(self.play(first, 5), self.play(second, 5))
            other = self.play(second, self.compared_steps, seed=8)
            assert any(not np.array_equal(a[0], b[0]) for a, b in zip(before, other, strict=False))

    def test_what_is_seen_is_in_the_space(self):
        for view in self.views:
            with self.make(**view) as env:
                for entry in self.play(env, 4):
                    assert entry[0] in env.observation_space, view
                seen = self.play(env, 2)
                first, last = seen[0][0], seen[-1][0]
                arrays = zip(first.values(), last.values(), strict=True) if isinstance(first, dict) else [(first, last)]
                assert not any(np.shares_memory(a, b) for a, b in arrays)

    def test_a_step_returns_what_gymnasium_says(self, env):
        for observation, reward, terminated, truncated, info in self.play(env, 10)[1:]:
            assert observation in env.observation_space
            assert type(reward) is float
            assert {type(terminated), type(truncated)} == {bool}
            assert isinstance(info, dict)

    def test_the_picture(self, env):
        env.reset(seed=1)
        first = env.render()
        kept = first.copy()
        assert (first.dtype, first.ndim, first.shape[2]) == (np.uint8, 3, 3)
        assert first.any()
        for _ in range(10):
            env.step(env.action_space.sample())
        assert env.render().shape == first.shape
        assert np.array_equal(first, kept)
        assert env.metadata["render_fps"] > 0

    def test_statistics(self, env):
        with RecordEpisodeStatistics(TimeLimit(env.unwrapped, 12)) as counted:
            record = self.play(counted, 20, seed=3)
            episode = record[-1][4]["episode"]
            assert episode["l"] == len(record) - 1 <= 12
            assert np.isclose(episode["r"], sum(entry[1] for entry in record[1:]))

    # moviepy 2.1 sets the shape of an array, which NumPy 2.5 deprecates.
    @pytest.mark.filterwarnings("ignore::DeprecationWarning:moviepy")
    def test_films(self, env, tmp_path):
        with RecordVideo(TimeLimit(env.unwrapped, 5), str(tmp_path / "films"), disable_logger=True) as filmed:
            self.play(filmed, 10)
            height, width, _ = filmed.render().shape
        (film,) = tmp_path.glob("films/*.mp4")
        from moviepy import VideoFileClip

        with VideoFileClip(str(film)) as clip:
            assert [side - side % 2 for side in (width, height)] == [side - side % 2 for side in clip.size]

    def test_the_spec_makes_another_one(self, env):
        spec = pickle.loads(pickle.dumps(env.spec))
        assert spec.id == self.game
        with spec.make() as other:
            assert other.observation_space == env.observation_space
            same(self.play(env, 3, seed=2), self.play(other, 3, seed=2))

    def test_bad_choices_change_nothing(self, env):
        env = env.unwrapped
        env.reset(seed=4)
        space = env.action_space
        good = space.sample()
        bad = [-1, 1000, 0.5, None, "0", []]
        for number in bad:
            with pytest.raises(ConfigError):
                env.step(number if good.ndim == 0 else [number] * len(good))
        with_mistakes = [env.step(good) for _ in range(3)]
        env.reset(seed=4)
        same(with_mistakes, [env.step(good) for _ in range(3)])

    def test_the_wrong_order(self, env):
        env = env.unwrapped
        with pytest.raises(StateError, match=r"reset\(\) first"):
            env.step(env.action_space.sample())
        env.close()
        env.close()
        with pytest.raises(StateError, match="closed"):
            env.reset()
        with pytest.raises(ConfigError, match="render_mode"):
            toolkit.gym.LaneEnv(lambda: None, render_mode="ansi")

    def test_an_emulator_that_dies_costs_one_episode(self, env):
        before = self.play(env, 5, seed=5)
        picture = env.render()
        os.kill(self.pid(env), signal.SIGKILL)
        observation, reward, terminated, truncated, info = env.step(env.action_space.sample())
        assert np.array_equal(observation, before[-1][0])
        assert (reward, terminated, truncated) == (0.0, False, True)
        assert "SIGKILL" in info["emulator_error"]
        # Whoever films an episode asks for its last picture too.
        assert np.array_equal(env.render(), picture)
        with pytest.raises(StateError, match=r"reset\(\) first"):
            env.unwrapped.step(env.action_space.sample())
        same(before, self.play(env, 5, seed=5))
        assert env.unwrapped.restarts == 1

    def test_an_emulator_that_dies_between_episodes_costs_nothing(self, env):
        before = self.play(env, 5, seed=6)
        os.kill(self.pid(env), signal.SIGKILL)
        same(before, self.play(env, 5, seed=6))
        assert env.unwrapped.restarts == 1


def same(one, other):
    """Both are records of the same play."""
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            if isinstance(x, np.ndarray):
                assert np.array_equal(x, y)
            else:
                assert x == y
