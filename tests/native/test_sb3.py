"""Stable-Baselines3's vectors over ours, on a tiny core whose pictures tell which actions led to them."""

import csv
import itertools
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from tests.interrupts import interrupted, lines_of
from tests.native.tiny_game import GAME, Model, make_game
from toolkit.errors import ConfigError, StateError
from toolkit.retro import State
from toolkit.vector import LaneVectorEnv, make_vec

RATIO = 2
ENDS = {"done": {"variables": {"mixed": {"op": "less-than", "reference": 2**28}}}}


@pytest.fixture
def options(cores, program):
    return {"core": str(cores["counter"]), "state": State.NONE, "frame_ratio": RATIO, "channels_first": False}


@pytest.fixture
def game(tmp_path, monkeypatch, options, sb3):
    """Makes vectors of the tiny game, or of another scenario of it."""
    made, numbers = [], itertools.count()

    def make(n_envs=3, scenario=None, **more):
        folder = tmp_path / str(next(numbers))
        make_game(folder, monkeypatch, *([] if scenario is None else [scenario]))
        made.append(sb3.make_vec_env(GAME, n_envs, **{**options, **more}))
        return made[-1]

    yield make
    for env in made:
        env.close()


def pid(env, number):
    return env.unwrapped.vector.lanes[number].emulator.pid


def test_steps_ends_and_infos_are_those_of_each_environment(game):
    env = game(4, ENDS)
    models, random = [Model() for _ in range(4)], np.random.default_rng(5)
    pressed = [lane._reader for lane in env.unwrapped.vector.lanes]
    assert all(model.shows(seen) for model, seen in zip(models, env.reset(), strict=True))
    assert [info["frames"] for info in env.unwrapped.reset_infos] == [3] * 4
    env.unwrapped.reset_infos = [{}] * 4
    lengths, ends = [0] * 4, 0
    for _ in range(150):
        actions = random.integers(env.action_space.n, size=4)
        observations, rewards, dones, infos = env.step(actions)
        assert (rewards.dtype, dones.dtype, len(infos)) == (np.float32, np.bool_, 4)
        assert (rewards[~dones] == RATIO).all()
        for number, (model, info) in enumerate(zip(models, infos, strict=True)):
            for _ in range(RATIO):
                model.run(pressed[number].read(int(actions[number]))[0], 1)
                if over := model.mixed < 2**28:
                    break
            lengths[number] += 1
            assert dones[number] == over
            assert (info["frames"], info["mixed"]) == (model.frames, model.mixed)
            assert info["TimeLimit.truncated"] is False
            assert ("terminal_observation" in info) == ("episode" in info) == over
            if over:
                assert model.shows(info["terminal_observation"])
                assert (info["episode"]["l"], info["episode"]["r"]) == (lengths[number], model.frames - 3)
                assert env.unwrapped.reset_infos[number]["frames"] == 3
                model.reset()
                lengths[number], ends = 0, ends + 1
            assert model.shows(observations[number])
    assert ends > 20


def test_an_emulator_that_dies_ends_its_episode_as_truncated(game):
    env = game()
    env.reset()
    before = env.step(np.zeros(3, int))[0]
    os.kill(pid(env, 1), signal.SIGKILL)
    observations, rewards, dones, infos = env.step(np.zeros(3, int))
    assert dones.tolist() == [False, True, False]
    assert rewards.tolist() == [RATIO, 0, RATIO]
    assert [info["TimeLimit.truncated"] for info in infos] == [False, True, False]
    assert "SIGKILL" in infos[1]["emulator_error"]
    assert np.array_equal(infos[1]["terminal_observation"], before[1])
    first = Model()
    assert first.shows(observations[1])
    assert not first.shows(observations[0])


def test_seeds_count_up_and_are_used_once(game):
    env = game(noop_max=30)
    assert env.seed(7) == [7, 8, 9]
    first = env.reset()
    again = env.reset()
    env.seed(7)
    assert np.array_equal(env.reset(), first)
    assert not np.array_equal(again, first)
    # Each by a seed of its own.
    env.seed(8)
    assert np.array_equal(env.reset()[:2], first[1:])


def test_make_vec_env_takes_a_seed(game):
    first, second = (game(noop_max=30, seed=3).reset() for _ in range(2))
    assert np.array_equal(first, second)


def test_options_of_a_reset_are_for_all_and_used_once(game, monkeypatch):
    env = game().unwrapped
    given = []
    real = LaneVectorEnv.reset
    monkeypatch.setattr(
        LaneVectorEnv, "reset", lambda self, **asked: given.append(asked["options"]) or real(self, **asked)
    )
    env.set_options({"new_game": True})
    env.reset()
    env.reset()
    assert given == [{"new_game": True}, {}]
    env.set_options([{}, {"new_game": True}, {}])
    with pytest.raises(ConfigError, match="the same for all environments"):
        env.reset()


def test_a_reset_drops_the_step_that_is_under_way(game):
    env = game()
    env.reset()
    env.step_async(np.ones(3, int))
    assert all(Model().shows(seen) for seen in env.reset())
    env.step(np.zeros(3, int))


def test_a_reset_goes_on_after_an_interrupt(game):
    env = game(2)
    env.reset()
    actions = np.ones(2, int)
    for number in range(1, lines_of(lambda: env.step(actions)) + 1, 31):
        where = interrupted(number, lambda: env.step(actions))
        assert all(Model().shows(seen) for seen in env.reset()), where
        assert env.step(actions)[1].tolist() == [RATIO] * 2, where


def test_attributes_and_methods_are_those_of_the_lanes(game):
    from stable_baselines3.common.monitor import Monitor

    env = game()
    assert env.get_attr("frame_ratio") == [RATIO] * 3
    assert env.get_attr("game", 1) == [GAME]
    assert env.get_attr("render_mode", [0, 2]) == ["rgb_array"] * 2
    assert env.has_attr("reply_fd")
    assert not env.has_attr("nothing_of_that_name")
    env.set_attr("label", "x", indices=[1, 2])
    assert [getattr(lane, "label", "") for lane in env.unwrapped.vector.lanes] == ["", "x", "x"]
    assert env.env_is_wrapped(Monitor) == [False] * 3
    assert env.env_is_wrapped(Monitor, 0) == [False]
    env.reset()
    pictures = env.env_method("render", indices=[0])
    assert len(pictures) == 1
    assert Model().shows(pictures[0])
    env.close()
    with pytest.raises(StateError, match="closed; make a new one"):
        env.env_method("render")


def test_pictures_side_by_side(game):
    env = game(2)
    env.reset()
    height, width, _ = env.observation_space.shape
    picture = env.render()
    assert picture.shape == (height, 2 * width, 3) or picture.shape == (2 * height, width, 3)
    assert Model().shows(picture[-height:, -width:])
    assert env.unwrapped.metadata["render_fps"] == env.unwrapped.vector.metadata["render_fps"]
    blind = game(2, render_mode=None)
    blind.reset()
    with pytest.warns(UserWarning, match="no `render_mode` was passed"):
        assert blind.render() is None


def test_images_have_the_channels_first_unless_told_otherwise(game, options):
    last = game(1).observation_space.shape
    del options["channels_first"]
    assert game(1, stack_num=2).observation_space.shape == (6, *last[:2])


def test_the_monitor_writes_its_file(game, tmp_path):
    env = game(2, ENDS, monitor_dir=tmp_path / "new" / "logs")
    env.reset()
    ends = sum(int(env.step(np.full(2, step % 3))[2].sum()) for step in range(60))
    env.close()
    rows = list(csv.reader((tmp_path / "new" / "logs" / "monitor.csv").read_text().splitlines()))
    assert rows[1] == ["r", "l", "t"]
    assert len(rows) - 2 == ends > 3


@pytest.mark.parametrize("observation", ["image", "ram", "both"])
def test_the_policies_take_each_kind_of_observation(game, observation):
    from stable_baselines3 import PPO

    policy = {"image": "CnnPolicy", "ram": "MlpPolicy", "both": "MultiInputPolicy"}[observation]
    env = game(2, ENDS, observation=observation, resize=(36, 40), stack_num=2, channels_first=True)
    model = PPO(policy, env, n_steps=16, batch_size=16, n_epochs=1, seed=1)
    # Images came as PyTorch wants them, so that nothing turns their axes.
    assert type(model.get_env()).__name__ == "VecMonitor"
    model.learn(128)
    assert model.num_timesteps == 128
    assert len(model.ep_info_buffer) > 0


@pytest.mark.parametrize("algorithm", ["PPO", "A2C"])
def test_algorithms_train_on_buttons(sb3, program, algorithm):
    """What a network says of a MultiBinary space is float32."""
    import stable_baselines3

    view = {"grayscale": True, "resize": (8, 8)}
    env = sb3.make_vec_env("Airstriker-Genesis-v0", 2, actions="filtered", **view)
    try:
        model = getattr(stable_baselines3, algorithm)("MlpPolicy", env, n_steps=32, device="cpu", seed=1)
        model.learn(64)
        assert model.num_timesteps == 64
    finally:
        env.close()


def test_episodes_of_so_many_steps(game):
    env = game(2, max_episode_steps=3)
    env.reset()
    for step in range(1, 7):
        _, _, dones, infos = env.step(np.array([[0], [1]]))
        assert dones.tolist() == [step % 3 == 0] * 2
        for info in infos:
            assert info["TimeLimit.truncated"] is (step % 3 == 0)
            assert ("terminal_observation" in info) is (step % 3 == 0)


def test_options_that_there_are_not(sb3):
    with pytest.raises(ConfigError, match="has no option 'frame_skip': did you mean frame_ratio"):
        sb3.make_vec_env("toolkit/Airstriker-v0", 2, frame_skip=4)
    with pytest.raises(ConfigError, match="calls num_envs n_envs"):
        sb3.make_vec_env("toolkit/Airstriker-v0", num_envs=2)


def test_vectors_that_it_cannot_use_are_refused(options, sb3, tmp_path, monkeypatch):
    make_game(tmp_path, monkeypatch)
    envs = make_vec(GAME, 2, **options)
    with pytest.raises(ConfigError, match="needs autoreset_mode=\"SameStep\", got 'NextStep'"):
        sb3.LaneVecEnv(envs)
    envs.close()
    envs = make_vec(GAME, 2, autoreset_mode="SameStep", batch_size=1, **options)
    with pytest.raises(ConfigError, match="steps all environments at once; batch_size is 1"):
        sb3.LaneVecEnv(envs)
    envs.close()
    for name in ("autoreset_mode", "batch_size", "infos"):
        with pytest.raises(ConfigError, match=f"needs a certain {name}; leave it out"):
            sb3.make_vec_env(GAME, 2, **options, **{name: None})


def test_a_monitor_that_cannot_be_made_leaves_nothing(options, sb3, tmp_path, monkeypatch):
    make_game(tmp_path, monkeypatch)
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError):
        sb3.make_vec_env(GAME, 2, monitor_dir=tmp_path / "file", **options)


def test_without_stable_baselines3_the_error_names_the_extra():
    code = "import sys; sys.modules['stable_baselines3'] = None; import toolkit.sb3"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    expected = "toolkit.sb3 needs stable_baselines3: pip install 'coinop-toolkit[sb3]'"
    assert last == f"toolkit.errors.ConfigError: {expected}"
