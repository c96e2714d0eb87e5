"""`toolkit-libretro --measure`: the frontend without a parent, for `toolkit bench`."""

import re
import subprocess

import pytest


@pytest.fixture
def measure(program, cores, rom, tmp_path):
    """Runs it with arguments before the core and the game; how it ended."""

    def measure(*arguments, core="logs"):
        argv = [program, *map(str, arguments), cores[core], rom]
        return subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)

    return measure


def frames(done):
    """What the core "logs" counted, frame by frame."""
    return [int(number) for number in re.findall(r"^.*\bframe (\d+)$", done.stderr, re.MULTILINE)]


def test_seconds_for_so_many_frames(measure):
    done = measure("--measure", 2)
    assert done.returncode == 0, done.stderr
    assert 0 < float(done.stdout) < 10
    assert frames(done) == [1, 2, 3]  # the first one is not measured


def test_more_frames_take_longer(measure):
    few, many = (float(measure("--measure", count, core="counter").stdout) for count in (10, 10_000))
    assert many > 10 * few


def test_from_a_state(measure, make, tmp_path):
    with make("logs") as emulator:
        emulator.run(2)
        (tmp_path / "state").write_bytes(emulator.save_core_state())
    done = measure("--measure", 2, "--state", "state")
    assert done.returncode == 0, done.stderr
    assert frames(done) == [1, 3, 4]


def test_a_state_that_is_not_there(measure):
    done = measure("--measure", 2, "--state", "none")
    assert (done.returncode, done.stdout) == (4, "")
    assert "none" in done.stderr


def test_a_game_that_is_refused(measure):
    done = measure("--measure", 2, core="refuse")
    assert (done.returncode, done.stdout) == (4, "")
    assert "Tiny refuses the game" in done.stderr


@pytest.mark.parametrize("count", ["0", "-", "1x", "99999999999"])
def test_wrong_numbers(measure, count):
    done = measure("--measure", count)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--measure takes a number of frames" in done.stderr
