"""Publishing from a real MAME, to real subscribers in this process and in others."""

import os
import select
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from PIL import Image

from toolkit.emulator import Address, Emulator
from toolkit.errors import ConfigError, FrameLost, Silence, ToolkitError
from toolkit.publication import Subscriber, wire

WATCHED = {
    "p1_health": Address("0x02068D0A", "s16"),
    "p2_health": Address("0x020691A2", "s16"),
    "fighting": Address("0x0200EE44", "u8"),
    "program": Address("0x02011380", "u64"),
}


@pytest.fixture
def endpoint(tmp_path):
    return f"ipc://{tmp_path}/published.sock"


@pytest.fixture
def pong(mame, tmp_path, endpoint):
    """An emulator of the machine that needs no ROMs, publishing on `endpoint`."""
    with Emulator("env0", tmp_path, "pong", {}, binary_path=mame, timeout=30, publish=endpoint) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def bout(mame, bout_roms, tmp_path_factory):
    """One for all tests, because this machine takes a while to start."""
    endpoint = f"ipc://{tmp_path_factory.mktemp('bout')}/published.sock"
    with Emulator("env0", bout_roms, "sfiii3n", WATCHED, binary_path=mame, timeout=30, publish=endpoint) as emulator:
        emulator.run(900)
        with Subscriber(endpoint) as subscriber:
            # The broker is started by the first one, and stays for all tests.
            step_until_heard(emulator, subscriber)
        yield emulator


def step_until_heard(emulator, *subscribers):
    """Returns when every subscriber has heard the newest step, which is returned, and nothing more is on its way."""
    deadline = time.monotonic() + 20
    waiting = list(subscribers)
    while waiting:
        assert time.monotonic() < deadline, "never heard"
        data = emulator.step()
        for subscriber in list(waiting):
            try:
                subscriber.receive(0.05)
                waiting.remove(subscriber)
            except Silence:
                continue
    data = emulator.step()
    for subscriber in subscribers:
        while subscriber.receive(5).frame_number != emulator.frame_number:
            pass
    return data


def test_values_and_frames_are_those_that_step_returned(bout):
    with Subscriber(bout.publish_endpoint) as subscriber:
        step_until_heard(bout, subscriber)
        for _ in range(30):
            data = bout.step()
            update = subscriber.receive()
            assert update.frame_number == bout.frame_number
            assert update.source == "memory"
            assert np.array_equal(update.frame(), data.pop("frame"))
            assert update.values == data
        assert (update.env_id, update.game_id, update.backend) == ("env0", "sfiii3n", "mame")
        assert update.refresh == pytest.approx(59.6, abs=0.2)


def test_a_frame_taken_while_mame_runs_on_is_right_or_lost(bout):
    """The emulator is stepped as fast as it goes; whatever frame a subscriber gets is the one of that step, whole."""
    returned, stop = {}, threading.Event()

    def step():
        while not stop.is_set():
            frame = bout.step()["frame"]
            returned[bout.frame_number] = frame

    got, lost = {}, 0
    with Subscriber(bout.publish_endpoint) as subscriber:
        thread = threading.Thread(target=step)
        thread.start()
        try:
            deadline = time.monotonic() + 30
            while (len(got) < 100 or lost < 20) and time.monotonic() < deadline:
                # Alternately the newest and the oldest: of the oldest, some are being overwritten just now.
                updates = subscriber.drain()
                for update in (updates[-1], *updates[-4:-2]):
                    try:
                        got[update.frame_number] = update.frame()
                    except FrameLost:
                        lost += 1
                if lost < 20 and len(got) >= 100:
                    time.sleep(0.02)
        finally:
            stop.set()
            thread.join()
    assert len(got) >= 100
    assert lost >= 20
    for number, frame in got.items():
        assert np.array_equal(frame, returned[number]), f"frame {number}"


def test_a_picture_is_lost_once_mame_comes_round_to_its_slot(pong, endpoint):
    with Subscriber(endpoint) as subscriber:
        step_until_heard(pong, subscriber)
        data = pong.step()
        update = subscriber.receive()
        for _ in range(3):
            pong.step()
        assert np.array_equal(update.frame(), data["frame"])
        pong.step()
        assert not update.intact()
        with pytest.raises(FrameLost, match="overwritten"):
            update.frame()


def test_another_host_gets_encoded_frames(pong, endpoint, monkeypatch):
    monkeypatch.setattr(wire, "boot_id", lambda: "another host")
    with Subscriber(endpoint) as subscriber:
        deadline = time.monotonic() + 20
        returned = {}
        while True:
            assert time.monotonic() < deadline
            frame = pong.step()["frame"]
            returned[pong.frame_number] = frame
            try:
                update = subscriber.receive(0.01)
            except Silence:
                continue
            if update.source == "image":
                break
        assert np.array_equal(update.frame(), returned[update.frame_number])


def test_a_step_of_no_frames_has_no_picture(pong, endpoint):
    with Subscriber(endpoint) as subscriber:
        step_until_heard(pong, subscriber)
        pong.run(0)
        assert subscriber.receive().source is None


HANG = """
import sys, time
from toolkit.publication import Subscriber
subscriber = Subscriber(sys.argv[1])
subscriber.receive(60)
print("heard", flush=True)
time.sleep(600)
"""


def test_a_subscriber_that_hangs_or_is_killed_does_not_matter(pong, endpoint):
    process = subprocess.Popen([sys.executable, "-c", HANG, endpoint], stdout=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while not select.select([process.stdout], [], [], 0)[0]:
            assert time.monotonic() < deadline
            pong.step()
        with Subscriber(endpoint) as subscriber:
            step_until_heard(pong, subscriber)
            pong.begin_step((), 3)
            publisher, view = pong._publisher, pong._finish()
            longest = 0.0
            for _ in range(10_000):  # twenty times what the queue to the hanging one holds
                begin = time.monotonic()
                publisher.step(view)
                longest = max(longest, time.monotonic() - begin)
            assert longest < 1
            process.kill()
            process.wait()
            subscriber.drain()
            step_until_heard(pong, subscriber)
    finally:
        process.kill()
        process.communicate()


def test_two_subscribers_hear_the_same(pong, endpoint):
    with Subscriber(endpoint) as one, Subscriber(endpoint) as two:
        step_until_heard(pong, one, two)
        for _ in range(20):
            data = pong.step()
            for subscriber in (one, two):
                update = subscriber.receive()
                assert update.frame_number == pong.frame_number
                assert np.array_equal(update.frame(), data["frame"])


def test_an_open_port_is_told(mame, tmp_path):
    with Emulator("env0", tmp_path, "pong", {}, binary_path=mame, publish="tcp://127.0.0.1:*") as emulator:
        assert emulator.publish_endpoint.startswith("tcp://127.0.0.1:")
        assert int(emulator.publish_endpoint.rsplit(":", 1)[1]) > 0
        with Subscriber(emulator.publish_endpoint) as subscriber:
            step_until_heard(emulator, subscriber)


def test_close_removes_the_file_and_ends_the_iteration(pong, endpoint, tmp_path):
    with Subscriber(endpoint, timeout=20) as subscriber:
        step_until_heard(pong, subscriber)
        pong.step()
        pong.close()
        pong.close()
        assert [update.frame_number for update in subscriber] == [pong.frame_number]
    assert list(tmp_path.iterdir()) == []


def test_without_publish_there_is_none(mame, tmp_path):
    with Emulator("env0", tmp_path, "pong", {}, binary_path=mame) as emulator:
        assert emulator.publish_endpoint is None


@pytest.mark.parametrize("publish", ["pong", "ipc:///nowhere/x.sock", "tcp://*:5555", 5555])
def test_a_bad_endpoint_fails_before_mame_is_started(mame, tmp_path, publish):
    begin = time.monotonic()
    with pytest.raises(ConfigError, match=r"endpoint|cannot publish|other hosts"):
        Emulator("env0", tmp_path, "pong", {}, binary_path=mame, publish=publish)
    assert time.monotonic() - begin < 1


def test_an_endpoint_that_is_taken(pong, endpoint, mame, tmp_path):
    with pytest.raises(ConfigError, match="another publisher"):
        Emulator("env1", tmp_path, "pong", {}, binary_path=mame, publish=endpoint)
    with Subscriber(endpoint) as subscriber:
        step_until_heard(pong, subscriber)


def test_an_emulator_that_fails_to_start_leaves_no_socket(mame, tmp_path, endpoint):
    with pytest.raises(ToolkitError):
        Emulator("env0", tmp_path, "sfiii3n", {}, binary_path=mame, publish=endpoint)
    assert list(tmp_path.iterdir()) == []


def test_the_watch_command(bout, tmp_path):
    """From the command line to the saved picture, while the emulator is stepped here."""
    path = tmp_path / "frame.png"
    argv = [sys.executable, "-m", "toolkit", "watch", bout.publish_endpoint, "--count", "2", "--save", str(path)]
    seen = set()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while process.poll() is None:
            assert time.monotonic() < deadline
            seen.add(bout.step()["frame"].tobytes())
        out, err = process.communicate()
    assert (process.returncode, err) == (0, "")
    lines = out.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("env0 (sfiii3n)  frame ")
    assert all(name in lines[0] for name in WATCHED)
    assert "% of real time" in lines[1]
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert np.asarray(image).tobytes() in seen
    assert os.listdir(tmp_path) == ["frame.png"]


def test_the_watch_command_where_nobody_is(tmp_path):
    argv = [sys.executable, "-m", "toolkit", "watch", f"ipc://{tmp_path}/nobody.sock", "--timeout", "0.2"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "nobody publishes on" in done.stderr
    assert "Traceback" not in done.stderr
