"""What happens to a real MAME, and to us, when something goes wrong in the middle."""

import gc
import multiprocessing
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
from toolkit.emulator import Action, Address, Emulator
from toolkit.errors import EmulatorExited, StateError, StepTimeout

ROOT = Path(__file__).parent.parent.parent
FOREVER = 1_000_000  # frames: far more than any machine runs during a test
DIAL = Action(":PADDLE0", "Paddle", 200)


@pytest.fixture
def make(mame, tmp_path):
    """Makes emulators of `pong`, which needs no ROMs."""

    def make(**options):
        return Emulator("test", tmp_path, "pong", {}, **{"binary_path": mame, "timeout": 30, **options})

    return make


def pid_of(emulator):
    return emulator._child.pid


def wait_until_busy(pid):
    """Returns when the process has used a tenth of a second of a CPU: it runs frames and waits for no command."""
    used = sum(psutil.Process(pid).cpu_times()[:2])
    deadline = time.monotonic() + 20
    while sum(psutil.Process(pid).cpu_times()[:2]) < used + 0.1:
        assert time.monotonic() < deadline, "it does not run"
        time.sleep(0.01)


def run_in_thread(emulator):
    """Runs a step that does not end; returns the thread, and a list where the error and its time will be."""
    caught = []

    def run():
        try:
            emulator.run(FOREVER)
        except Exception as error:
            caught.append((error, time.monotonic()))

    thread = threading.Thread(target=run)
    thread.start()
    wait_until_busy(pid_of(emulator))
    return thread, caught


# --- MAME dies or hangs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_killed_in_mid_step(make, number):
    with make() as emulator:
        emulator.step()
        thread, caught = run_in_thread(emulator)
        killed = time.monotonic()
        os.kill(pid_of(emulator), number)
        thread.join(10)
        [(error, at)] = caught
        assert type(error) is EmulatorExited
        assert number.name in str(error)
        assert error.exit_code == -number
        assert at - killed < 1
        with pytest.raises(StateError, match=number.name):
            emulator.step()


def test_killed_between_two_steps(make):
    with make() as emulator:
        emulator.step()
        os.kill(pid_of(emulator), signal.SIGKILL)
        with pytest.raises(EmulatorExited, match="SIGKILL"):
            emulator.step()
        for use in (emulator.step, emulator.save_state, lambda: emulator.read_memory(0, 1), emulator.list_fields):
            with pytest.raises(StateError, match="close it and make a new one"):
                use()


def test_stopped(make):
    emulator = make(timeout=0.5)
    pid = pid_of(emulator)
    emulator.step()
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(StepTimeout, match=r"alive but did not answer within 0\.5 s"):
        emulator.step()
    assert 0.45 < time.monotonic() - began < 1.5
    with pytest.raises(StateError, match="did not answer"):
        emulator.step()
    began = time.monotonic()
    emulator.close()
    assert time.monotonic() - began < 1
    assert not running(pid)


def test_stopped_and_closed_without_a_step(make):
    emulator = make()
    os.kill(pid_of(emulator), signal.SIGSTOP)
    began = time.monotonic()
    emulator.close()
    assert time.monotonic() - began < 6


def test_a_step_longer_than_the_timeout(make):
    with make(timeout=0.3) as emulator, pytest.raises(StepTimeout):
        emulator.run(FOREVER)


def test_interrupted_step(make):
    emulator = make()
    pid = pid_of(emulator)
    main = threading.main_thread().ident
    timer = threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt), emulator:
        emulator.run(FOREVER)
    timer.join()
    assert not running(pid)
    with pytest.raises(StateError):
        emulator.step()


def test_interrupted_while_it_starts(make):
    main = threading.main_thread().ident
    timer = threading.Timer(0.1, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        make()
    timer.join()


def test_closed_by_another_thread_in_mid_step(make):
    emulator = make()
    pid = pid_of(emulator)
    thread, caught = run_in_thread(emulator)
    with pytest.raises(StateError, match="another thread"):
        emulator.step()
    emulator.close()
    thread.join(10)
    [(error, _)] = caught
    assert isinstance(error, EmulatorExited)
    assert not running(pid)


def test_ctrl_c_in_a_terminal_does_not_reach_mame(make):
    with make() as emulator:
        assert os.getpgid(pid_of(emulator)) != os.getpgid(0)


# --- the end ----------------------------------------------------------------------------------------------------------


def test_close_twice_and_use_after_close(make):
    emulator = make()
    pid = pid_of(emulator)
    emulator.step()
    emulator.close()
    assert emulator.closed
    assert not running(pid)
    emulator.close()
    uses = (
        emulator.step,
        lambda: emulator.run(1),
        emulator.save_state,
        lambda: emulator.load_state(b""),
        lambda: emulator.read_memory(0, 1),
        lambda: emulator.write_memory(0, b"x"),
        emulator.list_fields,
    )
    for use in uses:
        with pytest.raises(StateError, match="closed"):
            use()


def test_half_built():
    emulator = Emulator.__new__(Emulator)
    emulator.close()
    emulator.close()
    assert emulator.closed


def test_a_block_that_ends_in_an_error(make):
    with pytest.raises(ZeroDivisionError), make() as emulator:
        emulator.run(1 // 0)
    assert emulator.closed


def test_frames_outlive_their_emulator(make):
    with make() as emulator:
        frame = emulator.step()["frame"]
        kept = frame.copy()
        emulator.step([DIAL])
    assert (frame == kept).all()


def test_forgotten(make):
    emulator = make()
    pid = pid_of(emulator)
    emulator.step()
    del emulator
    gc.collect()
    assert_gone(pid, 3)


def test_forgotten_in_a_cycle(make):
    emulator = make()
    pid = pid_of(emulator)
    emulator.cycle = emulator
    del emulator
    gc.collect()
    assert_gone(pid, 3)


# --- Python dies ------------------------------------------------------------------------------------------------------

START = f"""
import os, sys, threading, time
from toolkit.emulator import Emulator
emulator = Emulator("test", {{roms!r}}, "pong", {{{{}}}}, binary_path={{mame!r}}, timeout=60)
print(emulator._child.pid, flush=True)
def forever(): emulator.run({FOREVER})
"""


def start_python(mame, roms, rest):
    script = START.format(roms=str(roms), mame=str(mame)) + rest
    return subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    "doing",
    ["time.sleep(60)", "forever()", "threading.Thread(target=forever).start(); time.sleep(60)"],
    ids=["idle", "in a step", "in a thread"],
)
def test_python_killed(mame, tmp_path, temporary_folder, doing):
    with start_python(mame, tmp_path, f"emulator.step()\n{doing}") as python:
        pid = int(python.stdout.readline())
        try:
            if doing != "time.sleep(60)":
                wait_until_busy(pid)
        finally:
            python.kill()
    assert_gone(pid, 1)
    # Nobody was left to remove it; the next emulator does.
    Emulator("test", tmp_path, "pong", {}, binary_path=mame).close()
    assert list(temporary_folder.glob("toolkit-*")) == []


def test_python_killed_while_mame_starts(mame, tmp_path):
    script = (
        "import sys; from toolkit.emulator import Emulator\n"
        f"Emulator('test', {str(tmp_path)!r}, 'pong', {{}}, binary_path={str(mame)!r})"
    )
    python = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    with python:
        deadline = time.monotonic() + 10
        while not (started := psutil.Process(python.pid).children()):
            assert time.monotonic() < deadline
        python.kill()
    # It cannot notice before it has come so far as to say hello.
    assert_gone(started[0].pid, 3)
    Emulator("test", tmp_path, "pong", {}, binary_path=mame).close()


@pytest.mark.parametrize("ending", ["", "sys.exit(3)", "raise RuntimeError", "del emulator", "os.kill(os.getpid(), 2)"])
def test_python_ends_without_close(mame, tmp_path, temporary_folder, ending):
    with start_python(mame, tmp_path, f"sys.stderr = None; emulator.step()\n{ending}") as python:
        pid = int(python.stdout.readline())
        python.wait(10)
    assert_gone(pid, 1)
    assert list(temporary_folder.glob("toolkit-*")) == []


# --- forks and threads ------------------------------------------------------------------------------------------------


def use_in_fork(emulator, answers):
    problems = []
    for use in (emulator.step, emulator.save_state, emulator.list_fields):
        try:
            use()
        except Exception as error:
            problems.append(f"{type(error).__name__}: {error}")
    emulator.close()
    del emulator
    gc.collect()
    answers.put(problems)
    answers.close()
    answers.join_thread()
    time.sleep(60)  # it outlives its parent's emulator, unless it is ended


def test_a_fork_can_neither_use_nor_end_nor_keep_the_emulator(make):
    emulator = make()
    pid, folder = pid_of(emulator), emulator._workspace.path
    emulator.step()
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    fork = context.Process(target=use_in_fork, args=(emulator, answers))
    fork.start()
    try:
        problems = answers.get(timeout=10)
        assert len(problems) == 3
        assert all("StateError" in text and "process that made it" in text for text in problems), problems
        assert folder.is_dir(), "the fork removed the emulator's folder"
        emulator.step()
        state = emulator.save_state()
        emulator.load_state(state)
        emulator.close()
        assert not running(pid)
        assert not folder.exists()
    finally:
        fork.kill()
        fork.join()
        fork.close()
        answers.close()
        answers.join_thread()
        emulator.close()


def test_a_fork_that_ends_as_any_program_leaves_the_emulator_alone(make):
    with make() as emulator:
        script = os.fork()
        if script == 0:
            try:
                del emulator
                gc.collect()
                import atexit

                atexit._run_exitfuncs()
            finally:
                os._exit(0)
        os.waitpid(script, 0)
        assert emulator._workspace.path.is_dir()
        emulator.step()


@pytest.mark.parametrize("busy", [False, True])
def test_python_killed_while_a_fork_of_it_lives(mame, tmp_path, busy):
    rest = "sys.stdout.flush()\nif os.fork() == 0: time.sleep(5); os._exit(0)\n" + (
        "forever()" if busy else "time.sleep(60)"
    )
    with start_python(mame, tmp_path, rest) as python:
        pid = int(python.stdout.readline())
        deadline = time.monotonic() + 10
        forks = []
        while not forks:
            assert time.monotonic() < deadline
            forks = [child for child in psutil.Process(python.pid).children() if child.pid != pid]
        if busy:
            wait_until_busy(pid)
        python.kill()
        assert_gone(pid, 1)
        for fork in forks:
            fork.kill()
            assert_gone(fork.pid, 5)
    Emulator("test", tmp_path, "pong", {}, binary_path=mame).close()


def test_eight_at_once(mame, tmp_path, blank_roms):
    """Each writes its own number into its own memory and finds it there, whatever the others do."""
    roms = blank_roms(mame, "gameboy")
    cart = tmp_path / "cart.gb"
    cart.write_bytes(bytes(32768))
    failures = []
    together = threading.Barrier(8)

    def work(number):
        try:
            together.wait(10)
            addresses = {"mine": Address(0xC123, "u8"), "frames": Address(0xC124, "u8")}
            with Emulator(
                f"test{number}", roms, "gameboy", addresses, number, binary_path=mame, media={"cart": cart}, timeout=60
            ) as emulator:
                emulator.write_memory(0xC123, bytes((number,)))
                for step in range(1, 8):
                    emulator.write_memory(0xC124, bytes((step,)))
                    data = emulator.step()
                    assert (data["mine"], data["frames"]) == (number, step)
                    assert emulator.frame_number == step * number
                together.wait(60)  # all of them live at the same time
        except BaseException as error:
            together.abort()
            failures.append(f"{number}: {error!r}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert failures == []
