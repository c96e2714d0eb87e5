import json
import os
import random

import pytest

from toolkit.errors import ProtocolError, VersionMismatch
from toolkit.publication import images, wire

MEMORY = wire.Location("boot", 1, 2, 3, 4, 5, 6, 7)
ABOUT = wire.About("00" * 8, "e'n\"v", "pong", "mame", 3, 59.6, ("wins", "näme"), ("wins",), MEMORY)


def test_an_announcement_survives_the_way():
    assert wire.About.unpack(ABOUT.pack()) == ABOUT


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"7", b'{"version": 1}', b"\xff\xfe\xfd", b'{"version": 1, "memory": 3}']
)
def test_what_is_no_announcement_is_a_typed_error(data):
    with pytest.raises(ProtocolError):
        wire.About.unpack(data)


def test_another_version_says_so():
    with pytest.raises(VersionMismatch, match="got 99"):
        wire.About.unpack(json.dumps({**json.loads(ABOUT.pack()), "version": 99}).encode())


def test_the_head_is_as_long_as_the_page_says():
    assert wire.HEAD.size == 48
    assert wire.body_struct(3).size == 72


def test_a_head_survives_the_way():
    data = wire.body_struct(2).pack(b"12345678", 10, 20, 1.5, 3, 384, 224, 2, -1, 7)
    assert wire.Head.unpack(data) == wire.Head(b"12345678".hex(), 10, 20, 1.5, 3, 384, 224, (-1, 7))


@pytest.mark.parametrize("length", [0, 47, 48, 63])
def test_a_head_cut_short_is_a_typed_error(length):
    data = wire.body_struct(2).pack(b"12345678", 10, 20, 1.5, 3, 384, 224, 2, -1, 7)
    with pytest.raises(ProtocolError):
        wire.Head.unpack(data[:length])


def test_start_time_names_this_process():
    assert wire.start_time(os.getpid()) == wire.start_time(os.getpid()) > 0
    assert wire.start_time(1) <= wire.start_time(os.getpid())


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", random.Random(0).randbytes(100)])
def test_what_is_no_picture_is_a_typed_error(data):
    with pytest.raises(ProtocolError):
        images.decode(data, (6, 4))
