"""Messages that come in parts, and what comes behind them."""

import os
import struct
import threading
from types import SimpleNamespace

import pytest

from tests.processes import mappings
from toolkit.errors import ProtocolError
from toolkit.link import SharedMemory
from toolkit.link.channel import Channel, PeerGone


@pytest.fixture
def channel():
    channel = Channel()
    yield channel
    channel.close()


def message(kind, payload):
    return struct.pack("<IB", len(payload) + 1, kind) + payload


def write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


@pytest.mark.parametrize("size", [0, 1, 65530, 65531, 65532, 200_000, 5_000_000])
def test_a_message_in_as_many_parts_as_it_takes(channel, size):
    payload = os.urandom(size)
    thread = threading.Thread(target=write_all, args=(channel.child_fds[1], message(2, payload)))
    thread.start()
    kind, got = channel.receive(10)
    thread.join()
    assert (kind, got) == (2, payload)
    assert type(got) is bytes


def test_byte_by_byte(channel):
    sent = message(3, b"bytes")

    def write():
        for byte in sent:
            os.write(channel.child_fds[1], bytes([byte]))

    thread = threading.Thread(target=write)
    thread.start()
    assert channel.receive(10) == (3, b"bytes")
    thread.join()


def test_nothing_is_read_of_what_it_has_closed(channel):
    channel.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        channel.receive(10)


def test_two_at_once(channel):
    write_all(channel.child_fds[1], message(1, b"one") + message(2, b"two"))
    assert channel.receive(10) == (1, b"one")
    with pytest.raises(ProtocolError, match="a reply to nothing"):
        channel.send(b"x", 1)
    assert channel.receive(10) == (2, b"two")
    channel.send(b"x", 1)


def test_a_part_and_no_more(channel):
    write_all(channel.child_fds[1], message(1, b"bytes")[:-1])
    with pytest.raises(TimeoutError):
        channel.receive(0.05)


def test_a_part_and_the_end(channel):
    write_all(channel.child_fds[1], message(1, b"bytes")[:-1])
    channel.child_has_started()
    with pytest.raises(PeerGone):
        channel.receive(10)


def test_a_thread_that_waits_in_c_keeps_the_memory(monkeypatch):
    memory = SharedMemory()
    channel = Channel(memory.address(0), memory.owner)
    entered, leave, ended = threading.Event(), threading.Event(), []

    def receive(place, timeout):
        # Like C: its arguments are all that it holds.
        entered.set()
        leave.wait(30)

    def wait():
        try:
            channel.receive(30)
        except (OSError, PeerGone) as error:
            ended.append(error)

    monkeypatch.setattr(channel._reply, "_library", SimpleNamespace(receive=receive))
    thread = threading.Thread(target=wait)
    thread.start()
    assert entered.wait(30)
    memory.close()
    channel.close()
    assert mappings("toolkit-link") == 1
    leave.set()
    thread.join(30)
    assert ended
    assert mappings("toolkit-link") == 0
