"""Waiting for a reply: what comes, what does not come, and who wants the processor meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from toolkit.link import native, waiting
from toolkit.link.waiting import LONGEST, Waiting

# Of a wait that is to come to nothing, in seconds.
SHORT = 0.002


@pytest.fixture
def library():
    assert waiting._load() is not None, "the library is built by make native"


@pytest.fixture(params=["with the library", "without"])
def either(request, monkeypatch, tmp_path):
    waiting._load.cache_clear()
    if request.param == "without":
        monkeypatch.setattr(native, "LIBRARY", tmp_path / "nothing.so")
    assert (waiting._load() is None) == (request.param == "without"), "the library is built by make native"
    yield
    waiting._load.cache_clear()


@pytest.fixture
def pipe():
    ends = list(os.pipe())
    os.set_blocking(ends[0], False)
    yield ends
    for end in ends:
        if end >= 0:
            os.close(end)


def test_what_is_there(pipe, either):
    os.write(pipe[1], b"there")
    assert Waiting(pipe[0]).read(10) == b"there"


def test_more_than_it_reads_at_once(pipe, either):
    sent = os.urandom(waiting.SIZE + 10)
    os.write(pipe[1], sent)
    waits = Waiting(pipe[0])
    assert waits.read(10) == sent[: waiting.SIZE]
    assert waits.read(10) == sent[waiting.SIZE :]
    assert waits.read(0) is None


def test_what_comes_later(pipe, either):
    timer = threading.Timer(0.05, os.write, (pipe[1], b"x"))
    timer.start()
    begin = time.monotonic()
    assert Waiting(pipe[0]).read(10) == b"x"
    assert 0.04 < time.monotonic() - begin < 5
    timer.join()


def test_what_does_not_come(pipe, either):
    waits = Waiting(pipe[0])
    begin = time.monotonic()
    assert waits.read(0) is None
    assert waits.read(0.05) is None
    assert 0.05 <= time.monotonic() - begin < 5


def test_the_other_end_is_closed(pipe, either):
    os.close(pipe[1])
    pipe[1] = -1
    assert Waiting(pipe[0]).read(10) == b""


def test_this_end_is_closed(pipe, either):
    waits = Waiting(pipe[0])
    os.close(pipe[0])
    pipe[0] = -1
    with pytest.raises(OSError, match="Bad file descriptor"):
        waits.read(10)


def test_this_end_is_another_files_now(pipe, either):
    os.write(pipe[1], b"x")
    waits = Waiting(pipe[0])
    waits.forget()
    with pytest.raises(OSError, match="Bad file descriptor"):
        waits.read(10)


def test_an_interrupt(pipe, either):
    def interrupt():
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    timer = threading.Timer(0.05, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        Waiting(pipe[0]).read(10)
    timer.join()


def test_it_learns_how_long_it_takes(pipe, library):
    waits = Waiting(pipe[0])
    for before in (0, 1_000_000):
        waits._awake.usual = before
        for _ in range(60):
            timer = threading.Timer(0.002, os.write, (pipe[1], b"x"))
            timer.start()
            assert waits.read(10) == b"x"
            timer.join()
        assert 1000 < waits._awake.usual < 100_000


def processor_time(waits, count):
    begin = time.process_time()
    for _ in range(count):
        # Not to be kept from it by somebody who wanted the processor.
        waits._awake.asleep = 0
        assert waits.read(SHORT) is None
    return time.process_time() - begin


def test_it_is_awake_only_for_what_is_due(pipe, library, monkeypatch):
    waits = Waiting(pipe[0])
    waits._awake.usual = 1000
    awake = processor_time(waits, 40)
    # What takes longer is not worth it.
    monkeypatch.setattr(waiting, "LONGEST", 999)
    assert processor_time(waits, 40) < awake / 2
    monkeypatch.undo()
    # Due after the end of the wait.
    waits._awake.usual = LONGEST
    assert processor_time(waits, 40) < awake / 2


def test_it_makes_room_for_others(pipe, library):
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    waits = Waiting(pipe[0])
    penalties = []
    try:
        deadline = time.monotonic() + 30
        # Awake as long as it may be, and so again as soon as it has slept for its penalty.
        while len(penalties) < 3 and time.monotonic() < deadline:
            waits._awake.usual = LONGEST - 1
            asleep = waits._awake.asleep
            waits.read(2 * LONGEST / 1e6)
            if waits._awake.asleep > asleep:
                penalties.append(waits._awake.asleep)
                waits._awake.asleep = 0
    finally:
        busy.kill()
        busy.wait()
        os.sched_setaffinity(0, processors)
    assert len(penalties) == 3
    assert penalties[0] == 16
