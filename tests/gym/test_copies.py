"""Copies of environments, in this process and in others: new ones of the same kind."""

import contextlib
import copy
import inspect
import os
import pickle
import subprocess
import sys
from pathlib import Path

import gymnasium
import numpy as np
import pytest

import toolkit.gym
import toolkit.retro as retro
from tests.native.building import build_cores
from tests.native.tiny_game import GAME, make_game
from toolkit.errors import ConfigError
from toolkit.gym import LaneEnv, lane_factory
from toolkit.retro import RetroEmulator
from toolkit.vector import make_vec

ID = "toolkit/Platformer-v0"
SPAWN = """
import gymnasium, toolkit.gym
from toolkit.gym import LaneEnv, lane_factory
from toolkit.retro import State

if __name__ == "__main__":
    options = {{"core": {options[core]!r}, "state": State.NONE}}
    envs = gymnasium.make_vec("toolkit/Platformer-v0", 2, vectorization_mode="async",
                              vector_kwargs={{"context": "spawn"}}, grayscale=True, resize=(84, 84))
    first, _ = envs.reset(seed=[1, 1])
    envs.step(envs.action_space.sample())
    print((first[0] == first[1]).all())
    envs.close()
    make = lane_factory({game!r}, **options)
    envs = gymnasium.vector.AsyncVectorEnv([lambda: LaneEnv(make)] * 2, context="spawn")
    print(envs.reset(seed=1)[0].shape)
    envs.close()
"""
COPIES = [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))]


@pytest.fixture(scope="session")
def cores(tmp_path_factory):
    return build_cores(tmp_path_factory.mktemp("cores"))


@pytest.fixture
def options(tmp_path, monkeypatch, cores):
    make_game(tmp_path, monkeypatch)
    return {"core": str(cores["counter"]), "state": retro.State.NONE}


@pytest.mark.parametrize("again", COPIES)
def test_what_gymnasium_makes(again):
    with contextlib.closing(gymnasium.make(ID, grayscale=True, resize=(84, 84))) as env:
        first, _ = env.reset(seed=1)
        env.step(env.action_space.sample())
        with contextlib.closing(again(env)) as other:
            assert other.spec == env.spec
            assert other.observation_space == env.observation_space
            assert np.array_equal(other.reset(seed=1)[0], first)


@pytest.mark.parametrize("again", COPIES)
@pytest.mark.parametrize("face", ["gym", "retro", "vector", "emulator"])
def test_all_faces(options, again, face, cores, tmp_path):
    (tmp_path / "game.bin").write_bytes(b"a game, of which the core wants nothing")
    makers = {
        "gym": lambda: LaneEnv(lane_factory(GAME, **options), "rgb_array"),
        "retro": lambda: retro.make(GAME, **options),
        "vector": lambda: make_vec(GAME, 2, infos="final", **options),
        "emulator": lambda: RetroEmulator(cores["counter"], tmp_path / "game.bin", frame_ratio=5),
    }
    with contextlib.closing(makers[face]()) as first, contextlib.closing(again(first)) as other:
        assert type(other) is type(first)
        if face == "emulator":
            first.step()
            other.step()
            assert (first.frame_number, other.frame_number) == (5, 5)
            assert first.pid != other.pid
        else:
            assert np.array_equal(first.reset(seed=1)[0], other.reset(seed=1)[0])


def test_what_cannot_be_copied_says_so(options):
    with contextlib.closing(make_vec(GAME, 1, **options)) as envs:
        for again in COPIES:
            with pytest.raises(ConfigError, match="cannot be copied"):
                again(envs.lanes[0])


def test_what_is_called_is_still_shown():
    assert [*inspect.signature(LaneEnv).parameters] == ["make", "render_mode"]
    assert "frame_ratio" in inspect.signature(RetroEmulator).parameters


def test_processes_that_are_spawned(options, tmp_path):
    """In a Python of its own: the process that Python starts for spawned ones stays until it ends."""
    script = tmp_path / "spawn.py"
    script.write_text(SPAWN.format(options=options, game=GAME))
    environment = {**os.environ, "PYTHONPATH": str(Path(toolkit.gym.__file__).parents[2])}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=100, env=environment)
    assert (done.returncode, done.stdout) == (0, "True\n(2, 8, 16, 3)\n"), done.stderr
