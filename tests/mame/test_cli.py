"""The `toolkit` command with real MAME."""

import signal
import subprocess
import sys

import pytest
from PIL import Image

TIMEOUT = 100.0


def toolkit(*arguments, **options):
    command = [sys.executable, "-m", "toolkit", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False, **options)


def fails(*arguments):
    """Runs it, checks that it fails with one message and no traceback, and returns the message."""
    done = toolkit(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("toolkit: ")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_list_games(mame):
    done = toolkit("list-games", "3rd", "strike", "--binary", mame)
    assert (done.returncode, done.stderr) == (0, "")
    assert any(line.split()[0] == "sfiii3n" for line in done.stdout.splitlines())
    assert toolkit("list-games", "no machine is called like this", "--binary", mame).returncode == 1


def test_list_games_into_a_pipe_that_closes(mame):
    command = f"{sys.executable} -m toolkit list-games --binary {mame} | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=TIMEOUT, check=True)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")


def test_list_actions(mame):
    done = toolkit("list-actions", "--binary", mame)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert rows[0][0] == "PORT"
    assert any(port == ":INPUTS" and rest.startswith("P1 Left ") for port, rest in rows)
    lines = toolkit("list-actions", "pong", "--python", "--binary", mame).stdout.splitlines()
    assert "Action(':PADDLE0', 'Paddle', 0)  # analog, 0 to 255" in lines
    assert "Action(':IN0', 'Game Won', 0)  # dipswitch: 0 11, 6 15" in lines
    assert "Action(':IN0', 'Coin 1')" in lines


def test_what_there_is_not(mame, tmp_path):
    assert "nosuchgame" in fails("list-actions", "nosuchgame", "--binary", mame)
    assert "does not exist" in fails("list-actions", "pacman", "--roms", tmp_path / "none", "--binary", mame)
    assert "NOT FOUND" in fails("list-actions", "pacman", "--roms", tmp_path, "--binary", mame)
    assert "no program" in fails("list-games", "--binary", tmp_path / "mame")


def test_play_without_a_display(no_display, mame):
    assert "needs a display" in fails("play", "--binary", mame)


def test_doctor(mame, tmp_path):
    done = toolkit("doctor", "--binary", mame)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "PROBLEM" not in done.stdout
    assert "Lua 5." in done.stdout
    done = toolkit("doctor", "--binary", mame, "--roms", tmp_path)
    assert done.returncode == 1
    assert "ROMs of sfiii3n  not found" in done.stdout
    done = toolkit("doctor", "--binary", tmp_path / "mame", "--game", "pong")
    assert done.returncode == 1
    assert "MAME             cannot be run" in done.stdout


def test_demo(mame, tmp_path):
    output = tmp_path / "a b"
    done = toolkit("demo", "--seconds", 3, "--seed", 1, "--output", output, "--binary", mame)
    assert done.returncode == 0, done.stderr
    for name in ("fight.gif", "fight.png"):
        assert str(output / name) in done.stdout
        with Image.open(output / name) as image:
            assert len(image.convert("RGB").getcolors(100_000)) > 20
    with Image.open(output / "fight.gif") as film:
        assert film.n_frames > 50
    assert (output / "fight.gif").stat().st_size < 3_000_000
    assert "% of real time" in done.stderr


def test_demo_without_a_place_to_write(mame, tmp_path):
    (tmp_path / "file").touch()
    assert "--output" in fails("demo", "--output", tmp_path / "file", "--binary", mame)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demo_that_is_interrupted_leaves_nothing(mame, tmp_path, temporary_folder, number, status):
    command = [sys.executable, "-m", "toolkit", "demo", "--output", str(tmp_path), "--binary", str(mame)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        process.stderr.readline()  # the first line of progress
        process.send_signal(number)
        _, errors = process.communicate(timeout=TIMEOUT)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == status
    assert "Traceback" not in errors
    assert not list(temporary_folder.glob("toolkit-*"))
