"""What happens when a core, or Python, dies or hangs."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.processes import assert_gone, running
from toolkit.emulator import Address
from toolkit.errors import EmulatorExited, LaunchError, StateError, StepTimeout
from toolkit.retro import RetroEmulator

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("how", ["hang", "sleep", "ignore"])
def test_hang(make, script, how):
    emulator = make("misbehave", rom=script(f"run {how}"), timeout=0.5)
    pid = emulator.pid
    emulator.run(2)
    began = time.monotonic()
    with pytest.raises(StepTimeout, match=r"did not answer within 0\.5 s"):
        emulator.step()
    assert 0.45 < time.monotonic() - began < 1.5
    with pytest.raises(StateError, match="did not answer"):
        emulator.step()
    began = time.monotonic()
    emulator.close()
    assert time.monotonic() - began < 1
    assert not running(pid)


@pytest.mark.parametrize("how", ["hang", "sleep"])
def test_hang_at_the_start(cores, program, script, how):
    began = time.monotonic()
    with pytest.raises(LaunchError, match=r"nothing within 0\.5 s"):
        RetroEmulator(cores["misbehave"], script(f"load {how}"), start_timeout=0.5)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("how", "code", "words"),
    [
        ("exit", 3, "last words"),
        ("abort", -signal.SIGABRT, "SIGABRT"),
        ("segfault", -signal.SIGSEGV, "SIGSEGV"),
        ("overrun", -signal.SIGSEGV, "SIGSEGV"),
    ],
)
def test_death(make, script, how, code, words):
    emulator = make("misbehave", rom=script(f"run {how}"))
    emulator.run(2)
    began = time.monotonic()
    with pytest.raises(EmulatorExited, match=words) as caught:
        emulator.step()
    assert time.monotonic() - began < 1
    assert caught.value.exit_code == code
    with pytest.raises(StateError):
        emulator.step()
    emulator.close()


@pytest.mark.parametrize(("how", "words"), [("exit", "last words"), ("abort", "SIGABRT"), ("segfault", "SIGSEGV")])
def test_death_at_the_start(make, script, how, words):
    began = time.monotonic()
    with pytest.raises(LaunchError, match=words):
        make("misbehave", rom=script(f"load {how}"))
    assert time.monotonic() - began < 2


def test_death_while_saving(make, script):
    emulator = make("misbehave", rom=script("save segfault"))
    emulator.step()
    with pytest.raises(EmulatorExited, match="SIGSEGV"):
        emulator.save_state()


@pytest.mark.parametrize("when", ["unload", "deinit"])
@pytest.mark.parametrize("how", ["hang", "abort", "ignore", "exit"])
def test_a_core_that_does_not_want_to_end(make, script, when, how):
    emulator = make("misbehave", rom=script(f"{when} {how}"))
    pid = emulator.pid
    emulator.step()
    began = time.monotonic()
    emulator.close()
    assert time.monotonic() - began < 6
    assert not running(pid)


def test_a_core_that_closes_our_descriptors(make, script):
    emulator = make("misbehave", rom=script("run close"), timeout=2)
    emulator.run(2)
    with pytest.raises((EmulatorExited, StepTimeout)):
        emulator.step()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_killed_between_two_steps(make, number):
    emulator = make("counter")
    emulator.step()
    os.kill(emulator.pid, number)
    assert_gone(emulator.pid, 1)
    with pytest.raises(EmulatorExited):
        emulator.step()
    with pytest.raises(StateError):
        emulator.save_state()


def test_stopped(make):
    emulator = make("counter", timeout=0.5)
    emulator.step()
    os.kill(emulator.pid, signal.SIGSTOP)
    with pytest.raises(StepTimeout):
        emulator.step()
    began = time.monotonic()
    emulator.close()
    assert time.monotonic() - began < 1


PYTHON = """
import sys, time
from toolkit.retro import RetroEmulator
emulator = RetroEmulator(sys.argv[1], sys.argv[2], timeout=100)
emulator.run(2)
print(emulator.pid, flush=True)
%s
"""


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("run nothing", "time.sleep(60)"),
        ("run nothing", "emulator.run(10**9)"),
        ("run hang", "emulator.step()"),
        ("run sleep", "emulator.step()"),
        ("run ignore", "emulator.step()"),
    ],
)
def test_python_killed(cores, program, script, text, rest):
    python = subprocess.Popen(
        [sys.executable, "-c", PYTHON % rest, cores["misbehave"], script(text)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with python:
        pid = int(python.stdout.readline())
        time.sleep(0.1)  # to be in the middle of it; where exactly does not matter
        python.kill()
        assert_gone(pid, 1)
    # The next one that is made sweeps the folder up that the killed one could not.
    RetroEmulator(cores["misbehave"], script("run nothing")).close()


def test_python_that_forgets_to_close(cores, program, script):
    done = subprocess.run(
        [sys.executable, "-c", PYTHON % "", cores["misbehave"], script("run nothing")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0
    assert_gone(int(done.stdout), 1)


def test_closed_from_another_thread(make, script):
    emulator = make("misbehave", rom=script("run hang"), timeout=60)
    caught = []

    def run():
        try:
            emulator.run(10)
        except Exception as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 10
    while sum(psutil.Process(emulator.pid).cpu_times()[:2]) < 0.1:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    emulator.close()
    thread.join(10)
    assert [type(error) for error in caught] == [EmulatorExited]


def test_nothing_but_the_link_is_inherited(make):
    """No descriptor of ours, nor of another emulator's, reaches the core."""
    first = make("counter")
    second = make("counter")
    for emulator in (first, second):
        folder = Path(f"/proc/{emulator.pid}/fd")
        targets = sorted(os.readlink(link) for link in folder.iterdir())
        assert sum("pipe:" in target for target in targets) <= 2 + 1, targets
        assert sum("memfd:toolkit" in target for target in targets) <= 1, targets


def test_other_emulators_do_not_notice(make, script):
    watched = {"frames": Address(0, "u32", device=":ram")}
    healthy = make("counter", watched)
    sick = make("misbehave", rom=script("run segfault"))
    healthy.step()
    with pytest.raises(EmulatorExited):
        sick.run(5)
    assert healthy.step()["frames"] == 2


def test_a_frontend_that_is_none(cores, rom, monkeypatch):
    monkeypatch.setenv("TOOLKIT_LIBRETRO", "/bin/true")
    with pytest.raises(LaunchError) as caught:
        RetroEmulator(cores["counter"], rom)
    assert "/bin/true, which TOOLKIT_LIBRETRO names, is not our libretro frontend" in str(caught.value)
    assert "left with exit code 0 before it was ready; it printed nothing" in str(caught.value)


def test_a_core_that_dies_without_a_word(cores, program, rom, tmp_path):
    silent = tmp_path / "silent_libretro.so"
    source = tmp_path / "silent.c"
    source.write_text(
        "#include <stdlib.h>\nvoid retro_run(void) {}\nvoid retro_load_game(void) {}\n"
        "__attribute__((constructor)) static void die(void) { _Exit(0); }\n"
    )
    subprocess.run(["cc", "-shared", "-fPIC", "-o", silent, source], check=True)
    with pytest.raises(LaunchError) as caught:
        RetroEmulator(silent, rom)
    assert "left with exit code 0 before it was ready; it printed nothing\n" in str(caught.value)
    assert f"It ran the core {silent}" in str(caught.value)
