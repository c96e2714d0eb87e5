"""Emulators that die and hang while many run side by side: no answer goes to the wrong question, and nothing stops."""

import contextlib
import os
import signal
import threading
import time

import numpy as np
import psutil
import pytest
from gymnasium.vector import AutoresetMode

from tests.native.tiny_game import GAME, Model, make_game
from toolkit.errors import LaunchError, StateError
from toolkit.gym.env import LaneEnv
from toolkit.gym.retro_lane import make_retro
from toolkit.retro import State
from toolkit.vector import make_vec

COUNT = 8
STEPS = 20_000
RATIO = 2
# Between two faults, in steps.
PAUSE = 150


@pytest.fixture
def options(tmp_path, monkeypatch, cores, program):
    make_game(tmp_path, monkeypatch)
    return {"core": str(cores["counter"]), "state": State.NONE, "frame_ratio": RATIO, "timeout": 1.0}


@pytest.fixture
def game(options):
    made = []

    def make(num_envs=COUNT, **more):
        made.append(make_vec(GAME, num_envs, **options, **more))
        return made[-1]

    yield make
    for envs in made:
        envs.close()


def step_on(envs):
    while True:
        envs.step([0] * envs.num_envs)


def hurt(pid, number):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("batch_size", [COUNT, 3])
def test_children_killed_at_random(game, batch_size):
    """Every observation is compared with what the actions of that environment must have led to."""
    envs = game(batch_size=batch_size)
    models = [Model() for _ in range(COUNT)]
    masks = [envs.lanes[0]._reader.read(action)[0] for action in range(int(envs.single_action_space.n))]
    random = np.random.default_rng(11)
    observations, _ = envs.reset(seed=0)
    dead = [False] * COUNT  # Whose episode was cut short.
    faults = cut = steps = 0
    pairs = COUNT if batch_size == COUNT else batch_size
    actions = random.integers(len(masks), size=COUNT)
    envs.send(actions)
    pending = dict(enumerate(actions))
    while steps < STEPS:
        observations, rewards, terminations, truncations, infos = envs.recv()
        numbers = infos["env_id"] if "env_id" in infos else np.arange(COUNT)
        steps += 1
        for row, number in enumerate(numbers):
            model = models[number]
            action = pending.pop(number)
            if dead[number]:
                model.reset()
                dead[number] = False
                assert rewards[row] == 0
            elif truncations[row]:
                # The observation is the one before; what became of the action is not known.
                assert infos["emulator_error"][number]
                assert rewards[row] == 0
                dead[number] = True
                cut += 1
            else:
                model.run(masks[action], RATIO)
                assert rewards[row] == RATIO
                assert infos["mixed"][number] == model.mixed
            assert model.shows(observations[row]), (steps, number)
            assert not terminations[row]
        if steps % PAUSE == 0:
            victim = envs.lanes[int(random.integers(COUNT))]
            with contextlib.suppress(Exception):  # It may just be being replaced.
                hurt(victim.emulator.pid, random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGSTOP]))
                faults += 1
        actions = random.integers(len(masks), size=len(numbers))
        envs.send(actions, numbers)
        pending.update(zip(numbers, actions, strict=True))
    assert pairs * steps >= STEPS
    # A second fault may meet one that is dead already.
    assert faults // 2 <= cut <= faults
    # One that dies just when it begins an episode is replaced, too, and costs none.
    assert cut <= int(envs.restarts.sum()) <= faults
    assert len(psutil.Process().children()) == COUNT


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_the_speed_is_back_within_two_seconds(game, number):
    envs = game()
    envs.reset()
    actions = np.zeros(COUNT, int)
    envs.step(actions)
    hurt(envs.lanes[3].emulator.pid, number)
    began = time.monotonic()
    truncations = np.zeros(COUNT, bool)
    while not truncations[3]:
        truncations = envs.step(actions)[3]
    assert truncations.tolist() == [row == 3 for row in range(COUNT)]
    rewards = envs.step(actions)[1]
    assert rewards.tolist() == [0.0 if row == 3 else RATIO for row in range(COUNT)]
    assert (envs.step(actions)[1] == RATIO).all()
    # Two seconds, of which a stopped one takes the half that it was given to answer.
    assert time.monotonic() - began < 2 + envs.lanes[3].emulator._child.timeout


@pytest.mark.parametrize("mode", [AutoresetMode.SAME_STEP, AutoresetMode.DISABLED])
def test_a_death_in_other_modes(game, mode):
    envs = game(3, autoreset_mode=mode)
    model = Model()
    envs.reset()
    envs.step([1, 2, 3])
    before = envs.step([1, 2, 3])[0]
    hurt(envs.lanes[1].emulator.pid, signal.SIGKILL)
    observations, rewards, _, truncations, infos = envs.step([1, 2, 3])
    assert truncations.tolist() == [False, True, False]
    assert rewards[1] == 0
    assert "SIGKILL" in infos["emulator_error"][1]
    if mode is AutoresetMode.SAME_STEP:
        assert np.array_equal(infos["final_obs"][1], before[1])
        assert model.shows(observations[1])
    else:
        assert np.array_equal(observations[1], before[1])
        observations, _ = envs.reset(options={"reset_mask": truncations})
        assert model.shows(observations[1])
    assert envs.restarts.tolist() == [0, 1, 0]
    envs.step([0, 0, 0])


def test_a_death_before_a_reset(game):
    envs = game(2)
    envs.reset(seed=5)
    hurt(envs.lanes[0].emulator.pid, signal.SIGKILL)
    observations, _ = envs.reset(seed=5)
    assert all(Model().shows(observation) for observation in observations)
    assert envs.restarts.tolist() == [1, 0]


def test_an_emulator_that_cannot_be_replaced(game, monkeypatch):
    envs = game(2)
    envs.reset()
    hurt(envs.lanes[0].emulator.pid, signal.SIGKILL)

    def fail():
        raise LaunchError("there is no frontend any more")

    monkeypatch.setattr(envs.lanes[0], "restart", fail)
    assert envs.step([0, 0])[3].tolist() == [True, False]
    with pytest.raises(LaunchError, match="no frontend"):
        envs.step([0, 0])
    # Three attempts, which is said once. Until the next one the other goes on, and this one's episodes are cut short.
    for _ in range(3):
        _, rewards, _, truncations, infos = envs.step([0, 0])
        assert rewards.tolist() == [0, RATIO]
        assert truncations.tolist() == [True, False]
        assert "no frontend" in infos["emulator_error"][0]
    assert envs.restarts.tolist() == [3, 0]
    # A reset does not wait for it.
    with pytest.raises(LaunchError, match="no frontend"):
        envs.reset()
    assert envs.restarts.tolist() == [6, 0]
    with pytest.raises(StateError, match="reset"):
        envs.step([0, 0])
    monkeypatch.undo()
    envs.reset()
    assert envs.step([0, 0])[1].tolist() == [RATIO, RATIO]


@pytest.mark.parametrize("mode", [AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP])
def test_steps_go_on_when_an_emulator_can_be_replaced_again(game, monkeypatch, mode):
    monkeypatch.setattr("toolkit.gym.recovery.FIRST_PAUSE", 0.0)
    envs = game(2, autoreset_mode=mode)
    envs.reset()
    hurt(envs.lanes[0].emulator.pid, signal.SIGKILL)
    restart = envs.lanes[0].restart
    broken = True

    def fail():
        if broken:
            raise LaunchError("there is no frontend any more")
        restart()

    monkeypatch.setattr(envs.lanes[0], "restart", fail)
    with pytest.raises(LaunchError, match="no frontend"):
        step_on(envs)
    for _ in range(20):
        truncations, infos = envs.step([0, 0])[3:]
        assert truncations.tolist() == [True, False]
        assert ("final_obs" in infos) == (mode is AutoresetMode.SAME_STEP)
    broken = False
    until = time.monotonic() + 60
    while envs.step([0, 0])[1][0] != RATIO:
        assert time.monotonic() < until
    assert envs.step([0, 0])[1].tolist() == [RATIO, RATIO]


def test_the_others_do_not_wait_for_an_emulator_that_hangs_when_it_starts(game, monkeypatch):
    monkeypatch.setattr("toolkit.vector.episodes.START_PATIENCE", 0.1)
    envs = game(2)
    envs.reset()
    hurt(envs.lanes[0].emulator.pid, signal.SIGSTOP)
    lane, may_start = envs.lanes[0], threading.Event()
    restart = lane.restart
    monkeypatch.setattr(lane, "restart", lambda: may_start.wait(60) and restart())
    assert envs.step([0, 0])[3].tolist() == [True, False]
    for _ in range(50):
        rewards, _, truncations, infos = envs.step([0, 0])[1:]
        assert rewards.tolist() == [0, RATIO]
        assert truncations.tolist() == [True, False]
        assert "being started" in infos["emulator_error"][0]
    may_start.set()
    until = time.monotonic() + 60
    while envs.step([0, 0])[1][0] != RATIO:
        assert time.monotonic() < until
    assert envs.restarts.tolist() == [1, 0]


def test_one_that_hangs_is_noticed_while_the_others_are_never_quiet(game):
    envs = game(4, batch_size=1)
    envs.reset()
    hurt(envs.lanes[2].emulator.pid, signal.SIGSTOP)
    envs.send(np.zeros(4, int))
    until = time.monotonic() + 60
    numbers, seen = [], set()
    while 2 not in numbers:
        assert time.monotonic() < until
        _, _, _, truncations, infos = envs.recv()
        numbers = infos["env_id"]
        seen.update(numbers.tolist())
        envs.send([0], numbers)
    assert truncations.tolist() == [True]
    assert seen == {0, 1, 2, 3}


@pytest.mark.parametrize("stopped", [True, False])
def test_another_thread_closes_it_in_the_middle_of_a_step(game, stopped):
    envs = game(2)
    envs.reset()
    children = psutil.Process().children()
    if stopped:
        hurt(envs.lanes[1].emulator.pid, signal.SIGSTOP)
    timer = threading.Timer(0.1, envs.close)
    timer.start()
    with pytest.raises(StateError, match="closed"):
        step_on(envs)
    timer.join()
    assert not any(child.is_running() for child in children)


def test_an_emulator_that_somebody_used_and_left_in_disorder(game):
    """Whatever has happened to one, a reset goes on."""
    envs = game(3)
    envs.reset()
    envs.lanes[0].emulator.begin_step()
    envs.lanes[1].emulator.close()
    observations, _ = envs.reset()
    assert all(Model().shows(seen) for seen in observations)
    assert envs.restarts.tolist() == [1, 1, 0]


def test_close_between_send_and_receive(game):
    envs = game()
    envs.reset()
    children = psutil.Process().children()
    envs.send(np.zeros(COUNT, int))
    envs.close()
    assert not any(child.is_running() for child in children)


def test_eight_that_hang_are_closed_in_the_time_of_one(game):
    envs = game()
    envs.reset()
    children = psutil.Process().children()
    for child in children:
        child.suspend()
    began = time.monotonic()
    envs.close()
    assert time.monotonic() - began < 10  # One after the other it would be 20.
    assert not any(child.is_running() for child in children)


def test_close_while_one_hangs_and_one_is_replaced(game):
    envs = game()
    envs.reset()
    children = psutil.Process().children()
    hurt(envs.lanes[0].emulator.pid, signal.SIGKILL)
    envs.step(np.zeros(COUNT, int))
    hurt(envs.lanes[1].emulator.pid, signal.SIGSTOP)
    envs.send(np.zeros(COUNT, int))
    envs.close()
    assert not any(child.is_running() for child in children)


def test_an_error_of_the_users_loses_nothing(game):
    envs = game(3)
    models = [Model() for _ in range(3)]
    envs.reset()
    with contextlib.suppress(ZeroDivisionError):
        envs.send([0, 0, 0])
        1 / 0  # noqa: B018
    for model in models:
        model.run(envs.lanes[0]._reader.read(0)[0], RATIO)
    observations = envs.recv()[0]
    assert all(model.shows(seen) for model, seen in zip(models, observations, strict=True))


def test_control_c_while_waiting_loses_nothing(game):
    envs = game(2)
    envs.reset()
    hurt(envs.lanes[1].emulator.pid, signal.SIGSTOP)
    envs.send([0, 0])
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        envs.recv()
    timer.join()
    hurt(envs.lanes[1].emulator.pid, signal.SIGCONT)
    assert envs.recv()[1].tolist() == [RATIO, RATIO]


def test_one_environment_alone(options):
    with contextlib.closing(LaneEnv(make_retro(GAME, **options))) as env:
        model = Model()
        env.reset(seed=1)
        before = env.step(0)[0]
        hurt(env.lane.emulator.pid, signal.SIGKILL)
        observation, reward, terminated, truncated, info = env.step(0)
        assert (reward, terminated, truncated) == (0, False, True)
        assert "SIGKILL" in info["emulator_error"]
        assert np.array_equal(observation, before)
        assert model.shows(env.reset()[0])
        assert env.restarts == 1
