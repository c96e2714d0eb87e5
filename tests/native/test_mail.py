"""The frontend's side of the letter boxes, under sanitizers: commands from one, replies to the other."""

import contextlib
import json
import os
import struct
import time

import numpy as np
import pytest

from tests.native.wire import Wire, message
from toolkit.link import layout
from toolkit.link.child import step_message

SHUT, OPEN, FULL = range(3)
COMMANDS, REPLIES = layout.MAIL_COMMANDS, layout.MAIL_REPLIES
PATIENCE = 20


class Mail(Wire):
    """A parent that may look into its letter box, and into the child's."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.map = self.memory._map
        assert self.reply()[0] == layout.Reply.RESULT

    def call(self, name, **arguments):
        self.send(message(2, json.dumps({"call": name, **arguments}).encode()))
        kind, payload = self.reply()
        assert kind == layout.Reply.RESULT, payload
        return json.loads(payload)

    def state(self, box):
        return struct.unpack_from("<I", self.map, box)[0]

    def set_state(self, box, state):
        struct.pack_into("<I", self.map, box, state)

    def sequence(self, slot):
        return struct.unpack_from("<Q", self.map, layout.HEADER_SIZE + slot * self.memory.slot_size)[0]

    def letter(self):
        """The reply, as soon as it is there."""
        end = time.monotonic() + PATIENCE
        while self.state(REPLIES) != FULL:
            assert time.monotonic() < end, "no letter came"
        size = struct.unpack_from("<I", self.map, REPLIES + 4)[0]
        letter = self.map[REPLIES + 8 : REPLIES + 8 + size]
        self.set_state(REPLIES, SHUT)
        return letter

    def step_by_mail(self, command):
        """What is in the slot when its pictures are complete."""
        self.set_state(REPLIES, OPEN)
        self.send(command)
        length, kind, slot, frame_number = struct.unpack("<IBIQ", self.letter())
        assert (length, kind) == (13, layout.Reply.STEPPED)
        head = self.memory.read(0, slot)
        end = time.monotonic() + PATIENCE
        while self.sequence(slot) % 2:
            assert time.monotonic() < end, "the slot was never complete"
        assert frame_number == head.frame_number
        return content(head)

    def step_by_pipe(self, command):
        self.send(command)
        kind, payload = self.reply()
        assert kind == layout.Reply.STEPPED, payload
        slot, _ = layout.STEPPED.unpack(payload)
        assert self.sequence(slot) % 2 == 0
        return content(self.memory.read(0, slot))

    def post(self, letter, size=None):
        """Puts it into the child's box while it looks there, which it does for a moment after a quick step."""
        end = time.monotonic() + PATIENCE
        while not self.try_to_post(letter, size):
            assert time.monotonic() < end, "the child took no letter"
            self.step_by_pipe(step_message(0, []))

    def try_to_post(self, letter, size):
        looks = (self.state(COMMANDS) == OPEN for _ in range(100))
        if not any(looks):
            return False
        self.map[COMMANDS + 8 : COMMANDS + 8 + len(letter)] = letter
        struct.pack_into("<I", self.map, COMMANDS + 4, len(letter) if size is None else size)
        # Whoever really posts does this in one: the child may shut its box between the two, and then takes nothing.
        if self.state(COMMANDS) != OPEN:
            return False
        self.set_state(COMMANDS, FULL)
        end = time.monotonic() + 0.5
        while self.state(COMMANDS) == FULL and time.monotonic() < end:
            pass
        return self.state(COMMANDS) != FULL


def content(view):
    frame = None if view.frame is None else (view.frame.format, view.frame.pixels.shape, view.frame.pixels.tobytes())
    return view.frame_number, view.values, frame, None if view.memory is None else view.memory.tobytes()


@pytest.fixture
def start(sanitized, reports, cores, rom):
    wires = []

    def start(core="counter"):
        wires.append(Mail(sanitized, cores[core], rom, reports, {**os.environ, "HOME": str(reports)}))
        return wires[-1]

    yield start
    for wire in wires:
        with contextlib.suppress(ProcessLookupError):
            wire.close()


VIEWS = {
    "whole": {"format": "rgb"},
    "gray, scaled, blended": {"format": "gray", "size": [9, 7], "blend": True},
    "cut": {"format": "rgb", "crop": [1, 1, 2, 3]},
    "bgrx": {},
}


@pytest.mark.parametrize("core", ["counter", "format_rgb565", "rotation_1"])
@pytest.mark.parametrize("view", VIEWS.values(), ids=list(VIEWS))
def test_early_replies(start, core, view):
    early, late = start(core), start(core)
    for wire in (early, late):
        area = {"device": ":ram", "space": "raw", "address": 0, "length": 16}
        wire.call("configure", screen=":screen", draw="published", memory=[area], **view)
        watch = {"device": ":ram", "space": "raw", "address": 0, "size": 4, "signed": False, "order": "little"}
        wire.call("watch", watches=[watch])
    seen = set()
    for number in range(30):
        command = step_message(number % 4, [])
        got = early.step_by_mail(command)
        assert got == late.step_by_pipe(command)
        seen.add(got)
    assert len(seen) > 15


def test_replies_to_what_is_no_picture_come_when_it_is_complete(start):
    wire = start()
    wire.call("configure", screen="", draw="published")
    assert wire.step_by_mail(step_message(3, [])) == (3, (), None, None)
    wire.set_state(REPLIES, OPEN)
    wire.send(step_message(1, []))
    slot = struct.unpack("<IBIQ", wire.letter())[2]
    assert wire.sequence(slot) % 2 == 0


def test_only_replies_to_steps_come_by_mail(start):
    wire = start()
    wire.set_state(REPLIES, OPEN)
    assert wire.call("list_ports")
    wire.send(step_message(1, [(99, 1)]))
    kind, payload = wire.reply()
    assert (kind, json.loads(payload)["kind"]) == (layout.Reply.ERROR, "input")
    assert wire.state(REPLIES) == OPEN


@pytest.mark.parametrize("state", [SHUT, FULL, 77])
def test_a_box_that_is_not_open_is_left_alone(start, state):
    wire = start()
    wire.set_state(REPLIES, state)
    assert wire.step_by_pipe(step_message(1, []))[0] == 1
    assert wire.state(REPLIES) == state


def test_commands_by_mail(start):
    wire = start()
    index = wire.call("bind", port=":joypad1", field="BUTTONS")
    for number in range(1, 11):
        wire.post(step_message(1, [(index, number)]))
        kind, payload = wire.reply()
        assert kind == layout.Reply.STEPPED
        # The other steps ran no frames.
        assert layout.STEPPED.unpack(payload)[1] == number
    assert wire.call("list_ports")


def test_the_largest_letter(start):
    wire = start()
    index = wire.call("bind", port=":joypad1", field="BUTTONS")
    command = step_message(1, [(index, 1)] * 29)
    assert 240 < len(command) <= 248
    wire.post(command)
    assert layout.STEPPED.unpack(wire.reply()[1])[1] == 1


@pytest.mark.parametrize(
    ("letter", "size"),
    [
        (b"", None),
        (b"abc", None),
        (struct.pack("<I", 0), None),
        (struct.pack("<IB", 9, 1) + b"12345", None),
        (struct.pack("<IB", 9, 1) + b"123456789", None),
        (step_message(1, []), 2**32 - 1),
        (np.random.default_rng(0).bytes(248), None),
    ],
    ids=["nothing", "half a length", "no length", "too short", "too long", "larger than the box", "noise"],
)
def test_letters_that_are_no_messages(start, letter, size):
    wire = start()
    wire.post(letter, size)
    kind, payload = wire.reply()
    assert (kind, json.loads(payload)["kind"]) == (layout.Reply.ERROR, "protocol")
    assert "by mail" in json.loads(payload)["message"]
    assert wire.process.wait(PATIENCE) == 5


def test_a_command_of_no_known_kind(start):
    wire = start()
    wire.post(message(77, b"x"))
    kind, payload = wire.reply()
    assert (kind, json.loads(payload)["kind"]) == (layout.Reply.ERROR, "protocol")
    assert wire.step_by_pipe(step_message(1, []))[0] == 1


def test_a_header_without_room_for_boxes(start, monkeypatch):
    """What lies there then is no business of the child's."""
    monkeypatch.setattr(layout, "HEADER_SIZE", 512)
    wire = start()
    for box in (COMMANDS, REPLIES):
        wire.set_state(box, OPEN)
    assert wire.step_by_pipe(step_message(1, []))[0] == 1
    assert wire.state(COMMANDS) == OPEN
