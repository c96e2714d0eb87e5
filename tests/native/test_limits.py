"""Limits of the operating system, in a Python of its own: an error that names them, and nothing left behind."""

import pytest

from tests.native.tiny_game import GAME, make_game
from tests.surroundings import run_python

# What is there before the limit is set; afterwards `same()` says whether that is all there is.
CODE = """
import gc, resource, tempfile
from toolkit.errors import LimitError, StateError, ToolkitError
from toolkit.gym.env import LaneEnv
from toolkit.gym.retro_lane import make_retro
from toolkit.retro import RetroEmulator
from toolkit.vector import make_vec
import toolkit.retro as retro

core, rom, game = sys.argv[2:5]
options = {"core": core, "state": retro.State.NONE}

def things():
    gc.collect()  # errors of threads are in cycles
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    folders = sorted(map(str, Path(tempfile.gettempdir()).glob("toolkit-run-*")))
    return len(os.listdir("/proc/self/fd")), children, folders

def attempt(make):
    # The class of the error, and what it says; "" if there is none.
    try:
        make().close()
    except ToolkitError as error:
        return [type(error).__name__, str(error)]
    except BaseException as error:
        return ["not ours", repr(error)]
    return ["", ""]

def limit(kind, soft):
    resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))

def emulator():
    return RetroEmulator(core, rom)

def vector(count=2):
    return make_vec(game, count, **options)

# All that is loaded on the way is there before the limit is.
emulator().close(), vector().close()
"""


@pytest.fixture
def run(tmp_path, monkeypatch, cores, program, rom):
    """Runs code behind CODE and returns its answer."""
    make_game(tmp_path, monkeypatch)

    def run(code, **environment):
        return run_python(tmp_path, CODE + code, cores["counter"], rom, GAME, **environment)

    return run


def test_descriptors(run):
    """At every number of them; emulators that run go on."""
    told = run(
        """
running = emulator()
before, results = things(), []
makers = [emulator, vector, lambda: retro.make(game, **options), lambda: LaneEnv(make_retro(game, **options))]
for free in range(0, 40, 6):
    for make in makers:
        limit(resource.RLIMIT_NOFILE, before[0] + free)
        result = attempt(make)
        running.step()
        limit(resource.RLIMIT_NOFILE, 1024)
        results.append([free, things() == before or [before, things()], *result])
running.close()
answer(results=results)
"""
    )
    for free, same, kind, words in told["results"]:
        assert same is True, (same, free, kind, words)
        assert kind in ("", "LimitError", "RomError", "ConfigError", "LaunchError"), words
        assert not kind or "ulimit -n" in words, (free, kind, words)
    assert {kind for _, _, kind, _ in told["results"]} >= {"", "LimitError"}


def test_other_limits(run):
    told = run(
        """
before, results = things(), {}
for kind, soft in (("FSIZE", 1024), ("AS", 2**20), ("DATA", 2**20), ("MEMLOCK", 0)):
    number = getattr(resource, "RLIMIT_" + kind)
    usual = resource.getrlimit(number)[0]
    limit(number, soft)
    found = attempt(emulator), attempt(vector)
    limit(number, usual)
    results[kind] = [things() == before, *found]
answer(**results)
"""
    )
    assert told.pop("MEMLOCK") == [True, ["", ""], ["", ""]]  # nothing of ours is locked into memory
    for kind, option in (("FSIZE", "f"), ("AS", "v"), ("DATA", "d")):
        same, *found = told[kind]
        assert same, kind
        for name, words in found:
            assert name in ("LimitError", "LaunchError", "ConfigError"), (kind, words)
            assert f"ulimit -{option}" in words, (kind, words)


def test_no_more_threads(run):
    """As root `ulimit -u` does not bind: Python itself refuses here, in the system's words."""
    told = run(
        """
before = things()
def refuse(*_, **__):
    raise RuntimeError("can't start new thread")
threading.Thread.start = refuse
found = attempt(vector)
answer(same=things() == before, kind=found[0], words=found[1])
"""
    )
    assert (told["same"], told["kind"]) == (True, "LimitError")
    assert "ulimit -u" in told["words"]


def test_no_more_processes(run):
    told = run(
        """
import errno, subprocess
before = things()
def refuse(*_, **__):
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
subprocess.Popen.__init__ = refuse
found = attempt(emulator)
answer(same=things() == before, kind=found[0], words=found[1])
"""
    )
    assert (told["same"], told["kind"]) == (True, "LimitError")
    assert "ulimit -u" in told["words"]


def test_a_child_that_takes_too_long(run):
    """The limit is the child's: this process has used less."""
    told = run(
        """
env = emulator()
resource.prlimit(env.pid, resource.RLIMIT_CPU, (1, 1))
limit(resource.RLIMIT_CPU, 3600)
def use():
    while True:
        env.run(10_000_000)
try:
    use()
except ToolkitError as error:
    env.close()
    answer(kind=type(error).__name__, words=str(error))
""",
    )
    assert told["kind"] == "EmulatorExited"
    assert "ulimit -t" in told["words"]


def test_arguments_that_are_too_long(run):
    found = run(
        """
os.environ["TZ"] = "x" * (1 << 18)
kind, words = attempt(emulator)
answer(kind=kind, words=words)
"""
    )
    assert found["kind"] == "LimitError"
    assert "ARG_MAX" in found["words"]
