"""Console games as Gymnasium environments: their life, and what goes wrong."""

import contextlib
import gc
import gzip
import json
import pickle

import gymnasium
import numpy as np
import psutil
import pytest
from gymnasium.utils.env_checker import check_env

import toolkit.retro as retro
from tests.processes import mappings
from toolkit.errors import ConfigError, Silence, StateError
from toolkit.publication import Subscriber

GAME = "Airstriker-Genesis-v0"


@pytest.fixture
def env():
    with retro.make(GAME) as env:
        yield env


def test_as_gymnasium_wants_it():
    env = retro.make(GAME, render_mode="rgb_array")
    try:
        check_env(env, skip_render_check=True)
    finally:
        env.close()


def test_what_is_known_of_it(env):
    assert (env.gamename, env.statename, env.players, env.system) == (GAME, "Level1.state", 1, "Genesis")
    assert env.buttons == ["B", "A", "MODE", "START", "UP", "DOWN", "LEFT", "RIGHT", "C", "Y", "X", "Z"]
    assert env.observation_space.shape == (224, 320, 3)
    assert len(env.initial_state) == 1036288
    assert env.metadata["render_fps"] == pytest.approx(59.92, abs=0.01)
    pressed = np.zeros(12, np.int8)
    pressed[[0, 4]] = 1
    assert env.get_action_meaning(pressed) == ["B", "UP"]
    assert env.action_to_array(pressed)[0].tolist() == pressed.tolist()
    assert env.get_ram().shape == (65536,)
    assert isinstance(env, retro.RetroEnv)


def test_its_life(env):
    with pytest.raises(StateError, match="before reset"):
        env.step(env.action_space.sample())
    first, _ = env.reset()
    before = first.copy()
    for _ in range(20):
        env.step(env.action_space.sample())
    assert (first == before).all()
    again, _ = env.reset()
    assert (again == first).all()
    memory, mapped = env.data.memory.data, mappings("toolkit-link")
    copy = memory.copy()
    env.close()
    env.close()
    assert np.array_equal(memory, copy)
    del memory
    assert mappings("toolkit-link") == mapped - 1
    for call in (
        env.reset,
        lambda: env.step(env.action_space.sample()),
        env.render,
        env.get_ram,
        env.get_screen,
        env.compute_step,
        env.em.step,
        env.em.get_state,
        env.em.get_screen,
        env.data.lookup_all,
        env.data.update_ram,
        lambda: env.data["lives"],
        lambda: env.data.set_value("lives", 3),
        lambda: env.data.memory.blocks,
        lambda: env.data.memory.extract(0xFF0000, "|u1"),
    ):
        with pytest.raises(StateError, match="closed"):
            call()
    type(env).__new__(type(env)).close()


def test_variables_are_read_and_written(env):
    env.reset()
    nothing = np.zeros(12, np.int8)
    assert env.step(nothing)[4] == {"gameover": 9, "lives": 3, "score": 0}
    env.data["lives"] = 7
    env.data.set_value("score", 123456)
    assert (env.data["lives"], env.data.lookup_value("score")) == (7, 123456)
    _, reward, _, _, info = env.step(nothing)
    assert (info["lives"], info["score"], reward) == (7, 123456, 123456.0)
    assert env.data.memory.extract(0xFF025A, ">u2") == 7
    env.set_value("mine", 5)
    assert env.step(nothing)[4]["mine"] == 5
    assert "mine" not in env.reset()[1]
    assert env.data.vars["lives"] == {"address": 0xFF025A, "type": ">u2"}
    with pytest.raises(KeyError):
        env.data["nothing"]


def test_states(env):
    env.reset()
    for _ in range(50):
        env.step(env.action_space.sample())
    state = env.em.get_state()
    nothing = np.zeros(12, np.int8)
    expected = [env.step(nothing)[0] for _ in range(10)]
    assert env.em.set_state(state)
    assert all((env.step(nothing)[0] == frame).all() for frame in expected)
    with pytest.raises(StateError):
        env.em.set_state(b"nonsense")
    # It goes on after that.
    env.reset()
    assert env.em.get_screen().shape == (224, 320, 3)
    assert env.em.get_resolution() == (320, 224)


def test_a_loaded_state_shows_its_memory(env):
    """At once, as with stable-retro: to `data`, to `get_ram`, and to the next reward."""
    nothing = np.zeros(12, np.int8)
    env.reset()
    env.step(nothing)
    state, memory = env.em.get_state(), env.get_ram()
    for value in (500, 700):
        env.set_value("score", value)
        assert env.step(nothing)[1] == value
        seen = env.em.get_screen()
        for _ in range(6):  # more often than the link has slots
            env.em.set_state(state)
        # Nothing was drawn.
        assert (env.em.get_screen() == seen).all()
        assert (env.get_ram() == memory).all()
        assert (env.data["score"], env.data.lookup_all()["score"]) == (0, 0)
        assert env.data.memory.extract(0xFF025A, ">u2") == 3
        env.data.update_ram()
        assert not env.data.is_done()
        assert env.step(nothing)[1] == 0


def test_one_that_is_forgotten_ends():
    """Not only when Python looks for circles: what tells it of changes does not keep it."""
    env = retro.make(GAME)
    pid = env.em._machine._emulator.pid
    gc.disable()
    try:
        del env
        assert not psutil.pid_exists(pid)
    finally:
        gc.enable()


def test_frames_behind_its_back(env):
    """As with stable-retro, the memory is at once that of the machine."""
    env.reset()
    before = env.get_ram()
    for _ in range(6):
        info = env.step(np.zeros(12, np.int8))[4]
    expected = env.get_ram()
    assert (expected != before).any()
    env.reset()
    for _ in range(6):
        env.em.step()
    assert (env.get_ram() == expected).all()
    assert env.data.lookup_all() == info


def test_pictures(env):
    env.reset()
    assert env.render() is None
    with retro.make(GAME, render_mode="rgb_array") as other:
        observation, _ = other.reset()
        assert (other.render() == observation).all()


def test_pickled_and_in_vectors(env):
    env.reset()
    with pickle.loads(pickle.dumps(env)) as copy:
        assert (copy.reset()[0] == env.reset()[0]).all()
    vector = gymnasium.vector.SyncVectorEnv([lambda: retro.make(GAME)] * 2)
    try:
        vector.reset(seed=1)
        observations, *_ = vector.step(vector.action_space.sample())
        assert observations.shape == (2, 224, 320, 3)
    finally:
        vector.close()


def test_published(tmp_path):
    endpoint = f"ipc://{tmp_path / 'socket'}"
    with retro.make(GAME, publish=endpoint) as env, Subscriber(endpoint) as subscriber:
        env.reset()
        update = None
        for _ in range(200):
            env.step(env.action_space.sample())
            with contextlib.suppress(Silence):
                update = subscriber.receive(0.01)
                break
        assert update is not None
        assert update.frame_number > 0


def test_recording_into_the_current_folder(tmp_path, monkeypatch):
    """None, which programs for stable-retro give, is True there."""
    monkeypatch.chdir(tmp_path)
    for count, record in enumerate((True, None), 1):
        with retro.make(GAME, record=record) as env:
            env.reset()
        assert len(list(tmp_path.glob("*.bk2"))) == count


def test_numbers_of_numpys_and_episodes_of_so_many_steps(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    numbers = {"players": np.int64(1), "timeout": np.float32(30), "record": np.False_, "max_episode_steps": np.int64(3)}
    with contextlib.closing(retro.make(GAME, **numbers)) as env:
        for _ in range(2):
            env.reset(seed=np.int64(5))
            ends = [env.step(np.zeros(12, np.float32))[2:4] for _ in range(4)]
            assert ends == [(False, False), (False, False), (False, True), (False, True)]
        env.data["score"] = np.float32(30)
        with pytest.raises(ConfigError, match=r"the variable 'score' takes a whole number, got 0\.5"):
            env.data["score"] = 0.5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"game": "Nothing-Genesis-v0"}, "no integration is called"),
        ({"game": "Sonic-../Genesis"}, "without a folder"),
        ({"state": "Level99"}, "no start state 'Level99'; it has Level1"),
        ({"scenario": "missing"}, r"has no missing\.json"),
        ({"scenario": "/missing/scenario.json"}, "cannot read"),
        ({"info": "missing"}, r"has no missing\.json"),
        ({"core": "missing"}, "missing"),
        ({"core": "/missing/core_libretro.so"}, "missing"),
        ({"options": {"no_such_option": "1"}}, "no_such_option"),
        ({"players": 0}, "players is a whole number from 1 to 8"),
        ({"players": 9}, "players is a whole number from 1 to 8"),
        ({"use_restricted_actions": "ALL"}, "Actions"),
        ({"observation": "ram"}, "has no option 'observation': did you mean obs_type"),
        ({"rendermode": "human"}, "has no option 'rendermode': did you mean render_mode"),
        ({"max_episode_steps": 0}, "max_episode_steps is a whole number from 1"),
        ({"record": "", "players": 1.0}, "players is a whole number"),
        ({"record": 2}, "record, if it is no folder, is True or False"),
        ({"obs_type": 0}, "Observations"),
        ({"inttype": "ALL"}, "Integrations"),
        ({"render_mode": "ansi"}, "render_mode is one of"),
        ({"record": "/proc/nothing/there"}, "cannot make the folder"),
    ],
)
def test_what_there_is_not(arguments, complaint):
    with pytest.raises(ConfigError, match=complaint):
        retro.make(**{"game": GAME, **arguments})


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("scenario", {"reward": {"variables": {"score": {"op": "more"}}}}, "must be one of"),
        ("scenario", {"done": {"script": "lua:done"}}, "Lua"),
        ("scenario", "{", "no valid JSON"),
        ("info", {"info": {"score": {"address": 5, "type": ">u4"}}}, "outside of the memory"),
        ("info", {"info": {"score": {"address": 0xFFFFFE, "type": ">u4"}}}, "outside of the memory"),
        ("info", {"info": {"score": {"address": 0xFF0000, "type": "u32"}}}, "no type 'u32'"),
        ("info", {"info": {}}, "needs 'gameover', 'lives', 'score'"),
        ("info", {}, '"info"'),
    ],
)
def test_malformed_files(tmp_path, name, content, complaint):
    path = tmp_path / "bad.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    if name == "info" and "score" in content.get("info", {}):
        scenario = tmp_path / "needs.json"
        scenario.write_text('{"reward": {"variables": {"score": {"reward": 1}}}}')
        with pytest.raises(ConfigError, match=complaint):
            retro.make(GAME, info=str(path), scenario=str(scenario))
        return
    with pytest.raises(ConfigError, match=complaint):
        retro.make(GAME, **{name: str(path)})


def test_a_variable_outside_of_memory_that_nothing_needs(tmp_path, caplog):
    path = tmp_path / "info.json"
    path.write_text('{"info": {"here": {"address": 16711680, "type": "|u1"}, "far": {"address": 1, "type": "|u1"}}}')
    (tmp_path / "none.json").write_text("{}")
    with retro.make(GAME, info=str(path), scenario=str(tmp_path / "none.json")) as env:
        env.reset()
        assert list(env.step(env.action_space.sample())[4]) == ["here"]
    assert "info.far is left out" in caplog.text


@pytest.mark.parametrize("content", [b"GENPLUS-GX 1.7.5", b"another core's", bytes(1036288)])
def test_states_that_the_core_refuses(tmp_path, content):
    path = tmp_path / "bad.state"
    path.write_bytes(gzip.compress(content))
    with retro.make(GAME, state=str(path)) as env, pytest.raises(StateError):
        env.reset()


def test_cut_states(tmp_path):
    path = tmp_path / "cut.state"
    path.write_bytes(gzip.compress(bytes(5000))[:-9])
    with pytest.raises(StateError, match="cut short"):
        retro.make(GAME, state=str(path))
