"""The end of children: many at once, hung or not, in the middle of a call, and with the interpreter."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.fakes.emulator import start_child
from tests.processes import assert_gone, running
from toolkit.errors import EmulatorExited, StateError
from toolkit.link import SharedMemory
from toolkit.link.ending import end_together

MANY = 8
ROOT = Path(__file__).parents[3]
# Seconds; one after the other they would take 12 or more.
SIDE_BY_SIDE = 8.0

LEFT_TO_THE_END = """
import os, signal, sys
from pathlib import Path
from tests.fakes.emulator import start_child
from toolkit.link import SharedMemory
memory = SharedMemory(8, value_capacity=16, pixel_capacity=4096)
children = [start_child(Path(sys.argv[1]), "ignore_sigterm", memory=memory, region=n) for n in range(8)]
for child in children[::2]:
    os.kill(child.pid, signal.SIGSTOP)
print(*[child.pid for child in children], flush=True)
"""


@pytest.fixture
def start(tmp_path):
    memory = SharedMemory(MANY, value_capacity=16, pixel_capacity=4096)
    children = []

    def start(misbehaviour="", **options):
        children.append(start_child(tmp_path, misbehaviour, memory=memory, region=len(children), **options))
        return children[-1]

    yield start
    for child in children:
        child.close()
    memory.close()


def test_hung_children_are_ended_side_by_side(start, monkeypatch):
    monkeypatch.setattr("toolkit.link.ending.LEAVE_PATIENCE", 1.0)
    children = [start("" if number % 2 else "ignore_sigterm") for number in range(MANY)]
    for child in children[1::2]:
        os.kill(child.pid, signal.SIGSTOP)
    for child in children[:4]:
        child.begin_call("echo", value=1)
    began = time.monotonic()
    end_together(children)
    assert time.monotonic() - began < SIDE_BY_SIDE
    assert not any(running(child.pid) for child in children)
    assert all(child.exit_code == -signal.SIGKILL for child in children)


def test_who_can_leave_leaves_in_order_although_others_hang(start, monkeypatch):
    monkeypatch.setattr("toolkit.link.ending.TERM_PATIENCE", 0.1)
    children = [start() for _ in range(3)]
    children[0].begin_call("echo", size=1_000_000)  # More than the pipe holds, and nobody takes it.
    os.kill(children[1].pid, signal.SIGSTOP)
    end_together(children)
    assert [child.exit_code for child in children] == [0, -signal.SIGKILL, 0]


def test_who_missed_a_deadline_is_not_asked_again(start, monkeypatch):
    monkeypatch.setattr("toolkit.link.ending.LEAVE_PATIENCE", 60.0)
    child = start("hang", timeout=0.1)
    with pytest.raises(TimeoutError):
        child.step(1, [])
    assert child.lost
    child.close()
    assert child.exit_code == -signal.SIGKILL


def test_python_ends_with_hung_children(tmp_path):
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", LEFT_TO_THE_END, tmp_path], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    took = time.monotonic() - began
    assert (done.returncode, done.stderr) == (0, "")
    for pid in done.stdout.split():
        assert_gone(int(pid), 0)
    assert took < SIDE_BY_SIDE + 5


def test_a_signal_handler_closes_it_in_the_middle_of_a_call(start, monkeypatch):
    """Waiting for the call to notice would be in vain: it goes on only after the handler."""
    monkeypatch.setattr("toolkit.link.child.EXIT_PATIENCE", 60.0)
    child = start("hang", timeout=30)
    previous = signal.signal(signal.SIGUSR1, lambda *_: child.close())
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1))
    try:
        timer.start()
        with pytest.raises((StateError, EmulatorExited)):
            child.step(1, [])
    finally:
        timer.join()
        signal.signal(signal.SIGUSR1, previous)
    assert not running(child.pid)


def test_another_thread_closes_it_in_the_middle_of_a_call(start):
    child = start("hang", timeout=30)
    timer = threading.Timer(0.2, child.close)
    timer.start()
    with pytest.raises((StateError, EmulatorExited)):
        child.step(1, [])
    timer.join()
    assert not running(child.pid)
