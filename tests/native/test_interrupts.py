"""Ctrl-C at any line of a step or reset, after which a reset goes on; and close at any line, by a signal handler.

Every INTERVAL-th line is tried; TOOLKIT_EVERY_LINE=1 tries all.
"""

import contextlib
import os
import signal

import numpy as np
import psutil
import pytest

import toolkit.retro as retro
from tests.interrupts import At, interrupted, lines_of
from tests.native.tiny_game import GAME, Model, make_game
from toolkit.errors import EmulatorExited, StateError
from toolkit.gym.env import LaneEnv
from toolkit.gym.retro_lane import make_retro
from toolkit.vector import make_vec

RATIO = 2
INTERVAL = 1 if os.environ.get("TOOLKIT_EVERY_LINE") else 19
# Seconds that a test may take.
PATIENCE = 300 if INTERVAL > 1 else 3000


@pytest.fixture
def options(tmp_path, monkeypatch, cores, program):
    make_game(tmp_path, monkeypatch)
    return {"core": str(cores["counter"]), "state": retro.State.NONE, "timeout": 30.0}


def children():
    return {child.pid for child in psutil.Process().children(recursive=True)}


def pressed(envs):
    return envs.lanes[0]._reader.read(1)[0]


def check(envs):
    """A reset and two steps do what they should."""
    models = [Model() for _ in range(envs.num_envs)]
    observations, _ = envs.reset(seed=1)
    for _ in range(2):
        assert all(model.shows(seen) for model, seen in zip(models, observations, strict=True))
        for model in models:
            model.run(pressed(envs), RATIO)
        observations, rewards, _, truncations, _ = envs.step(np.ones(envs.num_envs, int))
        assert rewards.tolist() == [RATIO] * envs.num_envs
        assert not truncations.any()
    assert all(model.shows(seen) for model, seen in zip(models, observations, strict=True))


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("call", ["step", "reset"])
@pytest.mark.parametrize("mode", ["NextStep", "SameStep"])
def test_a_vector_is_interrupted(options, call, mode):
    envs = make_vec(GAME, 2, frame_ratio=RATIO, autoreset_mode=mode, **options)
    with contextlib.closing(envs):
        check(envs)
        calls = {"step": lambda: envs.step(np.ones(2, int)), "reset": lambda: envs.reset()}
        # The second one goes where the first one did not, to what is done only once.
        lines = max(lines_of(calls[call]), lines_of(calls[call]))
        for number in range(1, lines + 1, INTERVAL):
            where = interrupted(number, calls[call])
            try:
                check(envs)
            except Exception as error:
                pytest.fail(f"interrupted at {where}: {error!r}")
        assert len(children()) == 2


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("call", ["step", "reset"])
def test_a_vector_is_interrupted_when_an_emulator_is_replaced(options, call):
    """And once more in the reset that is to mend it."""
    envs = make_vec(GAME, 2, frame_ratio=RATIO, **options)
    with contextlib.closing(envs):
        calls = {"step": lambda: envs.step(np.ones(2, int)), "reset": lambda: envs.reset()}
        check(envs)

        def kill():
            os.kill(envs.lanes[1].emulator.pid, signal.SIGKILL)
            if call == "step":
                envs.step(np.ones(2, int))  # The next one begins an episode, in another emulator.

        kill()
        for number in range(1, lines_of(calls[call]) + 1, INTERVAL):
            check(envs)
            kill()
            where = interrupted(number, calls[call]), interrupted(7 * number % 400, envs.reset)
            try:
                check(envs)
            except Exception as error:
                pytest.fail(f"interrupted at {where}: {error!r}")
        assert len(children()) == 2


def test_a_part_of_a_vector_is_interrupted(options):
    """What was only sent is dropped; a reset of a part has to say so."""
    envs = make_vec(GAME, 3, frame_ratio=RATIO, batch_size=2, **options)
    with contextlib.closing(envs):
        envs.reset()
        envs.send(np.zeros(3, int))
        before = children()
        for _ in range(2):
            observations, _ = envs.reset()
            assert all(Model().shows(seen) for seen in observations)
            with pytest.raises(StateError, match="0 are to come"):
                envs.recv()
            envs.send(np.zeros(3, int))
        assert children() == before


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("call", ["step", "reset"])
def test_one_environment_is_interrupted(options, call):
    with contextlib.closing(LaneEnv(make_retro(GAME, frame_ratio=RATIO, **options))) as env:
        calls = {"step": lambda: env.step(1), "reset": lambda: env.reset()}
        env.reset()
        for number in range(1, max(lines_of(calls[call]), lines_of(calls[call])) + 1, INTERVAL):
            where = interrupted(number, calls[call])
            model = Model()
            assert model.shows(env.reset(seed=1)[0]), where
            model.run(env.lane._reader.read(1)[0], RATIO)
            assert model.shows(env.step(1)[0]), where
        assert len(children()) == 1


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("call", ["step", "reset"])
def test_a_retro_environment_is_interrupted(options, call):
    with retro.make(GAME, **options) as env:
        action = np.zeros(env.num_buttons, np.int8)
        calls = {"step": lambda: env.step(action), "reset": lambda: env.reset()}
        env.reset()
        env.step(action)
        for number in range(1, lines_of(calls[call]) + 1, INTERVAL):
            where = interrupted(number, calls[call])
            assert env.reset()[0].shape == env.observation_space.shape
            first = env.data["frames"]
            env.step(action)
            assert env.data["frames"] == first + 1, where
        assert len(children()) == 1


@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("face", ["vector", "gym", "retro"])
@pytest.mark.parametrize("call", ["step", "reset"])
def test_a_signal_handler_closes_it(options, face, call):
    makers = {
        "vector": lambda: make_vec(GAME, 2, **options),
        "gym": lambda: LaneEnv(make_retro(GAME, **options)),
        "retro": lambda: retro.make(GAME, **options),
    }

    def once(number):
        with contextlib.closing(makers[face]()) as env:
            action = {"vector": np.zeros(2, int), "gym": 0}.get(face, env.action_space.sample())
            calls = {"step": lambda: env.step(action), "reset": lambda: env.reset()}
            env.reset()
            env.step(action)
            with At(number, env.close) as at:
                try:
                    calls[call]()
                except (StateError, EmulatorExited):
                    assert at.where
            if at.where:
                assert not children(), at.where
            return at.lines

    for number in range(1, once(0) + 1, 3 * INTERVAL):
        once(number)
