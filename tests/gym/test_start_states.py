"""Games that begin from a shared state are the games that begin after the menus; and it is made once."""

import fcntl
import logging
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from games.homebrew import rom_path
from toolkit.errors import StateError
from toolkit.gym import LaneEnv, lane_factory, start_states

PLATFORMER = "toolkit/Platformer-v0"
LOGGER = "toolkit.gym.start_states"


def make(game=PLATFORMER, **options):
    return LaneEnv(lane_factory(game, **options))


def play(env, steps=30):
    """Everything that a seeded episode of random actions gives."""
    random = np.random.default_rng(1)
    observation, info = env.reset(seed=3)
    record = [observation.tobytes(), info]
    counts = env.action_space.n if env.action_space.shape == () else env.action_space.nvec
    for _ in range(steps):
        observation, *rest = env.step(random.integers(counts))
        record += [observation.tobytes(), *rest]
        if rest[1]:
            break
    return record


# What a process of its own does: an episode, after which it prints how often it went through the menus.
PROCESS = """
import logging, sys
from tests.gym.test_start_states import LOGGER, make, play
made = logging.Handler()
made.count = 0
def emit(record):
    made.count += "made the" in record.getMessage()
made.emit = emit
logging.getLogger(LOGGER).addHandler(made)
logging.getLogger(LOGGER).setLevel(logging.INFO)
with make() as env:
    print(made.count, hash(tuple(map(str, play(env, 10)))), made.count)
"""


@pytest.fixture
def log(caplog):
    """What was logged, as a function."""
    caplog.set_level(logging.INFO, LOGGER)
    return lambda: [record.getMessage() for record in caplog.records if record.name == LOGGER]


@pytest.mark.parametrize("game", [PLATFORMER, "toolkit/Bout-v0"])
def test_what_follows_is_what_follows_the_menus(game, own_cache, log, request):
    options = {"frame_ratio": 4, "frames_per_step": 2}
    if game == "toolkit/Bout-v0":
        options |= {"binary_path": request.getfixturevalue("mame"), "difficulty": 7}
    with make(game, start_states=False, **options) as env:
        expected = play(env)
        assert not own_cache.joinpath("coinop-toolkit", "states").exists()
    with make(game, **options) as maker:
        assert play(maker) == expected
        assert play(maker) == expected
    with make(game, **options) as later:
        assert play(later) == expected
    assert sum("made the" in message for message in log()) == 1


@pytest.mark.parametrize("game", [PLATFORMER])
def test_many_threads_make_it_once(game, own_cache, log):
    with ThreadPoolExecutor(6) as threads:
        envs = [make(game) for _ in range(6)]
        records = list(threads.map(lambda env: play(env, 10), envs))
        for env in envs:
            env.close()
    assert records == records[:1] * 6
    assert sum("made the" in message for message in log()) == 1


def test_many_processes_make_it_once(own_cache):
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-c", PROCESS]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) for _ in range(3)]
    said = [process.communicate(timeout=60)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0] * 3
    before, record, after = zip(*said, strict=True)
    assert before == ("0",) * 3
    assert len(set(record)) == 1
    assert sorted(after) == ["0", "0", "1"]


@pytest.mark.parametrize("damage", ["flipped", "short", "empty", "another's", "garbage"])
def test_a_file_that_is_damaged_is_made_again(own_cache, log, damage):
    with make() as env:
        expected = play(env, 10)
    if damage == "another's":
        with make(level=2) as env:
            env.reset()
    (file,) = [path for path in own_cache.glob("**/*.state") if path.name == start_states_name()]
    good = file.read_bytes()
    others = [path.read_bytes() for path in own_cache.glob("**/*.state") if path != file]
    file.write_bytes(
        {
            "flipped": good[:-10] + bytes([good[-10] ^ 1]) + good[-9:],
            "short": good[:-1],
            "empty": b"",
            "another's": others[0] if others else b"",
            "garbage": os.urandom(5000),
        }[damage]
    )
    made = sum("made the" in message for message in log())
    with make() as env:
        assert play(env, 10) == expected
    assert sum("made the" in message for message in log()) == made + 1
    assert any("is damaged, or another game's" in message for message in log())
    assert file.read_bytes()[: len(good) // 2] == good[: len(good) // 2]


def start_states_name():
    with make() as env:
        return f"nes-{start_states.fingerprint(env.lane.env)[:32]}.state"


def test_a_state_that_the_emulator_refuses_is_made_again(own_cache, log, monkeypatch):
    with make() as env:
        expected = play(env, 10)
    with make() as env:
        loading, refused = env.lane.env.loading, []

        def refuse_once(state):
            if not refused:
                refused.append(state)
                raise StateError("not this one")
            return loading(state)

        monkeypatch.setattr(env.lane.env, "loading", refuse_once)
        assert play(env, 10) == expected
        assert refused
    assert sum("made the" in message for message in log()) == 2


def test_a_cache_that_cannot_be_used(tmp_path, monkeypatch, log):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with make() as first, make() as second:
        assert play(first, 10) == play(second, 10) == play(first, 10)
    assert sum("cannot be kept" in message for message in log()) == 1
    assert sum("made the" in message for message in log()) == 1


@pytest.mark.parametrize("what", ["fifo", "link", "folder", "device"])
@pytest.mark.parametrize("ending", [".state", ".lock"])
@pytest.mark.timeout(60)
def test_what_else_may_lie_in_the_cache(own_cache, log, tmp_path, what, ending):
    with make() as env:
        expected = play(env, 10)
    (other,) = own_cache.glob(f"**/*{ending}")
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    victim.chmod(0o644)
    other.unlink()
    if what == "fifo":
        os.mkfifo(other)
    elif what == "folder":
        other.mkdir()
    else:
        other.symlink_to(victim if what == "link" else "/dev/zero")
    with make() as env:
        assert play(env, 10) == expected
    assert (victim.read_bytes(), victim.stat().st_mode & 0o777) == (b"mine", 0o644)
    words = "cannot be kept" if ending == ".lock" else "it is made again"
    assert sum(words in message for message in log()) == 1


def test_a_lock_that_is_held_for_ever(own_cache, log, monkeypatch):
    with make() as env:
        expected = play(env, 10)
    (lock,) = own_cache.glob("**/*.lock")
    monkeypatch.setattr(start_states, "LOCK_PATIENCE", 0.1)
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with make() as env:
            assert play(env, 10) == expected
    assert sum("another process holds" in message and "is it stopped?" in message for message in log()) == 1


def test_what_a_state_depends_on(tmp_path):
    shutil.copy(rom_path("hop") / "hop.nes", tmp_path)
    keys = {}
    for name, options in {
        "": {},
        "timeout": {"timeout": 7.0},
        "observation": {"grayscale": True, "resize": (20, 20)},
        "rewards": {"flag_bonus": 1.0},
        "steps": {"frames_per_step": 3},
        "copy": {"roms_path": tmp_path},
        "level": {"level": 2},
        "frame_ratio": {"frame_ratio": 2},
        "options": {"options": {"nestopia_turbo_pulse": "3"}},
        "core": {"core": "fceumm"},
    }.items():
        with make(**options) as env:
            keys[name] = start_states.fingerprint(env.lane.env)
    same = ("timeout", "observation", "rewards", "steps", "copy")
    assert {keys[name] for name in same} == {keys[""]}
    others = [keys[name] for name in keys if name not in same]
    assert len(set(others)) == len(others)
    cartridge = tmp_path / "hop.nes"
    cartridge.write_bytes(cartridge.read_bytes()[:-1] + b"\x01")
    with make(roms_path=tmp_path) as env:
        assert start_states.fingerprint(env.lane.env) != keys[""]


def test_where_they_are(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert start_states.folder() == tmp_path / "coinop-toolkit" / "states"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert start_states.folder() == tmp_path / "home" / ".cache" / "coinop-toolkit" / "states"
