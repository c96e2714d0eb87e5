"""The step contract, on the fake child: what every emulator does, whatever runs behind the link."""

import json
import select
import time
import zlib

import numpy as np
import pytest

from tests.fakes.emulator import FakeEmulator
from toolkit.emulator import Action, Address
from toolkit.emulator.state import MAGIC
from toolkit.errors import ConfigError, EmulatorExited, ProtocolError, StateError, StepTimeout

A, B, DIAL = Action(":IN", "A"), Action(":IN", "B"), Action(":IN", "Dial", 77)


@pytest.fixture
def make():
    made = []

    def make(*arguments, **options):
        made.append(FakeEmulator(*arguments, **options))
        return made[-1]

    yield make
    for emulator in made:
        emulator.close()


def test_a_step_returns_values_and_a_frame_of_its_own(make):
    emulator = make({"frames": Address(0, "u8"), "a": Address(1, "u8"), "b": Address(2, "u8")}, 3)
    data = emulator.step([A])
    assert list(data) == ["frames", "a", "b", "frame"]
    assert {name: value for name, value in data.items() if name != "frame"} == {"frames": 3, "a": 1, "b": 0}
    assert type(data["frames"]) is int
    frame = data["frame"]
    assert (frame.dtype, frame.shape, frame.flags.c_contiguous, frame.flags.owndata) == (
        np.uint8,
        (2, 4, 3),
        True,
        True,
    )
    assert frame.tolist() == [[[1, 2, 3]] * 4] * 2
    kept = frame.copy()
    for _ in range(10):
        emulator.step()
    assert (frame == kept).all()


def test_actions_are_held_for_their_step_only(make):
    emulator = make({"a": Address(1, "u8"), "b": Address(2, "u8"), "dial": Address(3, "u8")})

    def held(*actions):
        data = emulator.step(actions)
        return data["a"], data["b"], data["dial"]

    assert held(A) == (1, 0, 0)
    assert held(A, B) == (1, 1, 0)
    assert held(DIAL) == (0, 0, 77)
    assert held(Action(":IN", "Dial", 5), A) == (1, 0, 5)
    assert held() == (0, 0, 0)


@pytest.mark.parametrize("actions", [[A], (A,), {A}, {A: 1}], ids=["list", "tuple", "set", "dict"])
def test_any_collection_of_actions(make, actions):
    assert make({"a": Address(1, "u8")}).step(actions)["a"] == 1


def test_signed_and_wide_values(make):
    memory = {
        "u8": Address(16, "u8"),
        "s8": Address(16, "s8"),
        "le": Address(16, "<u2"),
        "be": Address(16, ">u2"),
        "s32": Address(16, "s32"),
        "u64": Address(16, "u64"),
        "s64": Address(16, "s64"),
        "be64": Address(16, ">u8"),
    }
    emulator = make(memory)
    emulator.write_memory(16, bytes((0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0xFA, 0xF9, 0xF8)))
    data = emulator.step()
    del data["frame"]
    assert data == {
        "u8": 0xFF,
        "s8": -1,
        "le": 0xFEFF,
        "be": 0xFFFE,
        "s32": 0xFCFDFEFF - 2**32,
        "u64": 0xF8F9FAFBFCFDFEFF,
        "s64": 0xF8F9FAFBFCFDFEFF - 2**64,
        "be64": 0xFFFEFDFCFBFAF9F8,
    }


def test_run_and_frame_number(make):
    emulator = make({"frames": Address(0, "u8")}, 4)
    assert emulator.frame_number == 0
    assert emulator.step()["frames"] == emulator.frame_number == 4
    assert emulator.run(7)["frames"] == emulator.frame_number == 11
    data = emulator.run(0)
    assert data == {"frames": 11}
    emulator.reset()
    assert emulator.frame_number == 0
    assert emulator.step()["frames"] == 4


def test_memory(make):
    emulator = make()
    emulator.write_memory("0x20", [1, 2, 255])
    emulator.write_memory(0x23, np.array([4, 5], np.uint8))
    data = emulator.read_memory(0x20, 5)
    assert data.dtype == np.uint8
    assert data.tolist() == [1, 2, 255, 4, 5]
    data[0] = 9
    assert emulator.read_memory(0x20, 1).tolist() == [1]
    with pytest.raises(ConfigError):
        emulator.read_memory(0x100, 1)
    assert emulator.step()["frame"] is not None


def test_states(make):
    emulator = make({"x": Address(32, "u8"), "frames": Address(0, "u8")}, 5)
    emulator.write_memory(32, [7])
    emulator.step([A])
    state = emulator.save_state()
    emulator.write_memory(32, [8])
    later = emulator.step()
    emulator.load_state(state)
    assert emulator.frame_number == 5
    assert emulator.step() | {"frame": 0} == later | {"x": 7, "frame": 0}
    emulator.load_state(bytearray(state))
    emulator.load_state(memoryview(state))


def parts(state):
    head, _, data = state.removeprefix(MAGIC).partition(b"\n")
    return json.loads(head), data


def test_the_head_of_a_state(make):
    emulator = make()
    emulator.run(3)
    head, data = parts(emulator.save_state())
    assert head["from"] == "fake"
    assert head["frame_number"] == 3
    assert head["size"] == len(data) == 256
    assert head["crc"] == zlib.crc32(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda head, data: (head | {"from": "another"}, data),
        lambda head, data: (head | {"size": 3}, data),
        lambda head, data: (head | {"size": "x"}, data),
        lambda head, data: (head | {"frame_number": None}, data),
        lambda head, data: ({}, data),
        lambda head, data: ([], data),
        lambda head, data: ("text", data),
        lambda head, data: (head, data[:-1]),
        lambda head, data: (head, data + b"x"),
        lambda head, data: (head, b"x" + data[1:]),
    ],
)
def test_a_state_that_was_changed(make, change):
    emulator = make({"x": Address(32, "u8")})
    emulator.write_memory(32, [7])
    head, data = change(*parts(emulator.save_state()))
    with pytest.raises(StateError):
        emulator.load_state(MAGIC + json.dumps(head).encode() + b"\n" + data)
    assert emulator.step()["x"] == 7


@pytest.mark.parametrize("state", [b"", b"x", None, "text", 3, MAGIC, MAGIC + b"\n", MAGIC + b"{\n"])
def test_what_is_no_state(make, state):
    with pytest.raises(StateError):
        make().load_state(state)


@pytest.mark.parametrize(
    "actions", [["A"], [None], [(":IN", "A")], 3, None, A, "A", [Action(":IN", "C")], [[A]], iter([A])]
)
def test_bad_actions_leave_it_usable(make, actions):
    emulator = make()
    with pytest.raises(ConfigError):
        emulator.step(actions)
    assert emulator.step([A])["frame"] is not None


def test_too_few_values(make):
    emulator = make({"a": Address(0, "u8")}, misbehaviour="too_few_values")
    with pytest.raises(ProtocolError, match="1 values"):
        emulator.step()


@pytest.mark.parametrize(
    ("how", "error"), [("exit", EmulatorExited), ("hang", StepTimeout), ("garbage", ProtocolError)]
)
def test_after_a_failed_step_nothing_works_and_it_says_why(make, how, error):
    emulator = make(misbehaviour=how, timeout=0.4)
    with pytest.raises(error) as caught:
        emulator.step()
    reason = {"exit": "exit code 7"}.get(how, str(caught.value))
    for use in (emulator.step, emulator.save_state, lambda: emulator.read_memory(0, 1), emulator.reset):
        with pytest.raises(StateError) as again:
            use()
        assert reason in str(again.value)


def test_closed(make):
    with make() as emulator:
        assert not emulator.closed
    assert emulator.closed
    emulator.close()
    uses = (
        emulator.step,
        emulator.save_state,
        emulator.reset,
        lambda: emulator.run(1),
        lambda: emulator.load_state(b""),
        lambda: emulator.read_memory(0, 1),
        lambda: emulator.write_memory(0, b"x"),
        lambda: emulator.step([A]),
    )
    for use in uses:
        with pytest.raises(StateError, match="closed"):
            use()
    assert emulator.frame_number == 0


def test_half_built():
    emulator = FakeEmulator.__new__(FakeEmulator)
    emulator.close()
    emulator.close()
    assert emulator.closed


@pytest.mark.parametrize("misbehaviour", ["fail_on_start", "garbage_hello"])
def test_a_constructor_that_fails_leaves_nothing(misbehaviour):
    with pytest.raises(Exception, match=r"exit code 9|expected"):
        FakeEmulator(misbehaviour=misbehaviour)


# --- a step in two halves ---------------------------------------------------------------------------------------------


def test_two_halves_are_a_step(make):
    emulator, other = make({"frames": Address(0, "u8")}), make({"frames": Address(0, "u8")})
    for one in (emulator, other):
        one.begin_step()
    for one in (emulator, other):
        assert select.select([one.reply_fd], [], [], 5)[0]
        assert one.deadline > time.monotonic()
    for one in (emulator, other):
        data = one.finish_step()
        assert data["frames"] == one.frame_number == 1
        assert data["frame"].shape == (2, 4, 3)
        assert one.deadline is None
    emulator.begin_step((), 3)
    assert emulator.finish_step()["frames"] == 4
    assert emulator.step()["frames"] == 5


def test_halves_in_the_wrong_order(make):
    emulator = make({"frames": Address(0, "u8")})
    with pytest.raises(StateError, match="nothing was begun"):
        emulator.finish_step()
    emulator.begin_step()
    for call in (emulator.step, emulator.begin_step, emulator.save_state, lambda: emulator.run(0)):
        with pytest.raises(StateError, match="begun and not finished"):
            call()
    assert emulator.finish_step()["frames"] == 1
    assert emulator.step()["frames"] == 2


def test_a_step_that_is_never_finished_is_closed_in_order(make):
    emulator = make()
    emulator.begin_step()
    child = emulator._child
    emulator.close()
    assert child.exit_code == 0


def test_a_step_that_is_begun_and_not_answered_in_time(make):
    emulator = make(misbehaviour="hang", timeout=0.3)
    emulator.begin_step()
    with pytest.raises(StepTimeout):
        emulator.finish_step()
    with pytest.raises(StateError, match="can no longer be used"):
        emulator.begin_step()


def test_a_state_is_loaded_in_two_halves(make):
    emulator = make({"frames": Address(0, "u8")})
    emulator.run(3)
    state = emulator.save_state()
    emulator.run(3)
    loading = emulator.loading(state)
    next(loading)
    assert emulator.deadline is not None
    with pytest.raises(StopIteration):
        next(loading)
    assert emulator.frame_number == 3
    assert emulator.step()["frames"] == 4
