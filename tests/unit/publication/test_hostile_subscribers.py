"""Whatever subscribers do, and whatever becomes of the broker: the one who steps does not wait, and is not harmed."""

import os
import random
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from tests.processes import assert_gone
from tests.unit.publication.writer import Writer, gray
from toolkit.broker import limits
from toolkit.errors import Silence
from toolkit.publication import Subscriber, publisher

GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
READY_BODY = b"\x05READY\x0bSocket-Type\x00\x00\x00\x03SUB"
READY = b"\x04" + bytes([len(READY_BODY)]) + READY_BODY
RANDOM = random.Random(1)
HOSTILE = {
    "many topics": GREETING + READY + b"".join(b"\x00\x15\x01" + RANDOM.randbytes(20) for _ in range(20_000)),
    "one topic": GREETING + READY + b"\x00\x05\x01step" * 50_000,
    "ends of none": GREETING + READY + (b"\x00\x15\x00" + bytes(20)) * 20_000,
    "one message without end": GREETING + READY + (b"\x01\x15\x01" + bytes(20)) * 20_000,
    "long topic": GREETING + READY + b"\x02" + (2**40).to_bytes(8, "big") + bytes(100_000),
    "no greeting": RANDOM.randbytes(100_000),
    "half a greeting": GREETING[:20],
    "bad commands": GREETING + b"\x04\x03\x02AB" + RANDOM.randbytes(1000),
}


@pytest.fixture
def endpoint(tmp_path):
    return f"ipc://{tmp_path}/test.sock"


def broker_pid(writer):
    """Steps until somebody is served; by which process."""
    deadline = time.monotonic() + 20
    while not writer.publisher.wanted():
        assert time.monotonic() < deadline
        time.sleep(0.001)
    (process,) = psutil.Process().children()
    return process.pid


def spent(work):
    """The seconds that the calling thread itself was busy with it: what others do on the machine does not count."""
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_subscriber_holds_up_nobody(kind):
    with Writer("tcp://127.0.0.1:*") as writer:
        port = int(writer.endpoint.rsplit(":", 1)[1])
        before = psutil.Process().memory_info().rss
        slowest = 0.0
        data = memoryview(HOSTILE[kind])
        with socket.create_connection(("127.0.0.1", port)) as hostile:
            hostile.setblocking(False)
            deadline = time.monotonic() + 30
            while data:
                assert time.monotonic() < deadline
                slowest = max(slowest, spent(lambda: writer.step(pixels=gray(1))))
                try:
                    data = data[hostile.send(data[:65536]) :]
                except BlockingIOError:
                    continue
                except ConnectionError:
                    break  # thrown out
            # While that one is still there, or its remains are, another is served.
            with Subscriber(writer.endpoint) as subscriber:
                writer.step_until_heard(subscriber)
        # Of which nearly all is the start of a process.
        assert slowest < 0.2
        assert psutil.Process().memory_info().rss - before < 50e6


def test_a_broker_cannot_take_more_memory_than_its_limit():
    code = "from toolkit.broker import limits; limits.apply(); bytearray(limits.MEMORY)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "MemoryError" in done.stderr


def test_a_broker_cannot_stay_in_one_turn():
    code = f"""if True:
        from toolkit.broker import limits
        limits.TURN = {limits.TURN / 20}
        limits.apply()
        limits.begin_turn()
        while True:
            pass"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGPROF


def test_a_broker_that_dies_is_replaced_a_little_later(endpoint, caplog):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        pids = set()
        for count in range(1, 4):
            # A subscriber subscribes anew when it looks whether something has come.
            writer.step_until_heard(subscriber)
            pid = broker_pid(writer)
            pids.add(pid)
            os.kill(pid, signal.SIGABRT)
            deadline = time.monotonic() + 10
            while len(caplog.records) < count:
                assert time.monotonic() < deadline
                writer.step()
        writer.step_until_heard(subscriber)
        assert len(pids) == 3
        pauses = [record.args[2] for record in caplog.records]
        assert pauses == [publisher.FIRST_PAUSE * factor for factor in (1, 2, 4)]
        assert "was ended by SIGABRT" in caplog.text


def test_a_broker_that_cannot_be_started_is_tried_again(endpoint, monkeypatch, caplog):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", "/nowhere/python")
            deadline = time.monotonic() + 10
            while not caplog.records:
                assert time.monotonic() < deadline
                writer.step()
        assert "cannot be started" in caplog.text
        writer.step_until_heard(subscriber)


def test_a_broker_that_hangs_costs_steps_and_no_time(endpoint):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        pid = broker_pid(writer)
        os.kill(pid, signal.SIGSTOP)
        try:
            # Would never end if one of them waited.
            for _ in range(5000):
                writer.step()
            assert writer.publisher.dropped > 0
        finally:
            os.kill(pid, signal.SIGCONT)
        sequences = [update.sequence for update in subscriber.drain(10)]
        assert sequences == sorted(sequences)
        os.kill(pid, signal.SIGSTOP)
    assert_gone(pid, 0)


def test_the_last_steps_arrive(endpoint):
    with Subscriber(endpoint) as subscriber:
        with Writer(endpoint) as writer:
            writer.step_until_heard(subscriber)
            for number in range(200):
                writer.step(number)
        assert [subscriber.receive().frame_number for _ in range(200)] == list(range(200))
        with pytest.raises(Silence):
            subscriber.receive(0.01)


PUBLISH = """
import os, sys, time
from tests.unit.publication.writer import Writer
with Writer(sys.argv[1]) as writer:
    while not writer.publisher.wanted():
        writer.step()
    if os.fork() == 0:
        writer.publisher.close()
        time.sleep(600)
    print(writer.publisher._broker._process.pid, flush=True)
    time.sleep(600)
"""


def test_a_broker_ends_with_its_publisher_and_not_by_ctrl_c(endpoint):
    """Also when the publisher is killed, and has forked before."""
    with (
        Subscriber(endpoint),
        subprocess.Popen(
            [sys.executable, "-c", PUBLISH, endpoint], stdout=subprocess.PIPE, text=True, process_group=0
        ) as parent,
    ):
        try:
            broker = int(parent.stdout.readline())
            # What a terminal sends for Ctrl-C goes to the whole group.
            assert os.getpgid(broker) != os.getpgid(parent.pid)
            parent.kill()
            assert_gone(broker, 10)
        finally:
            os.killpg(parent.pid, signal.SIGKILL)
