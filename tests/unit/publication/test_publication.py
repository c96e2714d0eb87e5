"""Publisher and subscriber on real sockets and real shared memory; only the emulator is a stand-in."""

import os
import struct
import threading
import time

import numpy as np
import psutil
import pytest
import zmq

from tests.unit.publication.writer import Writer, gray
from toolkit.broker import server
from toolkit.errors import ConfigError, FrameLost, ProtocolError, Silence, StateError
from toolkit.link import FrameView, layout
from toolkit.publication import Subscriber, publisher, wire


@pytest.fixture
def endpoint(tmp_path):
    return f"ipc://{tmp_path}/test.sock"


@pytest.fixture
def raw(endpoint):
    """A bare SUB socket, as another consumer would have it; connected to `endpoint`, subscribed to nothing."""
    with zmq.Context() as context, context.socket(zmq.SUB) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect(endpoint)
        yield socket


@pytest.fixture
def elsewhere(monkeypatch):
    """Called once the publisher is started: from then on, subscribers believe that they are on another host."""
    return lambda: monkeypatch.setattr(wire, "boot_id", lambda: "another host")


def test_what_was_stepped_is_what_arrives(endpoint):
    names = ("health", "clock", "wide")
    with Writer(endpoint, names, ["wide"], env_id="env7", refresh=59.5) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        view = writer.step(1234, (-5, 99, -1), gray(17))
        update = subscriber.receive()
        assert update.values == {"health": -5, "clock": 99, "wide": 2**64 - 1}
        assert (update.frame_number, update.sequence, update.shape) == (1234, view.sequence, (4, 6, 3))
        assert (update.env_id, update.game_id, update.refresh, update.frame_ratio) == ("env7", "pong", 59.5, 3)
        assert abs(update.time - time.time()) < 5
        assert update.source == "memory"
        assert np.array_equal(update.frame(), view.frame.rgb())


def test_colours_keep_their_places(endpoint):
    pixels = gray(0)
    pixels[1, 2] = (10, 20, 30, 40)  # blue, green, red, anything
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        writer.step(pixels=pixels)
        frame = subscriber.receive().frame()
        assert frame.dtype == np.uint8
        assert frame[1, 2].tolist() == [30, 20, 10]
        frame[:] = 0  # a copy, so ours to change


def test_a_view_is_no_copy_and_cannot_be_written(endpoint):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        writer.step(pixels=gray(1))
        update = subscriber.receive()
        view = update.view()
        assert not view.pixels.flags.writeable
        assert view.pixels[0, 0, 0] == 1
        assert update.intact()
        for _ in range(writer.memory.slots):
            writer.step(pixels=gray(2))
        assert view.pixels[0, 0, 0] == 2
        assert not update.intact()
        del view


def test_a_picture_that_was_overwritten_is_lost(endpoint):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        writer.step(pixels=gray(1))
        update = subscriber.receive()
        for _ in range(writer.memory.slots):
            writer.step(pixels=gray(2))
        with pytest.raises(FrameLost, match="overwritten"):
            update.frame()


def test_a_picture_that_is_being_overwritten_is_lost(endpoint):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        writer.step(pixels=gray(1))
        update = subscriber.receive()
        for _ in range(writer.memory.slots - 1):
            writer.write(0, (), gray(2))
        assert np.all(update.frame() == 1)
        writer.write(0, (), gray(3), finish=False)
        with pytest.raises(FrameLost, match="overwritten"):
            update.frame()


def test_a_picture_overwritten_while_it_is_copied_is_lost(endpoint, monkeypatch):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        writer.step(pixels=gray(1))
        update = subscriber.receive()
        copy = FrameView.rgb

        def slow_copy(view):
            result = copy(view)
            for _ in range(writer.memory.slots):
                writer.write(0, (), gray(2))
            return result

        monkeypatch.setattr(FrameView, "rgb", slow_copy)
        with pytest.raises(FrameLost, match="overwritten"):
            update.frame()


def test_a_step_without_a_picture_says_so(endpoint):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        writer.step()
        update = subscriber.receive()
        assert update.shape is None
        assert update.source is None
        with pytest.raises(FrameLost, match="nothing was drawn"):
            update.frame()


def test_a_picture_larger_than_its_slot_is_refused(endpoint):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        view = writer.step(pixels=gray(1))
        update = subscriber.receive()
        at = layout.HEADER_SIZE + view.slot * writer.memory.slot_size
        struct.pack_into("<I", writer.memory._map, at + 20, 1_000_000)
        with pytest.raises(FrameLost, match="does not fit"):
            update.frame()


# --- encoded pictures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["png", "jpeg"])
def test_another_host_gets_encoded_pictures(endpoint, elsewhere, encoding):
    with Writer(endpoint) as writer, Subscriber(endpoint, encoding=encoding) as subscriber:
        elsewhere()
        deadline = time.monotonic() + 10
        while True:
            assert time.monotonic() < deadline
            writer.step(pixels=gray(100))
            try:
                update = subscriber.receive(0.01)
            except Silence:
                continue
            if update.source == "image":
                break
            with pytest.raises(FrameLost, match="another host"):
                update.frame()
        assert np.abs(update.frame().astype(int) - 100).max() <= (0 if encoding == "png" else 3)
        with pytest.raises(FrameLost):
            update.view()


def test_pictures_are_encoded_only_while_somebody_wants_them(endpoint, raw, monkeypatch):
    monkeypatch.setattr(publisher, "IMAGE_RATE", 1e9)
    monkeypatch.setattr(publisher, "IMAGE_SHARE", 1e9)

    def step_until(condition):
        """Steps until a message has come of which that is true; returns the topics of those before it."""
        topics = []
        deadline = time.monotonic() + 20
        while True:
            assert time.monotonic() < deadline
            writer.step(pixels=gray(1))
            while raw.poll(5):
                topic = raw.recv_multipart()[0]
                if condition(topic):
                    return topics
                topics.append(topic)

    with Writer(endpoint) as writer:
        raw.subscribe(wire.STEP)
        assert step_until(lambda topic: topic == wire.STEP) == []
        raw.subscribe(wire.IMAGES["jpeg"])
        assert set(step_until(lambda topic: topic == wire.IMAGES["jpeg"])) <= {wire.STEP}
        raw.unsubscribe(wire.IMAGES["jpeg"])
        raw.subscribe(wire.IMAGES["png"])
        step_until(lambda topic: topic == wire.IMAGES["png"])
        raw.unsubscribe(wire.IMAGES["png"])
        # What is announced now was subscribed to after the end of the pictures was said.
        raw.subscribe(wire.ABOUT)
        step_until(lambda topic: topic == wire.ABOUT)
        for _ in range(3):
            assert step_until(lambda topic: topic == wire.STEP) == []


def test_pictures_are_encoded_at_a_limited_rate(endpoint, raw, monkeypatch):
    monkeypatch.setattr(publisher, "IMAGE_RATE", 0.001)
    with Writer(endpoint) as writer:
        raw.subscribe(b"image/png")
        deadline = time.monotonic() + 10
        while not raw.poll(0):
            assert time.monotonic() < deadline
            writer.step(pixels=gray(1))
        for _ in range(50):
            writer.step(pixels=gray(1))
        assert len(raw.recv_multipart()) == 3
        assert not raw.poll(100)


def test_frames_that_are_not_wanted_are_not_asked_for(endpoint, elsewhere):
    with Writer(endpoint) as writer, Subscriber(endpoint, frames=False) as subscriber:
        elsewhere()
        writer.step_until_heard(subscriber)
        writer.step(pixels=gray(1))
        with pytest.raises(FrameLost, match="without frames"):
            subscriber.receive().frame()


# --- who maps what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"boot_id": ""}, "another host"),
        ({"pid": 2**22 + 1}, "cannot be opened"),
        ({"start_time": 1}, "another one here"),
        ({"fd": 0}, "no longer has that memory"),
        ({"fd": 10**6}, "cannot be opened"),
        ({"inode": 1}, "no longer has that memory"),
        ({"offset": 2**40}, "no longer has that memory"),
    ],
)
def test_the_wrong_memory_is_never_mapped(endpoint, monkeypatch, change, reason):
    right = wire.locate

    def wrong(*arguments):
        location = right(*arguments)
        return wire.Location(**{**{name: getattr(location, name) for name in location.__slots__}, **change})

    monkeypatch.setattr(wire, "locate", wrong)
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        writer.step(pixels=gray(1))
        update = subscriber.receive()
        assert update.source != "memory"
        if update.source is None:
            with pytest.raises(FrameLost, match=reason):
                update.frame()


def test_the_next_publisher_on_the_same_endpoint_is_heard(endpoint):
    with Subscriber(endpoint) as subscriber:
        for number in range(2):
            with Writer(endpoint, env_id=f"env{number}", names=("a",) * number) as writer:
                writer.step_until_heard(subscriber)
                writer.step(values=(5,) * number, pixels=gray(number))
                update = subscriber.receive()
                assert update.env_id == f"env{number}"
                assert np.all(update.frame() == number)


def test_after_close_there_are_no_pictures(endpoint):
    with Writer(endpoint) as writer:
        with Subscriber(endpoint) as subscriber:
            writer.step_until_heard(subscriber)
            writer.step(pixels=gray(1))
            update = subscriber.receive()
            view = update.view()
        assert np.all(view.rgb() == 1)
        with pytest.raises(FrameLost, match="closed"):
            update.frame()
        with pytest.raises(StateError, match="closed"):
            subscriber.receive()
        subscriber.close()


# --- several, slow, gone ----------------------------------------------------------------------------------------------


def test_two_subscribers_hear_the_same(endpoint):
    with Writer(endpoint) as writer, Subscriber(endpoint) as one, Subscriber(endpoint) as two:
        writer.step_until_heard(one, two)
        for number in range(20):
            writer.step(number)
        assert [one.receive().frame_number for _ in range(20)] == list(range(20))
        assert [two.receive().frame_number for _ in range(20)] == list(range(20))


def test_a_late_subscriber_gets_the_announcement_at_once(endpoint, monkeypatch):
    monkeypatch.setattr(publisher, "ABOUT_INTERVAL", 1e9)
    with Writer(endpoint) as writer, Subscriber(endpoint) as one:
        writer.step_until_heard(one)
        with Subscriber(endpoint) as two:
            writer.step_until_heard(two)


def test_the_announcement_is_repeated(endpoint, raw, monkeypatch):
    monkeypatch.setattr(publisher, "ABOUT_INTERVAL", 0.01)
    with Writer(endpoint) as writer:
        raw.subscribe(wire.ABOUT)
        for _ in range(3):
            deadline = time.monotonic() + 10
            while not raw.poll(1):
                assert time.monotonic() < deadline
                writer.step()
            raw.recv_multipart()


def test_one_subscriber_hears_two_publishers(tmp_path):
    with (
        Writer(f"ipc://{tmp_path}/a.sock", env_id="a") as a,
        Writer("tcp://127.0.0.1:*", env_id="b") as b,
        Subscriber([a.endpoint, b.endpoint]) as subscriber,
    ):
        heard = set()
        deadline = time.monotonic() + 10
        while heard != {("a", a.endpoint), ("b", b.endpoint)}:
            assert time.monotonic() < deadline
            a.step()
            b.step()
            try:
                heard |= {(update.env_id, update.endpoint) for update in subscriber.drain(0.05)}
            except Silence:
                continue
        assert set(subscriber.connected) == {a.endpoint, b.endpoint}


def test_a_subscriber_that_never_reads_does_not_hold_up_the_publisher(endpoint, raw):
    with Writer(endpoint, names=("value",) * 50) as writer:
        raw.subscribe(b"")
        deadline = time.monotonic() + 10
        while not writer.publisher.wanted():
            assert time.monotonic() < deadline
            writer.step(values=(0,) * 50)
        steps = 20 * server.QUEUE  # far more than the queues and the kernel hold
        view = writer.step(values=(0,) * 50, pixels=gray(1))
        longest = 0.0
        for _ in range(steps):
            begin = time.monotonic()
            writer.publisher.step(view)
            longest = max(longest, time.monotonic() - begin)
        assert longest < 1
        received = 0
        while raw.poll(100):
            raw.recv_multipart()
            received += 1
        assert 0 < received < steps


def test_iterating_ends_when_the_publisher_is_gone(endpoint):
    writer = Writer(endpoint)
    with Subscriber(endpoint, timeout=10) as subscriber:
        writer.step_until_heard(subscriber)
        for number in range(5):
            writer.step(number)
        writer.close()
        begin = time.monotonic()
        assert [update.frame_number for update in subscriber] == list(range(5))
        assert time.monotonic() - begin < 5
        assert subscriber.gone


def test_silence_says_who_is_missing(endpoint):
    with Subscriber(endpoint) as subscriber:
        with pytest.raises(Silence, match="nobody publishes"):
            subscriber.receive(0.05)
        with Writer(endpoint) as writer:
            writer.step_until_heard(subscriber)
            with pytest.raises(Silence, match="nobody steps"):
                subscriber.receive(0.05)
            with pytest.raises(Silence):
                next(iter(Subscriber.__iter__(_with_timeout(subscriber, 0.05))))


def _with_timeout(subscriber, seconds):
    subscriber.timeout = seconds
    return subscriber


def test_snapshot_skips_to_the_newest_picture(endpoint):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        for number in range(50):
            writer.step(number, (), gray(number))
        update, frame = subscriber.snapshot()
        assert update.frame_number == 49
        assert np.all(frame == 49)
        writer.step()
        with pytest.raises(FrameLost, match="nothing was drawn"):
            subscriber.snapshot(0.05)
        with pytest.raises(Silence):
            subscriber.snapshot(0.05)


def test_whoever_is_no_publisher_is_a_typed_error(endpoint):
    with zmq.Context() as context, context.socket(zmq.PUB) as stranger, Subscriber(endpoint) as subscriber:
        stranger.setsockopt(zmq.LINGER, 0)
        stranger.bind(endpoint)
        heard = None
        deadline = time.monotonic() + 10
        while heard is None:
            assert time.monotonic() < deadline
            stranger.send_multipart([b"step", b"garbage"])
            try:
                subscriber.receive(0.01)
            except ProtocolError as error:
                heard = error
            except Silence:
                continue


def test_strange_requests_do_not_disturb_the_publisher(endpoint):
    with zmq.Context() as context, context.socket(zmq.XSUB) as stranger, Writer(endpoint) as writer:
        stranger.setsockopt(zmq.LINGER, 0)
        stranger.connect(endpoint)
        for request in (b"", b"\x01", b"\x00never", b"\x01" + bytes(100), b"\x01" + bytes(5000), b"hello", b"\x02step"):
            stranger.send(request)
        with Subscriber(endpoint) as subscriber:
            writer.step_until_heard(subscriber)


def test_an_emulator_may_be_stepped_by_one_thread_after_another(endpoint):
    with Writer(endpoint) as writer, Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        for number in range(4):
            thread = threading.Thread(target=writer.step, args=(number,))
            thread.start()
            thread.join()
            assert subscriber.receive().frame_number == number


@pytest.mark.parametrize(
    "arguments", [{"endpoints": ()}, {"timeout": -1}, {"timeout": float("nan")}, {"encoding": "gif"}, {"queue": 0}]
)
def test_bad_arguments(arguments, endpoint):
    with pytest.raises(ConfigError):
        Subscriber(**{"endpoints": endpoint, **arguments})


def test_nothing_is_sent_and_little_is_done_while_nobody_listens(endpoint, monkeypatch):
    with Writer(endpoint) as writer:
        view = writer.step(pixels=gray(1))
        sent = []
        monkeypatch.setattr(type(writer.publisher), "publish", lambda *_: sent.append(1))
        for _ in range(100):
            writer.publisher.step(view)
        assert sent == []
        # Nobody has connected, so nothing was started for anybody.
        assert psutil.Process().children() == []


def test_the_memory_outlives_its_publisher_for_whoever_mapped_it(endpoint):
    writer = Writer(endpoint)
    with Subscriber(endpoint) as subscriber:
        writer.step_until_heard(subscriber)
        writer.step(pixels=gray(9))
        update = subscriber.receive()
        writer.close()
        assert np.all(update.frame() == 9)
        assert not os.path.exists(endpoint.removeprefix("ipc://"))
