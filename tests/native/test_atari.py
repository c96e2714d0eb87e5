"""Atari 2600 games on Stella, whose states leave out parts of the machine: as in stable-retro, whatever came before.

A handful of games; `python -m tests.native.sweep_atari` goes through all of them.
"""

import contextlib
import json
import subprocess
import sys

import numpy as np
import pytest

import toolkit.retro as retro
from tests.native import atari_episodes, atari_roms
from toolkit.errors import MovieWarning
from toolkit.gym import LaneEnv
from toolkit.gym.retro_lane import make_retro
from toolkit.retro.movie import checksum, read_movie
from toolkit.retro.replay import play_movie
from toolkit.vector import make_vec

# Paddles, which the first three are played with, are no part of a state, nor is something in the fourth. The last one's
# states are whole.
NAMES = ("Breakout", "Pong", "Kaboom", "MontezumaRevenge", "Seaquest")
GAMES = [f"{name}{atari_roms.SUFFIX}" for name in NAMES]
BREAKOUT = GAMES[0]
STEPS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return atari_roms.build(tmp_path_factory.mktemp("integrations"), GAMES)


@pytest.fixture(autouse=True)
def found(folder, monkeypatch):
    monkeypatch.setenv("TOOLKIT_INTEGRATIONS", str(folder))


@pytest.mark.parametrize("game", GAMES)
def test_the_same_as_stable_retro(folder, game):
    request = {"game": game, "folder": str(folder), "seed": 4, "episodes": 3, "steps": STEPS}
    done = subprocess.run(
        [sys.executable, atari_episodes.__file__],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout[done.stdout.index("{") :])
    with retro.make(game) as env:
        ours = json.loads(json.dumps(atari_episodes.play(env, 4, 3, STEPS)))
    for part in ("episodes", "middle"):
        assert ours[part] == theirs[part]
    # Once more than stable-retro promises: equal actions, equal episodes.
    assert ours["episodes"][0] == ours["episodes"][2]
    assert ours["middle"][1] == ours["middle"][2]


def episode(env, seed):
    """What is seen in an episode of random actions."""
    random = np.random.default_rng(seed)
    seen = [env.reset()[0].copy()]
    for _ in range(STEPS):
        observation, _, terminated, *_ = env.step(int(random.integers(env.action_space.n)))
        seen.append(observation.copy())
        if terminated:
            break
    return np.array(seen)


@pytest.mark.parametrize("state", [retro.State.DEFAULT, retro.State.NONE])
def test_lanes_see_the_same(state):
    discrete = {"use_restricted_actions": retro.Actions.DISCRETE}
    with (
        contextlib.closing(LaneEnv(make_retro(BREAKOUT, frame_ratio=1, state=state))) as lane,
        retro.make(BREAKOUT, state, **discrete) as env,
    ):
        for seed in (1, 2, 1):
            assert np.array_equal(episode(lane, seed), episode(env, seed))


def test_lanes_side_by_side_see_the_same():
    actions = np.random.default_rng(1).integers(0, 3, (2, STEPS))
    with contextlib.closing(make_vec(BREAKOUT, 2, frame_ratio=1)) as envs:
        episodes = []
        for chosen in (actions[0], actions[1], actions[0]):
            seen = [envs.reset()[0].copy()]
            seen += [envs.step(np.full(2, action))[0].copy() for action in chosen]
            episodes.append(np.array(seen))
    assert np.array_equal(episodes[0], episodes[2])
    assert not np.array_equal(episodes[0], episodes[1])
    for seen in episodes:
        assert np.array_equal(seen[:, 0], seen[:, 1])


@pytest.mark.parametrize("state", ["Start", retro.State.NONE])
def test_what_was_recorded_plays_again(tmp_path, state):
    seen = []
    with retro.make(BREAKOUT, state, record=tmp_path, use_restricted_actions=retro.Actions.DISCRETE) as env:
        for seed in (1, 2):
            episode(env, seed)
            seen.append(env.movie.frames)
    for number in range(2):
        (path,) = tmp_path.glob(f"{BREAKOUT}-*-{number:06d}.bk2")
        movie = read_movie(path)
        assert len(movie.checksums) == seen[number]
        assert [checksum(picture) for picture in play_movie(movie)] == movie.checksums


def test_a_movie_that_begins_in_mid_game_is_warned_of(tmp_path):
    """What the state leaves out, such as where the paddle is, is in no movie; one from a start state is whole."""
    with retro.make(BREAKOUT, use_restricted_actions=retro.Actions.DISCRETE) as env:
        env.record_movie(tmp_path / "whole.bk2")
        episode(env, 1)
        env.record_movie(tmp_path / "part.bk2")
        with pytest.warns(MovieWarning, match="Stella leaves out"):
            env.step(0)
        env.step(0)
    assert len(list(play_movie(read_movie(tmp_path / "part.bk2"), verify=False))) == 2
    assert len(list(play_movie(read_movie(tmp_path / "whole.bk2")))) > 50
