"""Waiting for a reply: what comes, what does not come, and who wants the processor meanwhile."""

import mmap
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from toolkit.errors import ProtocolError
from toolkit.link import layout, native, waiting
from toolkit.link.waiting import LONGEST, NotSent, Waiting

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
        waits._line.awake.usual = before
        for _ in range(60):
            timer = threading.Timer(0.002, os.write, (pipe[1], b"x"))
            timer.start()
            assert waits.read(10) == b"x"
            timer.join()
        assert 1000 < waits._line.awake.usual < 100_000


def processor_time(waits, count):
    begin = time.process_time()
    for _ in range(count):
        # Not to be kept from it by somebody who wanted the processor.
        waits._line.awake.asleep = 0
        assert waits.read(SHORT) is None
    return time.process_time() - begin


def test_it_is_awake_only_for_what_is_due(pipe, library):
    waits = Waiting(pipe[0])
    waits._line.awake.usual = 1000
    awake = processor_time(waits, 40)
    # What takes longer is not worth it.
    waits._line.longest = 999
    assert processor_time(waits, 40) < awake / 2
    waits._line.longest = LONGEST
    # Due after the end of the wait.
    waits._line.awake.usual = LONGEST
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
            waits._line.awake.usual = LONGEST - 1
            asleep = waits._line.awake.asleep
            waits.read(2 * LONGEST / 1e6)
            if waits._line.awake.asleep > asleep:
                penalties.append(waits._line.awake.asleep)
                waits._line.awake.asleep = 0
    finally:
        busy.kill()
        busy.wait()
        os.sched_setaffinity(0, processors)
    assert len(penalties) == 3
    assert penalties[0] == 16


# --- steps, and the letter boxes --------------------------------------------------------------------------------------

SHUT, OPEN, FULL = range(3)
STEPPED = struct.pack("<IBIQ", 13, 1, 3, 2**40 + 5)


class Line:
    """What a parent has of a child: two pipes, and a region with the letter boxes; the test is the child."""

    def __init__(self):
        self.commands, self.send_fd = os.pipe()
        self.receive_fd, self.replies = os.pipe()
        for descriptor in (self.commands, self.send_fd, self.receive_fd):
            os.set_blocking(descriptor, False)
        self.region = mmap.mmap(-1, 4096)
        self.address = np.frombuffer(self.region, np.uint8).ctypes.data
        self.waits = Waiting(self.receive_fd, self.send_fd, self.address)

    def state(self, box):
        return struct.unpack_from("<I", self.region, box)[0]

    def set_state(self, box, state):
        struct.pack_into("<I", self.region, box, state)

    def letter(self, box):
        size = struct.unpack_from("<I", self.region, box + 4)[0]
        return self.region[box + 8 : box + 8 + size]

    def stay_awake(self):
        """For half a second and more at its next wait."""
        self.waits._line.longest = 10**6
        self.waits._line.awake.usual = 10**6
        self.waits._line.awake.asleep = 0

    def reply_by_mail(self, letter, size=None):
        """In a thread, once the parent looks into its box."""

        def reply():
            deadline = time.monotonic() + 10
            while self.state(layout.MAIL_REPLIES) != OPEN and time.monotonic() < deadline:
                time.sleep(0.001)
            at = layout.MAIL_REPLIES
            self.region[at + 8 : at + 8 + len(letter)] = letter
            struct.pack_into("<I", self.region, at + 4, len(letter) if size is None else size)
            self.set_state(at, FULL)
            self.replied = time.monotonic()

        self.stay_awake()
        thread = threading.Thread(target=reply)
        thread.start()
        return thread

    def command_in_pipe(self):
        try:
            return os.read(self.commands, 10_000)
        except BlockingIOError:
            return None

    def close(self):
        self.waits.forget()
        for descriptor in (self.commands, self.send_fd, self.receive_fd, self.replies):
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def line(library):
    line = Line()
    yield line
    line.close()


def test_a_step_through_the_pipes(line):
    os.write(line.replies, STEPPED)
    assert line.waits.step(b"a command", 10) == (3, 2**40 + 5)
    assert line.command_in_pipe() == b"a command"
    assert line.state(layout.MAIL_COMMANDS) == line.state(layout.MAIL_REPLIES) == SHUT


def test_a_reply_to_what_was_sent_before(line):
    line.set_state(layout.MAIL_COMMANDS, OPEN)
    os.write(line.replies, STEPPED)
    assert line.waits.step(b"", 10) == (3, 2**40 + 5)
    assert line.command_in_pipe() is None
    assert line.state(layout.MAIL_COMMANDS) == OPEN
    assert line.waits.step(b"", 0) is None
    assert line.waits.came() is None


def test_a_command_by_mail(line):
    for command in (b"a command", b"x" * 248):
        line.set_state(layout.MAIL_COMMANDS, OPEN)
        os.write(line.replies, STEPPED)
        assert line.waits.step(command, 10) == (3, 2**40 + 5)
        assert line.state(layout.MAIL_COMMANDS) == FULL
        assert line.letter(layout.MAIL_COMMANDS) == command
        assert line.command_in_pipe() is None


@pytest.mark.parametrize(
    ("state", "size"), [(SHUT, 10), (FULL, 10), (77, 10), (OPEN, 249)], ids=["shut", "full", "nonsense", "too long"]
)
def test_a_command_that_is_not_for_the_box(line, state, size):
    line.set_state(layout.MAIL_COMMANDS, state)
    before = line.region[layout.MAIL_COMMANDS : layout.MAIL_REPLIES]
    os.write(line.replies, STEPPED)
    assert line.waits.step(b"x" * size, 10) == (3, 2**40 + 5)
    assert line.region[layout.MAIL_COMMANDS : layout.MAIL_REPLIES] == before
    assert line.command_in_pipe() == b"x" * size


def test_a_reply_by_mail(line):
    for step in (True, False, True):
        thread = line.reply_by_mail(STEPPED)
        if step:
            assert line.waits.step(b"a command", 10) == (3, 2**40 + 5)
        else:
            assert line.waits.read(10) == STEPPED
        # At once, and not at the end of the time for which it looks.
        assert time.monotonic() - line.replied < 0.4
        thread.join()
        assert line.state(layout.MAIL_REPLIES) == SHUT
    assert line.waits.read(0) is None


@pytest.mark.parametrize(
    ("letter", "size", "got"),
    [
        (b"garbage", None, b"garbage"),
        (b"x" * 248, 2**32 - 1, b"x" * 248),
        (b"", None, b""),
        (STEPPED + b"more", None, STEPPED + b"more"),
        (struct.pack("<IBIQ", 12, 1, 3, 5), None, struct.pack("<IBIQ", 12, 1, 3, 5)),
        (struct.pack("<IBIQ", 13, 2, 3, 5), None, struct.pack("<IBIQ", 13, 2, 3, 5)),
    ],
    ids=["garbage", "larger than the box", "nothing", "more", "wrong length", "wrong kind"],
)
def test_another_letter(line, letter, size, got):
    thread = line.reply_by_mail(letter, size)
    assert line.waits.step(b"a command", 10) is None
    thread.join()
    assert line.waits.came() == got


def test_a_box_is_shut_when_nobody_looks(line):
    line.stay_awake()
    begin = time.monotonic()
    assert line.waits.step(b"a command", 2) is None
    assert line.waits.came() is None
    assert 2 <= time.monotonic() - begin < 10
    assert line.state(layout.MAIL_REPLIES) == SHUT


def test_no_boxes(line):
    waits = Waiting(line.receive_fd, line.send_fd)
    line.set_state(layout.MAIL_COMMANDS, OPEN)
    os.write(line.replies, STEPPED)
    assert waits.step(b"a command", 10) == (3, 2**40 + 5)
    assert line.command_in_pipe() == b"a command"


def test_other_replies_through_the_pipe(line):
    os.write(line.replies, STEPPED[:10])
    assert line.waits.step(b"a command", 10) is None
    assert line.waits.came() == STEPPED[:10]
    os.close(line.replies)
    line.replies = -1
    assert line.waits.step(b"a command", 10) is None
    assert line.waits.came() == b""


def test_a_command_that_cannot_be_sent(line):
    with pytest.raises(NotSent):
        line.waits.step(b"x" * (select.PIPE_BUF + 1), 10)
    assert line.command_in_pipe() is None
    while True:
        try:
            os.write(line.send_fd, b"x" * 4096)
        except BlockingIOError:
            break
    with pytest.raises(NotSent):
        line.waits.step(b"a command", 10)
    os.close(line.commands)
    line.commands = -1
    with pytest.raises(NotSent):
        line.waits.step(b"a command", 10)


def test_a_step_without_the_library(monkeypatch, line):
    monkeypatch.setattr(waiting, "_load", lambda: None)
    waits = Waiting(line.receive_fd, line.send_fd, line.address)
    with pytest.raises(NotSent):
        waits.step(b"a command", 10)
    with pytest.raises(ProtocolError, match="still being written"):
        waits.settle(line.address, 10)


def test_pictures_are_waited_for(line):
    slot = line.address + 1024

    def number(value):
        struct.pack_into("<Q", line.region, 1024, value)

    number(4)
    assert line.waits.settle(slot, 0) == 1
    number(5)
    begin = time.monotonic()
    assert line.waits.settle(slot, 0) == 0
    assert line.waits.settle(slot, 0.1) == 0
    assert 0.1 <= time.monotonic() - begin < 5
    for patience in (0.00001, 0.05):
        number(5)
        timer = threading.Timer(patience, number, (6,))
        timer.start()
        assert line.waits.settle(slot, 10) == 1
        timer.join()
    # What the child says meanwhile is for later.
    number(7)
    os.write(line.replies, b"x")
    assert line.waits.settle(slot, 0.01) == 0
    timer = threading.Timer(0.05, os.close, (line.replies,))
    timer.start()
    begin = time.monotonic()
    assert line.waits.settle(slot, 30) == -1
    assert time.monotonic() - begin < 5
    timer.join()
    line.replies = -1
