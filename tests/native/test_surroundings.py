"""Cores in programs that were started without stdin, stdout or stderr, ignore SIGCHLD, or have many threads."""

import gzip
import itertools
import subprocess

import pytest

from tests.native.tiny_game import GAME, make_game
from tests.surroundings import run_python

NAMES = ("<&-", ">&-", "2>&-")
CLOSED = [" ".join(some) for count in (1, 2, 3) for some in itertools.combinations(NAMES, count)]

USE = """
import contextlib
from toolkit.errors import Silence
from toolkit.publication import Subscriber
from toolkit.retro import RetroEmulator

children = []
for debug in (False, True):
    with RetroEmulator(sys.argv[2], None, debug=debug, publish=f"ipc://{sys.argv[1]}.sock") as emulator:
        with Subscriber(emulator.publish_endpoint) as subscriber:
            heard = False
            for _ in range(2000):
                emulator.step()
                with contextlib.suppress(Silence):
                    heard = subscriber.receive(timeout=0.02) is not None
                if heard:
                    break
        if not heard:
            raise RuntimeError("nothing was published")
        children.append([file_of(emulator.pid, descriptor) for descriptor in range(3)])
ours = [file_of("self", descriptor) for descriptor in range(3)]
answer(ours=ours, children=children)
"""


@pytest.mark.parametrize("closed", CLOSED)
def test_without_standard_streams(tmp_path, cores, program, closed):
    found = run_python(tmp_path, USE, cores["no_game"], closed=closed)
    (stdin, *output), debug = found["children"]
    assert (stdin, debug[0]) == ("/dev/null", "/dev/null")
    assert all(name.endswith("output.txt") for name in output)
    for name, ours, theirs in zip(NAMES[1:], found["ours"][1:], debug[1:], strict=True):
        assert theirs == ("/dev/null" if name in closed.split() else ours)
    # Nothing of ours took their place for longer than it takes to start: what others print would go there.
    assert not any("memfd" in (name or "") for name in [*found["ours"], *debug])


VECTOR = """
import numpy as np
from toolkit.retro import State
from toolkit.vector import make_vec

envs = make_vec(sys.argv[2], 2, core=sys.argv[3], state=State.NONE)
envs.reset()
seen = envs.step(np.zeros(2, np.int64))[0]
pids = [lane.emulator.pid for lane in envs.lanes]
files = [file_of(pid, descriptor) for pid in ["self", *pids] for descriptor in range(3)]
envs.close()
answer(seen=int(seen.any()), files=files)
"""


def test_a_vector_without_standard_streams(tmp_path, cores, program, monkeypatch):
    make_game(tmp_path, monkeypatch)
    found = run_python(tmp_path, VECTOR, GAME, cores["counter"], closed="<&- >&- 2>&-")
    assert found["seen"]
    assert not any("memfd" in (name or "") for name in found["files"])


@pytest.mark.parametrize("closed", ["<&-", "<&- 2>&-"])
def test_a_measurement_without_standard_streams(tmp_path, cores, program, rom, closed):
    with (tmp_path / "printed").open("w") as printed:
        command = ["sh", "-c", f'exec "$@" {closed}', "sh", program, "--measure", "2", cores["logs"], rom]
        done = subprocess.run(command, stdout=printed, stderr=subprocess.DEVNULL, timeout=30, check=False)
    assert done.returncode == 0
    assert float((tmp_path / "printed").read_text()) > 0


IGNORED = """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
from toolkit.benchmark.libretro_measure import Subject, bare_core
from toolkit.errors import EmulatorExited, LaunchError, RomError
from toolkit.retro import RetroEmulator

cores, rom, state = Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
result = {}
emulator = RetroEmulator(cores / "counter_libretro.so", rom)
emulator.step()
os.kill(emulator.pid, signal.SIGKILL)
try:
    emulator.step()
except EmulatorExited as error:
    result["killed"] = str(error), error.exit_code
emulator.close()
emulator = RetroEmulator(cores / "counter_libretro.so", rom)
emulator.step()
pid = emulator.pid
emulator.close()
result["closed"] = os.path.exists(f"/proc/{pid}")
try:
    RetroEmulator(cores / "refuse_libretro.so", rom)
except RomError as error:
    result["refused"] = str(error)
try:
    bare_core(Subject(cores / "refuse_libretro.so", rom, state), 1)
except LaunchError as error:
    result["measured"] = str(error)
answer(**result)
"""


def test_exit_codes_that_nobody_can_know(tmp_path, cores, program, rom):
    state = tmp_path / "some.state"
    state.write_bytes(gzip.compress(b"state"))
    found = run_python(tmp_path, IGNORED, cores["counter"].parent, rom, state)
    words, code = found["killed"]
    assert "exit status unknown" in words
    assert code is None
    assert not found["closed"]
    assert "refuses the game" in found["refused"]
    assert "refuses the game" in found["measured"]


THREADS = """
from toolkit.retro import RetroEmulator

def work():
    with RetroEmulator("no_game", None) as emulator:
        emulator.step()

answer(failures=all_at_once(work))
"""


def test_many_threads_make_their_first_emulator_at_once(tmp_path, cores, program):
    found = run_python(tmp_path, THREADS, TOOLKIT_CORES=str(cores["no_game"].parent))
    assert found["failures"] == []
