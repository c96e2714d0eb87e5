import argparse
import io
import signal
import subprocess
import sys
import threading
import time

import pytest
from PIL import Image

from tests.unit.publication.writer import Writer, gray
from toolkit.cli import watch
from toolkit.errors import ConfigError, FrameLost, Silence
from toolkit.publication import Update
from toolkit.publication.update import Picture


def parse(*words):
    parser = argparse.ArgumentParser()
    watch.add_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def update(**fields):
    plain = {
        "endpoint": "ipc://x",
        "env_id": "env0",
        "game_id": "pong",
        "backend": "fake",
        "frame_number": 0,
        "sequence": 2,
        "time": 1000.0,
        "values": {},
        "shape": None,
        "frame_ratio": 3,
        "refresh": 60.0,
    }
    picture = Picture(mapping=None, slot=0, encoded=None, missing="")
    return Update(**{**plain, **fields}, _picture=picture)


@pytest.fixture
def stepping(tmp_path):
    """A publisher that is stepped about 200 times a second, by a thread of its own."""
    with Writer(f"ipc://{tmp_path}/watched.sock", ("health",)) as writer:
        stop = threading.Event()

        def step():
            while not stop.wait(0.005):
                writer.step(values=(160,), pixels=gray(50, 224, 384)[:32, :64])

        thread = threading.Thread(target=step)
        thread.start()
        try:
            yield writer
        finally:
            stop.set()
            thread.join()


def test_the_speed_is_that_of_the_frames():
    meter = watch.Meter()
    for number in range(11):
        meter.add(update(frame_number=3 * number, sequence=2 * number + 2, time=1000 + number / 10))
    assert meter.speed() == "30.0 frames/s  10.0 steps/s  50 % of real time"


def test_missed_steps_count_and_loaded_states_do_not():
    meter = watch.Meter()
    meter.add(update(frame_number=1000, sequence=2, time=1000.0))
    meter.add(update(frame_number=1030, sequence=22, time=1000.5))
    meter.add(update(frame_number=5, sequence=24, time=1001.0))
    assert meter.speed().startswith("30.0 frames/s  11.0 steps/s")


def test_another_publisher_starts_from_nothing():
    meter = watch.Meter()
    meter.add(update(frame_number=1000, sequence=200, time=1000.0))
    meter.add(update(frame_number=3, sequence=2, time=1001.0))
    assert meter.speed() == "one step so far"


def test_names_cannot_move_the_cursor():
    meter = watch.Meter()
    meter.add(update(env_id="a\x1b[2Jb", values={"x\ny": 1}))
    assert all(line.isprintable() for line in meter.lines())


def test_a_terminal_is_redrawn_in_place(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LINES", "6")
    stream = io.StringIO()
    stream.isatty = lambda: True
    screen = watch.Screen(stream)
    screen.show([["h" * 100, "v=1"]])
    screen.show([[str(number) for number in range(20)]])
    first, second = stream.getvalue().split("\x1b[J")[:2]
    assert all(len(line) <= 40 + len("\x1b[K") for line in first.split("\n"))
    assert second.startswith("\r\x1b[2A")
    assert second.count("\n") == 5


def test_a_watch_without_an_emulator_is_an_error(tmp_path):
    with pytest.raises(Silence, match="nobody publishes"):
        watch.run(parse(f"ipc://{tmp_path}/nobody.sock", "--timeout", "0.1"))


def test_bad_arguments(tmp_path):
    one, two = f"ipc://{tmp_path}/1", f"ipc://{tmp_path}/2"
    with pytest.raises(ConfigError, match="one endpoint"):
        watch.run(parse(one, two, "--save", tmp_path / "x.png"))
    with pytest.raises(ConfigError, match="no folder"):
        watch.run(parse(one, "--save", tmp_path / "not" / "there.png"))
    with pytest.raises(ConfigError, match="no endpoint"):
        watch.run(parse("pong"))
    for words in (("--count", "0"), ("--timeout", "-1"), ("--every", "nan"), ("--timeout", "soon")):
        with pytest.raises(SystemExit):
            parse(one, *words)


def test_a_picture_that_is_a_folder_is_an_error(stepping, tmp_path):
    with pytest.raises(ConfigError, match="cannot save"):
        watch.run(parse(stepping.endpoint, "--once", "--save", tmp_path))
    assert not list(tmp_path.parent.glob(".watch-*"))


def test_once_with_a_picture(stepping, tmp_path, capsys):
    path = tmp_path / "frame.png"
    assert watch.run(parse(stepping.endpoint, "--once", "--save", path)) == 0
    with Image.open(path) as image:
        assert (image.format, image.size, image.getpixel((0, 0))) == ("PNG", (64, 32), (50, 50, 50))
    line = capsys.readouterr().out
    assert line.startswith("env0 (pong)  frame ")
    assert "% of real time" in line
    assert line.endswith("health=160\n")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["frame.png", "watched.sock"]


def test_no_picture_where_there_is_none(tmp_path):
    with Writer(f"ipc://{tmp_path}/watched.sock") as writer:
        stop = threading.Event()
        thread = threading.Thread(target=lambda: [writer.step() for _ in iter(lambda: stop.wait(0.005), True)])
        thread.start()
        try:
            with pytest.raises(FrameLost, match="nothing was drawn"):
                watch.run(parse(writer.endpoint, "--once", "--timeout", "1", "--save", tmp_path / "x.png"))
        finally:
            stop.set()
            thread.join()


def test_ctrl_c_is_a_quiet_end(stepping):
    code = "import sys; from toolkit.cli import main; sys.exit(main(['watch', sys.argv[1]]))"
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", code, stepping.endpoint], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline().startswith("env0 (pong)")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_it_ends_when_the_emulator_is_gone(tmp_path, capsys):
    writer = Writer(f"ipc://{tmp_path}/watched.sock")

    def step_a_while():
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            writer.step()
            time.sleep(0.01)
        writer.close()

    thread = threading.Thread(target=step_a_while)
    thread.start()
    try:
        assert watch.run(parse(writer.endpoint, "--timeout", "2.5")) == 0
    finally:
        thread.join()
    assert "gone" in capsys.readouterr().err
