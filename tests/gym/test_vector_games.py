"""Vectors of whole games, on MAME and on libretro: each lane plays as it would alone, and dies alone."""

import contextlib
import os
import signal

import gymnasium
import numpy as np
import pytest

import toolkit.gym
from toolkit.vector import make_vec

VIEW = {"grayscale": True, "resize": (42, 42), "stack_num": 2, "channels_first": True}
GAMES = {"toolkit/Platformer-v0": 3, "toolkit/Bout-v0": 2}


def vector(game, count, **options):
    return contextlib.closing(make_vec(game, count, **{**VIEW, **options}))


def actions_of(envs, random):
    space = envs.single_action_space
    high = getattr(space, "nvec", getattr(space, "n", None))
    return random.integers(high, size=(envs.num_envs, *space.shape))


def pid(envs, number):
    return envs.lanes[number].env.emulator.pid


@pytest.mark.usefixtures("mame")
@pytest.mark.parametrize("game", GAMES)
def test_each_lane_plays_as_it_would_alone(game):
    random = np.random.default_rng(1)
    chance = {"repeat_action_probability": 0.2, "noop_max": 8}
    with vector(game, GAMES[game], **chance) as envs, gymnasium.make(game, **VIEW, **chance) as alone:
        for seed in (7, 11):
            observations, _ = envs.reset(seed=seed)
            mine, _ = alone.reset(seed=seed + 1)
            assert observations in envs.observation_space
            for _ in range(25):
                assert np.array_equal(observations[1], mine)
                actions = actions_of(envs, random)
                observations, rewards, terminations, truncations, _ = envs.step(actions)
                mine, reward, terminated, truncated, _ = alone.step(actions[1])
                assert (rewards[1], terminations[1], truncations[1]) == (reward, terminated, truncated)
                if terminated:
                    break


@pytest.mark.usefixtures("mame")
@pytest.mark.parametrize("game", GAMES)
def test_an_emulator_that_dies_is_replaced_while_the_others_go_on(game):
    random = np.random.default_rng(2)
    with vector(game, GAMES[game], infos="final") as envs:
        first, _ = envs.reset(seed=3)
        before = envs.step(actions_of(envs, random))[0]
        os.kill(pid(envs, 1), signal.SIGKILL)
        observations, rewards, _, truncations, infos = envs.step(actions_of(envs, random))
        assert truncations.tolist() == [number == 1 for number in range(envs.num_envs)]
        assert rewards[1] == 0
        assert "SIGKILL" in infos["emulator_error"][1]
        assert np.array_equal(observations[1], before[1])
        # Its next episode is a new game.
        observations, _, _, truncations, _ = envs.step(actions_of(envs, random))
        assert np.array_equal(observations[1], first[1])
        assert not truncations.any()
        assert envs.restarts.tolist() == [int(number == 1) for number in range(envs.num_envs)]
        again, _ = envs.reset(seed=3)
        assert np.array_equal(again, first)


@pytest.mark.usefixtures("mame")
def test_games_of_equal_spaces_side_by_side():
    """MAME and libretro in one vector: hop on both."""
    makers = [toolkit.gym.lane_factory("toolkit/Platformer-v0", backend=b, **VIEW) for b in ("mame", "libretro")]
    random = np.random.default_rng(3)
    with contextlib.closing(make_vec(makers)) as envs:
        envs.reset(seed=1)
        earned = np.zeros(2)
        for _ in range(30):
            action = int(random.integers(1, 5))
            earned += envs.step([action, action])[1]
        assert earned[0] == earned[1] > 0


def test_by_gymnasiums_own_names():
    with contextlib.closing(
        gymnasium.make_vec("toolkit/Platformer-v0", 3, vectorization_mode="vector_entry_point", **VIEW)
    ) as envs:
        assert isinstance(envs.unwrapped, toolkit.vector.LaneVectorEnv)
        observations, _ = envs.reset(seed=1)
        assert observations.shape == (3, 2, 42, 42)
        counted = gymnasium.wrappers.vector.RecordEpisodeStatistics(envs)
        counted.reset(seed=1)
        counted.step(np.array([1, 2, 3]))
