"""A child process by its pidfd, where its number or its exit status is not to be relied on."""

import errno
import gc
import os
import signal
import subprocess
import sys
import threading

import pytest

from toolkit.link.handle import PROCESS_GROUP, ProcessHandle


@pytest.fixture
def start():
    """Starts Python with a program in a process group of its own: the process, and its handle."""
    made = []

    def start(code):
        process = subprocess.Popen([sys.executable, "-S", "-E", "-c", code], process_group=0)
        made.append(ProcessHandle(process))
        return process, made[-1]

    yield start
    for handle in made:
        handle.signal_group(signal.SIGKILL)
        handle.close()


@pytest.fixture
def old_kernel(monkeypatch):
    """One that cannot signal a group by its pidfd; the groups that were signalled by their numbers."""
    signalled, killpg = [], os.killpg

    def send(descriptor, number, info=None, flags=0):
        assert flags == PROCESS_GROUP
        raise OSError(errno.EINVAL, "Invalid argument")

    def record(group, number):
        signalled.append(group)
        killpg(group, number)

    monkeypatch.setattr(signal, "pidfd_send_signal", send)
    monkeypatch.setattr(os, "killpg", record)
    return signalled


@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        ("raise SystemExit(7)", 7, "exit code 7"),
        ("pass", 0, "exit code 0"),
        ("import os; os.kill(os.getpid(), 9)", -9, "SIGKILL"),
    ],
)
def test_how_it_ended(start, code, expected, words):
    process, handle = start(code)
    assert handle.ended(None)
    assert handle.exit_code == expected
    assert words in handle.describe()
    assert process.returncode is None  # not reaped yet: its group can still be signalled
    handle.close()
    assert (process.returncode, handle.exit_code) == (expected, expected)
    handle.close()


def test_it_runs(start, old_kernel):
    process, handle = start("import time; time.sleep(600)")
    assert not handle.ended()
    assert handle.exit_code is None
    assert "still runs" in handle.describe()
    handle.signal_group(signal.SIGTERM)
    assert handle.ended(None)
    assert handle.exit_code == -signal.SIGTERM
    handle.signal_group(signal.SIGTERM)  # nobody else can have its number yet
    assert old_kernel == [process.pid] * 2


def test_somebody_else_has_reaped_it(start, old_kernel):
    process, handle = start("raise SystemExit(7)")
    os.waitpid(process.pid, 0)
    assert handle.ended(None)
    assert handle.exit_code is None
    assert "exit status unknown" in handle.describe()
    handle.signal_group(signal.SIGKILL)
    assert old_kernel == []  # its number may be another's
    handle.close()
    assert handle.exit_code is None


def test_the_group_of_one_that_was_reaped(start):
    reader, writer = os.pipe()
    code = "import os, time; os.fork() or time.sleep(600)"  # what it leaves behind has the pipe
    process = subprocess.Popen([sys.executable, "-S", "-E", "-c", code], pass_fds=(writer,), process_group=0)
    handle = ProcessHandle(process)
    os.close(writer)
    try:
        os.waitpid(process.pid, 0)
        handle.signal_group(signal.SIGKILL)
        assert os.read(reader, 1) == b""  # nobody is left who has the other end
    finally:
        os.close(reader)
        handle.close()


def test_after_close_nobody_is_signalled(start, old_kernel):
    _, handle = start("pass")
    handle.close()
    handle.signal_group(signal.SIGKILL)
    assert old_kernel == []


def test_one_thread_closes_it_while_others_ask(start):
    for _ in range(20):
        _, handle = start("import time; time.sleep(600)")
        failures = []

        def ask(handle=handle, failures=failures):
            try:
                while handle.exit_code is None:
                    handle.describe()
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        handle.signal_group(signal.SIGKILL)
        handle.close()
        for thread in threads:
            thread.join(30)
        assert (failures, handle.exit_code) == ([], -signal.SIGKILL)


def test_in_a_cycle_it_is_usable_until_the_end():
    class Owner:
        def __init__(self):
            self.me = self
            self.process = subprocess.Popen(
                [sys.executable, "-S", "-c", "input()"], stdin=subprocess.PIPE, process_group=0
            )
            self.handle = ProcessHandle(self.process)

        def __del__(self):
            self.handle.signal_group(signal.SIGKILL)
            self.handle.close()
            self.process.stdin.close()
            codes.append(self.handle.exit_code)

    codes = []
    Owner()
    gc.collect()
    assert codes == [-signal.SIGKILL]
