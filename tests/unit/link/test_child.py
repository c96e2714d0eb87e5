"""The parent's side of the link against a child that misbehaves."""

import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from tests.fakes.emulator import start_child
from tests.processes import assert_gone, running
from toolkit.errors import (
    ConfigError,
    EmulatorExited,
    LaunchError,
    ProtocolError,
    StateError,
    StepTimeout,
    ToolkitError,
    VersionMismatch,
)
from toolkit.link import Child, PixelFormat, SharedMemory
from toolkit.link.child import step_message


@pytest.fixture
def memory():
    memory = SharedMemory(value_capacity=4, pixel_capacity=4096)
    yield memory
    memory.close()


@pytest.fixture
def start(tmp_path, memory):
    """Starts the fake client; what it started is ended after the test."""
    children = []

    def start(misbehaviour="", **options):
        children.append(start_child(tmp_path, misbehaviour, memory=memory, **options))
        return children[-1]

    yield start
    for child in children:
        child.kill()


def watch(child, *addresses):
    child.call(
        "watch",
        watches=[
            {"device": ":maincpu", "space": "program", "address": a, "size": 1, "signed": False, "order": "native"}
            for a in addresses
        ],
    )


# --- a well-behaved child ---------------------------------------------------------------------------------------------


def test_steps_carry_values_and_pixels(start):
    child = start()
    watch(child, 0, 1, 2)
    a, b = (child.call("bind", port=":IN", field=field) for field in "AB")
    view = child.step(3, [(a, 1), (b, -1)])
    assert view.frame_number == 3
    assert view.values == (3, 1, 255)
    assert view.frame.format is PixelFormat.BGRX
    rgb = view.frame.rgb()
    assert rgb.shape == (2, 4, 3)
    assert rgb.tolist() == [[[1, 2, 3]] * 4] * 2
    assert child.step(2, [(b, 7)]).values == (5, 0, 7)


def test_a_step_of_no_frames_has_no_picture(start):
    view = start().step(0, [])
    assert view.frame is None
    assert view.frame_number == 0


def test_a_slot_stays_until_the_child_comes_round(start, memory):
    child = start()
    first = child.step(1, [])
    before = first.frame.rgb()
    for _ in range(memory.slots - 1):
        child.step(1, [])
    assert (first.frame.rgb() == before).all()
    child.step(1, [])
    assert (first.frame.rgb() != before).any()


def test_sequences_are_even_and_rise_by_two(start):
    child = start()
    assert [child.step(1, []).sequence for _ in range(6)] == [2, 4, 6, 8, 10, 12]


def test_regions_of_one_block_are_apart(tmp_path):
    memory = SharedMemory(3, value_capacity=4, pixel_capacity=4096)
    children = [start_child(tmp_path, memory=memory, region=region) for region in range(3)]
    try:
        for number, child in enumerate(children):
            watch(child, 0)
            child.step(10 * (number + 1), [])
        assert [memory.read(n, 1).values for n in range(3)] == [(10,), (20,), (30,)]
    finally:
        for child in children:
            child.kill()
        memory.close()


def test_the_child_inherits_the_link_and_nothing_else(start):
    other = os.memfd_create("other")
    try:
        hello = start().hello
    finally:
        os.close(other)
    # 0, 1, 2, the three of the link, and the one with which the child lists them (its map has a fourth of its own).
    assert len(hello["descriptors"]) <= 8


@pytest.mark.parametrize("size", [1, 65536, 65537, 1 << 20, 5_000_000])
def test_messages_of_any_size(start, size):
    child = start()
    assert child.call("echo", size=size) == "x" * size
    assert child.call("echo", value="y" * size) == "y" * size


@pytest.mark.parametrize("value", [None, 0, -(2**63), 2**63 - 1, 'a"b\\c\n\0\x7f', "ü€😀", [[], {}], {"a": [1.5]}])
def test_json_comes_back_as_it_went(start, value):
    assert start().call("echo", value=value) == value


@pytest.mark.parametrize(
    ("request_", "expected", "words"),
    [
        ({"call": "bind", "port": ":IN", "field": "Z"}, ConfigError, "'Z'"),
        (
            {"call": "read_memory", "device": ":maincpu", "space": "program", "address": 999, "length": 1},
            ConfigError,
            "0x3e7",
        ),
        ({"call": "fly"}, ProtocolError, "fly"),
    ],
)
def test_a_refused_call_leaves_the_child_usable(start, request_, expected, words):
    child = start()
    with pytest.raises(expected, match=words):
        child.call(request_.pop("call"), **request_)
    assert child.step(1, []).frame_number == 1


def test_a_refused_step_leaves_the_child_usable(start):
    child = start()
    with pytest.raises(ConfigError, match="bound"):
        child.step(1, [(5, 1)])
    assert child.step(1, []).frame_number == 1


# --- children that do not come up -------------------------------------------------------------------------------------


def test_a_slow_start_is_waited_for(start):
    assert start("slow_start").step(1, []).frame_number == 1


@pytest.mark.parametrize(
    ("misbehaviour", "expected", "words"),
    [
        ("fail_on_start", LaunchError, "(?s)exit code 9.*cannot start: no luck"),
        ("die_by_signal", LaunchError, "SIGABRT"),
        ("no_hello", LaunchError, r"(?s)said nothing within 0\.3 s.*thinking"),
        ("close_before_hello", LaunchError, "closed its end of the link"),
        ("garbage_hello", ProtocolError, "expected"),
        ("empty_hello", ProtocolError, "empty"),
        ("hello_is_a_list", VersionMismatch, r"expected a hello of link version 1, got b'\[\]'"),
        ("wrong_version", VersionMismatch, "99"),
        ("refuses_version", VersionMismatch, "98"),
    ],
)
def test_a_child_that_does_not_come_up(start, misbehaviour, expected, words):
    began = time.monotonic()
    with pytest.raises(expected, match=words) as caught:
        start(misbehaviour, start_timeout=0.3 if misbehaviour == "no_hello" else 5)
    assert type(caught.value) is expected
    assert time.monotonic() - began < 3
    assert psutil.Process().children() == []


def test_a_launch_error_carries_everything(start):
    with pytest.raises(LaunchError) as caught:
        start("fail_on_start")
    assert caught.value.exit_code == 9
    assert "no luck" in caught.value.stderr
    assert "fail_on_start" in caught.value.argv


def test_a_program_that_does_not_exist(tmp_path, memory):
    with pytest.raises(LaunchError, match=r"nothing_there.*No such file"):
        Child(
            [str(tmp_path / "nothing_there")],
            cwd=tmp_path,
            env={},
            output=tmp_path / "output.txt",
            memory=memory,
            start_timeout=1,
            timeout=1,
        )


def test_an_output_file_that_cannot_be_written(tmp_path, start):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="Not a directory"):
        start(output=tmp_path / "file" / "output.txt")


def test_much_output_blocks_nobody_and_its_end_is_quoted(start):
    child = start("loud")
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(EmulatorExited) as caught:
        child.step(1, [])
    assert caught.value.stderr.endswith("the very end")
    assert len(caught.value.stderr) <= 4000


# --- children that answer wrongly -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("misbehaviour", "words"),
    [
        ("garbage", "expected a message of at most"),
        ("not_json", "JSON"),
        ("deep_json", "expected JSON"),
        ("unknown_kind", "kind 99"),
        ("oversized", "expected a message of at most"),
        ("empty", "empty"),
        ("short_reply", "expected 12 bytes"),
        ("long_reply", "expected 12 bytes"),
        ("error_no_object", "kind 3"),
        ("result_to_step", "reply to a step"),
        ("wrong_frame", "12345"),
        ("slot_out_of_range", "999"),
        ("too_many_values", "values"),
        ("bad_format", "format 77"),
        ("frame_too_large", "pixels"),
        ("no_width", "pixels"),
        ("narrow_stride", "pixels"),
        ("internal_error", "a bug in the child"),
        ("big_reply", "reply to a step"),
    ],
)
def test_a_wrong_reply_is_a_protocol_error_and_the_last(start, misbehaviour, words):
    child = start(misbehaviour)
    with pytest.raises(ProtocolError, match=words) as caught:
        child.step(1, [])
    assert type(caught.value) is ProtocolError
    with pytest.raises(StateError, match="can no longer be used") as again:
        child.step(1, [])
    assert str(caught.value) in str(again.value)
    began = time.monotonic()
    child.close()
    assert time.monotonic() - began < 1


def test_a_second_reply_is_not_taken_for_the_next_answer(start):
    child = start("two_replies")
    child.step(0, [])
    with pytest.raises(ProtocolError, match="a reply to nothing"):
        child.call("list_ports")
    with pytest.raises(StateError):
        child.call("list_ports")


# --- children that stop answering -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("misbehaviour", "code", "words"),
    [
        ("exit", 7, "(?s)exit code 7.*last words"),
        ("segfault", -signal.SIGSEGV, "SIGSEGV"),
        ("truncated", 0, "exit code 0"),
        ("close_reply", None, "closed its end of the link"),
    ],
)
def test_a_child_that_leaves_in_mid_step(start, misbehaviour, code, words):
    child = start(misbehaviour, timeout=30)
    began = time.monotonic()
    with pytest.raises(EmulatorExited, match=words) as caught:
        child.step(1, [])
    assert time.monotonic() - began < 2
    assert caught.value.exit_code == code
    with pytest.raises(StateError, match=r"can no longer be used"):
        child.step(1, [])
    child.close()


def test_a_child_that_died_between_two_steps(start):
    child = start()
    child.step(1, [])
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(EmulatorExited, match="SIGKILL"):
        child.step(1, [])


@pytest.mark.parametrize("misbehaviour", ["hang", "trickle"])
def test_a_child_that_hangs(start, misbehaviour):
    child = start(misbehaviour, timeout=0.4)
    began = time.monotonic()
    with pytest.raises(StepTimeout, match=r"alive but did not answer within 0\.4 s"):
        child.step(1, [])
    assert 0.35 < time.monotonic() - began < 1.5
    with pytest.raises(StateError, match="did not answer"):
        child.step(1, [])
    child.close()
    assert time.monotonic() - began < 2


def test_a_picture_that_comes_after_the_reply(start):
    child = start("early")
    for number in range(1, 7):
        view = child.exchange(step_message(1, []))
        assert view.early
        assert (view.sequence, view.frame_number) == (2 * number, number)
        before = view.frame.pixels[0, 0, 0]
        assert child.settle(view) is view
        assert before != number
        assert (view.frame.pixels[:, :, 0] == number).all()
    assert (child.step(1, []).frame.pixels[:, :, 0] == 7).all()


def test_a_picture_that_nobody_waits_for(start):
    child = start("early")
    for _ in range(3):
        child.exchange(step_message(1, []))
    child.settle(child.exchange(step_message(0, [])))
    assert child.call("echo", value=5) == 5


def test_a_picture_that_does_not_come(start):
    child = start("early_never", timeout=0.4)
    view = child.exchange(step_message(1, []))
    began = time.monotonic()
    with pytest.raises(StepTimeout, match=r"alive but did not answer within 0\.4 s"):
        child.settle(view)
    assert 0.35 < time.monotonic() - began < 1.5
    with pytest.raises(StateError, match="did not answer"):
        child.step(1, [])


def test_a_child_that_leaves_before_the_picture_is_made(start):
    child = start("early_exit", timeout=30)
    began = time.monotonic()
    with pytest.raises(EmulatorExited, match="exit code 7") as caught:
        child.step(1, [])
    assert time.monotonic() - began < 2
    assert caught.value.exit_code == 7
    with pytest.raises(StateError, match=r"can no longer be used"):
        child.step(1, [])


def test_a_picture_is_waited_for_in_vain_after_close(start):
    child = start("early")
    view = child.exchange(step_message(1, []))
    child.close()
    with pytest.raises(StateError, match="closed"):
        child.settle(view)


def test_a_step_timeout_is_a_timeout_error(start):
    with pytest.raises(TimeoutError):
        start("hang").step(1, [], timeout=0.05)


def test_a_stopped_child_that_reads_nothing(start):
    child = start(timeout=0.4)
    os.kill(child.pid, signal.SIGSTOP)
    with pytest.raises(StepTimeout):
        child.call("echo", value="x" * 1_000_000)  # more than the pipe takes
    child.close()
    assert not running(child.pid)


# --- the end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("misbehaviour", ["", "refuse_to_quit", "stay_after_quit", "ignore_sigterm"])
def test_close_ends_every_child(start, monkeypatch, misbehaviour):
    monkeypatch.setattr("toolkit.link.ending.LEAVE_PATIENCE", 0.2)
    child = start(misbehaviour)
    began = time.monotonic()
    child.close()
    assert time.monotonic() - began < 2
    assert child.exit_code == {"": 0, "ignore_sigterm": -signal.SIGKILL}.get(misbehaviour, child.exit_code)
    assert child.exit_code is not None
    child.close()


def test_nothing_works_after_close(start):
    child = start()
    child.close()
    with pytest.raises(StateError, match="closed"):
        child.step(1, [])
    with pytest.raises(StateError, match="closed"):
        child.call("list_ports")


def test_close_takes_the_whole_process_group(tmp_path, memory):
    script = "sleep 600 & echo $! > pid; exec " + f"{sys.executable} -S {start_child.__globals__['CLIENT']} exit"
    child = Child(
        ["/bin/sh", "-c", script],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        output=tmp_path / "output.txt",
        memory=memory,
        start_timeout=5,
        timeout=5,
    )
    helper = int((tmp_path / "pid").read_text())
    assert running(helper)
    child.kill()
    assert_gone(helper, 2)


def test_an_interrupted_step_is_not_answered_by_the_next(start):
    child = start("hang", timeout=30)
    main = threading.main_thread().ident
    timer = threading.Timer(0.2, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        child.step(1, [])
    timer.join()
    with pytest.raises(StateError, match="KeyboardInterrupt"):
        child.step(1, [])
    began = time.monotonic()
    child.close()
    assert time.monotonic() - began < 1


def test_a_fork_cannot_use_the_child_and_does_not_keep_it_alive(start):
    child = start()
    release, hold = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(hold)
        code = 1
        try:
            child.step(1, [])
        except StateError as error:
            code = 0 if "process that made it" in str(error) else 2
        finally:
            child.close()
            os.read(release, 1)
            os._exit(code)
    os.close(release)
    try:
        assert child.step(1, []).frame_number == 1, "the fork's close ended the child"
        child._channel.close()  # as if this process had died
        deadline = time.monotonic() + 2
        while child.exit_code is None:
            assert time.monotonic() < deadline, "the fork holds the command pipe"
            time.sleep(0.01)
    finally:
        os.close(hold)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_child_leaves_when_its_parent_is_killed(tmp_path):
    script = (
        "import pathlib, sys, time; from tests.fakes.emulator import *; m = SharedMemory(pixel_capacity=4096)\n"
        "c = start_child(pathlib.Path(sys.argv[1]), memory=m); print(c.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, cwd=os.getcwd(), text=True
    )
    with parent:
        pid = int(parent.stdout.readline())
        assert running(pid)
        parent.kill()
    assert_gone(pid, 1)


def test_threads_start_children_without_cross_talk(tmp_path):
    failures = []

    def work(number):
        try:
            with_memory = SharedMemory(value_capacity=4, pixel_capacity=4096)
            child = start_child(tmp_path, memory=with_memory, output=tmp_path / f"output{number}.txt")
            try:
                watch(child, 0)
                for step in range(1, 20):
                    view = child.step(number, [])
                    assert view.values == (step * number % 256,)
            finally:
                child.close()
                with_memory.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []


def test_every_error_is_a_toolkit_error():
    for error in (ConfigError, EmulatorExited, LaunchError, ProtocolError, StateError, StepTimeout, VersionMismatch):
        assert issubclass(error, ToolkitError)
