"""What a saved state is made of, where it was forged."""

import json
import zlib

import pytest

from toolkit.emulator.state import MAGIC, pack_state, unpack_state
from toolkit.errors import StateError


def test_there_and_back():
    number, details, data = unpack_state(pack_state("us", 7, {"time": 0.5}, b"data\n"), "us")
    assert (number, details["time"], data) == (7, 0.5, b"data\n")


GOOD = {"from": "us", "frame_number": 7, "size": 4, "crc": zlib.crc32(b"data")}


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"{", "cannot be read"),
        (b"[1]", "no object"),
        (b'{"from":' + b"[" * 100_000, "too deeply"),
        *(({**GOOD, name: value}, f"its '{name}' is") for name in ("frame_number", "size") for value in (-1, "7", 1.5)),
        ({**GOOD, "frame_number": 2**63}, "2\\*\\*63"),
        ({**GOOD, "frame_number": True}, "its 'frame_number' is True"),
        ({**GOOD, "from": ["us"]}, "its 'from' is"),
        *(({key: GOOD[key] for key in GOOD if key != name}, f"no '{name}'") for name in ("from", "size")),
        ({**GOOD, "size": 5}, "cut short"),
        ({**GOOD, "crc": None}, "checksum"),
        ({**GOOD, "from": "them"}, "saved by them"),
        (b'{"from": "us", "frame_number": 1e999}', "larger than any number"),
    ],
)
def test_forged_heads(head, words):
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    with pytest.raises(StateError, match=words):
        unpack_state(MAGIC + text + b"\ndata", "us")
