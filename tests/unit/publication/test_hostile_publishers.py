"""Whatever a publisher sends, or names as its memory: a typed error, soon, and no more memory than a picture needs."""

import contextlib
import fcntl
import io
import json
import os
import random
import socket
import struct
import threading
import time
import tracemalloc
import zlib

import pytest
import zmq
from PIL import Image

from tests.unit.publication.writer import Writer, gray
from toolkit.broker import pictures
from toolkit.cli import watch
from toolkit.cli.entry import main
from toolkit.errors import FrameLost, ProtocolError, Silence
from toolkit.link import SharedMemory, layout
from toolkit.publication import Subscriber, images, wire
from toolkit.publication.mapping import Mapping, MappingRefused

SESSION = bytes(8)
LOCATION = wire.Location("elsewhere", 1, 2, 3, 4, 5, 6, 7)
ABOUT = wire.About(SESSION.hex(), "env0", "pong", "mame", 3, 59.6, ("wins", "clock"), ("wins",), LOCATION)
STEP = wire.body_struct(2).pack(SESSION, 2, 3, 4.0, 0, 6, 4, 2, -1, 7)
PICTURES = {name: pictures.encode(bytes(4 * 24), 1, (6, 4), name) for name in ("png", "jpeg")}


def about(**changes):
    return json.dumps({**json.loads(ABOUT.pack()), **changes}).encode()


def memory(**changes):
    return about(memory={**json.loads(ABOUT.pack())["memory"], **changes})


def head(count=2, time=4.0, width=6, height=4, values=(-1, 7)):
    return wire.HEAD.pack(SESSION, 2, 3, time, 0, width, height, count) + struct.pack(f"<{len(values)}q", *values)


ABOUTS = {
    "deep": b"[" * 100_000,
    "deep object": b'{"a":' * 100_000,
    "long": b'{"a":"' + b"x" * wire.MAX_ABOUT + b'"}',
    "many digits": b'{"version":' + b"1" * 10_000 + b"}",
    "infinite refresh": about().replace(b"59.6", b"1e999"),
    "infinite ratio": about().replace(b'"frame_ratio": 3', b'"frame_ratio": 1e999'),
    "no refresh": about(refresh=None),
    "nan": about().replace(b"59.6", b"NaN"),
    "negative refresh": about(refresh=-1),
    "ratio is text": about(frame_ratio="3"),
    "ratio is true": about(frame_ratio=True),
    "names are text": about(names="ab"),
    "names are numbers": about(names=[1]),
    "names twice": about(names=["a", "a"]),
    "unsigned is no name": about(unsigned=["other"]),
    "session is null": about(session=None),
    "memory is a list": about(memory=[]),
    "large pid": memory(pid=2**70),
    "negative fd": memory(fd=-1),
    "infinite size": about().replace(b'"size": 7', b'"size": 1e999'),
    "other version": about(version="\x1b[2J" * 100),
}
STEPS = {
    "empty": b"",
    "many values": head(count=2**32 - 1),
    "fewer values": head(count=1),
    "more bytes": head() + b"x",
    "nan": head(time=float("nan")),
    "infinite": head(time=float("inf")),
    "no height": head(height=0),
}


@pytest.mark.parametrize("kind", ABOUTS)
def test_a_bad_announcement(kind):
    with pytest.raises(ProtocolError) as caught:
        wire.About.unpack(ABOUTS[kind])
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize("kind", STEPS)
def test_a_bad_step(kind):
    with pytest.raises(ProtocolError):
        wire.Head.unpack(STEPS[kind])


def png(width, height, *chunks, mode=2):
    """The beginning of a PNG file of that size; what follows is as long as `chunks`."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    first = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, mode, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + first + b"".join(chunk(*entry) for entry in chunks)


def other_format(kind):
    target = io.BytesIO()
    Image.new("RGB", (6, 4)).save(target, kind)
    return target.getvalue()


BOMBS = {
    "a large picture": (png(30_000, 30_000, (b"IDAT", zlib.compress(bytes(10**6)))), (30_000, 30_000)),
    "larger than announced": (png(8000, 8000, (b"IDAT", zlib.compress(bytes(10**6)))), (6, 4)),
    "text": (png(6, 4, (b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8))), (b"IDAT", b"")), (6, 4)),
    "a palette": (png(6, 4, (b"IDAT", zlib.compress(bytes(28))), mode=3), (6, 4)),
    "a GIF": (other_format("GIF"), (6, 4)),
    "cut short": (PICTURES["png"][:-30], (6, 4)),
}


@pytest.mark.parametrize("kind", BOMBS)
@pytest.mark.filterwarnings("default::PIL.Image.DecompressionBombWarning")
def test_a_bad_picture_is_not_unpacked(kind):
    data, size = BOMBS[kind]
    tracemalloc.start()
    try:
        with pytest.raises(ProtocolError):
            images.decode(data, size)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def mutated(data, chance):
    """`data` with some bytes changed, left out, or repeated."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed)) if changed else 0
        kind = chance.randrange(4)
        if kind == 0:
            changed[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del changed[at : at + chance.randint(1, 8)]
        elif kind == 2:
            changed[at:at] = changed[at : at + 20]
        else:
            changed[at : at + 8] = chance.choice([b"\xff" * 8, b"1e999", b'"', b"[[[[", b"null", b"-1", bytes(8)])
    return bytes(changed)


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")
def test_random_changes_are_typed_errors():
    chance = random.Random(5)
    refused = 0
    for _ in range(1500):
        for unpack, data in (
            (wire.About.unpack, ABOUT.pack()),
            (wire.Head.unpack, STEP),
            (lambda data: images.decode(data, (6, 4)), PICTURES["png"]),
            (lambda data: images.decode(data, (6, 4)), PICTURES["jpeg"]),
        ):
            try:
                unpack(mutated(data, chance))
            except ProtocolError:
                refused += 1
    assert refused > 3000


# --- memory -----------------------------------------------------------------------------------------------------------


def location(descriptor, size, **changes):
    where = wire.locate(descriptor, 0, size)
    return wire.Location(**{**{name: getattr(where, name) for name in where.__slots__}, **changes})


def test_only_memory_of_an_emulator_is_mapped(tmp_path):
    """Nothing else that a process has open: not even a file that looks right, since its owner could make it shorter."""
    path = tmp_path / "file"
    with contextlib.closing(SharedMemory(pixel_capacity=4096)) as right, open(path, "wb+") as file:
        Mapping(location(right.descriptor, right.region_size)).close()
        file.write(os.pread(right.descriptor, right.region_size, 0))
        file.flush()
        with pytest.raises(MappingRefused):
            Mapping(location(file.fileno(), right.region_size))
        read_end, write_end = os.pipe()
        try:
            with pytest.raises(MappingRefused):
                Mapping(location(read_end, 4096))
        finally:
            os.close(read_end)
            os.close(write_end)
        for size in (0, 47, right.region_size + 1, 2**62):
            with pytest.raises(MappingRefused):
                Mapping(location(right.descriptor, size))
        for offset in (1, 2**62):
            with pytest.raises(MappingRefused):
                Mapping(location(right.descriptor, right.region_size, offset=offset))


def test_memory_cannot_be_made_shorter_under_whoever_mapped_it():
    with contextlib.closing(SharedMemory(pixel_capacity=4096)) as right, pytest.raises(PermissionError):
        os.ftruncate(right.descriptor, 4096)


@pytest.fixture
def forged():
    """A sealed memory file of a megabyte, full of what a test writes to it."""
    descriptor = os.memfd_create("forged", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, 2**20)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)
    yield descriptor
    os.close(descriptor)


def test_random_memory_is_refused_or_lost(forged):
    chance = random.Random(6)
    strange = (0, 1, 2, 3, 63, 64, 4095, 4096, 2**31 - 1, 2**31, 2**32 - 1)
    mapped = 0
    for _ in range(1000):
        fields = [4096, 4, 65536, 64, 1024, 4096, 0]
        slot = [4, 4, 24, chance.choice((0, 1, 2, 3, 4, 99)), 0, 0, 0]
        for row in (fields, slot):
            if chance.random() < 0.7:
                row[chance.randrange(len(row))] = chance.choice(strange)
        os.pwrite(forged, layout.HEADER.pack(layout.MAGIC, layout.LINK_VERSION, *fields, 0), 0)
        os.pwrite(forged, layout.SLOT.pack(2, 7, *slot), 4096)
        try:
            mapping = Mapping(location(forged, 2**20))
        except MappingRefused:
            continue
        mapped += 1
        with contextlib.suppress(FrameLost):
            assert mapping.copy(0, 2).size <= 3 * 2**20
        mapping.close()
    assert mapped > 100


# --- through a socket -------------------------------------------------------------------------------------------------


@pytest.fixture
def stranger(tmp_path):
    """A bare XPUB socket and the endpoint that it is bound to."""
    endpoint = f"ipc://{tmp_path}/stranger.sock"
    with zmq.Context() as context, context.socket(zmq.XPUB) as socket:
        socket.setsockopt(zmq.LINGER, 0)
        socket.bind(endpoint)
        yield socket, endpoint


MESSAGES = [
    *([b"about", data] for data in ABOUTS.values()),
    *([b"step", data] for data in STEPS.values()),
    [b"step"],
    [b"step", STEP, STEP],
    [b"step\x1b[2J", STEP],
    [b"about", about(env_id="\x1b[2J\ud800", names=["\x1b]0;x\x07", "b\n"], unsigned=[])],
    [b"image/png", STEP, png(30_000, 30_000)],
    [b"image/png", STEP],
    [b"step", STEP],
]


def test_after_any_message_the_next_one_is_heard(stranger):
    publisher, endpoint = stranger
    with Subscriber(endpoint, timeout=0.3) as subscriber:
        while publisher.poll(10_000) and publisher.recv() != b"\x01step":
            pass
        heard = 0
        for message in MESSAGES:
            publisher.send_multipart(message)
            publisher.send_multipart([b"about", ABOUT.pack()])
            publisher.send_multipart([b"step", STEP])
            with contextlib.suppress(Silence):
                while True:
                    try:
                        update = subscriber.receive(0.1)
                    except ProtocolError:
                        continue
                    if update.env_id == "env0":
                        heard += 1
                        if update.source == "image":
                            with pytest.raises(ProtocolError):
                                update.frame()
        assert heard >= len(MESSAGES)


def test_watch_says_what_is_wrong_in_one_line_without_control_characters(stranger, capsys):
    publisher, endpoint = stranger
    for message in (MESSAGES[0], [b"step\x1b[2J", STEP], [b"about", about(version="\x1b[2J")]):
        stop = threading.Event()

        def send(message=message, stop=stop):
            while not stop.wait(0.01):
                publisher.send_multipart(message)

        thread = threading.Thread(target=send)
        thread.start()
        try:
            assert main(["watch", endpoint]) == 1
        finally:
            stop.set()
            thread.join()
        error = capsys.readouterr().err
        assert error.startswith("toolkit: ")
        assert error.removesuffix("\n").isprintable()


def test_a_publisher_that_tells_any_time_fills_no_memory():
    meter = watch.Meter()
    fake = type("Fake", (), {"sequence": 2, "time": 1.0, "frame_number": 1})
    for number in range(watch.MAX_POINTS + 100):
        fake.sequence = 2 * number + 2
        meter.add(fake)
    assert len(meter._points) <= watch.MAX_POINTS


def test_what_speaks_another_protocol_is_a_typed_error_and_the_next_one_is_heard():
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with Subscriber(endpoint, timeout=20) as subscriber:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"\xff" + bytes(8) + b"\x7f" + b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"x" * 100)
                with pytest.raises(ProtocolError, match="no publisher"):
                    subscriber.receive()
            server.close()
            deadline = time.monotonic() + 20
            with Writer(endpoint) as writer:
                while True:
                    assert time.monotonic() < deadline
                    writer.step(pixels=gray(1))
                    with contextlib.suppress(Silence, ProtocolError):
                        subscriber.receive(0.02)
                        break
