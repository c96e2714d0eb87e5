"""The example scripts, run as a user would."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
SCRIPTS = ("random_agent.py", "hogwild_random.py")
# Examples with what each needs to play without MAME.
CONSOLE = {"platformer.py": ["--backend", "libretro"], "airstriker.py": []}


def run(script, *arguments):
    return subprocess.run(
        [sys.executable, EXAMPLES / script, *arguments], capture_output=True, text=True, timeout=100, check=False
    )


@pytest.mark.parametrize("script", SCRIPTS)
def test_help(script):
    done = run(script, "--help")
    assert done.returncode == 0
    for option in ("--roms", "--steps", "--seconds", "--difficulty", "--frame-ratio", "--seed", "--render"):
        assert option in done.stdout


def test_help_of_self_play():
    done = run("self_play.py", "--help")
    assert done.returncode == 0
    for option in ("--p1 {random,scripted}", "--p2", "--steps", "--seconds", "--frame-ratio", "--seed", "--render"):
        assert option in done.stdout


@pytest.mark.usefixtures("mame")
@pytest.mark.parametrize(("clever", "other"), [("1", "2"), ("2", "1")])
def test_self_play_until_the_scripted_player_has_won(clever, other):
    done = run("self_play.py", f"--p{clever}", "scripted", "--steps", "320")
    assert done.returncode == 0, done.stderr
    assert "steps: 320, reward of P1: " in done.stdout
    assert f"P{clever} won: " in done.stdout
    assert f"P{other} won: " not in done.stdout


def test_a_mistake_in_self_play_is_one_line():
    done = run("self_play.py", "--frame-ratio", "0")
    assert done.returncode == 1
    assert done.stderr.startswith("ConfigError: frame_ratio")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("script", CONSOLE)
def test_help_of_the_console_games(script):
    done = run(script, "--help")
    assert done.returncode == 0
    for option in ("--steps", "--seconds", "--frame-ratio", "--seed", "Ctrl-C"):
        assert option in done.stdout


@pytest.mark.usefixtures("mame")
def test_the_platformer_plays_its_steps_in_mame():
    done = run("platformer.py", "--steps", "20")
    assert done.returncode == 0, done.stderr
    assert "steps: 20, reward: " in done.stdout
    assert "% of real time, level 1, 3 lives, x " in done.stderr


def test_the_platformer_by_its_script_wins_a_level_and_by_chance_does_not():
    done = run("platformer.py", "--backend", "libretro", "--steps", "330")
    assert done.returncode == 0, done.stderr
    assert "levels won: 1" in done.stdout
    assert "level 2, 3 lives, x " in done.stderr
    options = "--backend", "libretro", "--core", "fceumm", "--policy", "random", "--level", "3", "--steps", "330"
    done = run("platformer.py", *options)
    assert done.returncode == 0, done.stderr
    assert "level 3, " in done.stderr
    assert "levels won: 1" not in done.stdout


def test_airstriker_plays_its_steps():
    done = run("airstriker.py", "--steps", "150")
    assert done.returncode == 0, done.stderr
    assert "steps: 150, points: " in done.stdout
    assert "lives lost: " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["platformer.py", "--level", "7"], "ConfigError: level is a whole number from 1 to 6, got 7"),
        (["platformer.py", "--backend", "libretro", "--render"], "ConfigError: the backend 'libretro' has no option"),
        (["airstriker.py", "--rom", "missing.md"], "RomError: the game "),
    ],
)
def test_a_mistake_with_a_console_game_is_one_line(arguments, complaint):
    done = run(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(complaint)
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("mame")
def test_a_random_agent_plays_its_steps():
    done = run("random_agent.py", "--steps", "5", "--frame-ratio", "2")
    assert done.returncode == 0, done.stderr
    assert "steps: 5" in done.stdout
    assert "% of real time, stage 1" in done.stderr


@pytest.mark.usefixtures("mame")
def test_hogwild_workers_play_their_steps():
    done = run("hogwild_random.py", "--steps", "5", "--workers", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": done, 5 steps") == 3
    assert "together: 15 steps" in done.stdout


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_mistake_is_one_line(script):
    done = run(script, "--difficulty", "9", "--steps", "1")
    assert done.returncode == 1
    assert "ConfigError: difficulty is a whole number from 0 to 7, got 9" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("mame")
def test_a_worker_that_fails_does_not_stop_the_others():
    with subprocess.Popen(
        [sys.executable, EXAMPLES / "hogwild_random.py", "--steps", "40", "--workers", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        emulators = wait_for(lambda: psutil.Process(process.pid).children(), 2)
        emulators[0].kill()
        out, err = process.communicate(timeout=100)
    assert process.returncode == 1
    assert out.count(": failed,") == 1, out + err
    assert out.count(": done, 40 steps") == 1


@pytest.mark.usefixtures("mame")
@pytest.mark.parametrize("script", [*SCRIPTS, *CONSOLE, "self_play.py"])
def test_control_c_ends_it_cleanly(script):
    with subprocess.Popen(
        [sys.executable, EXAMPLES / script, "--seconds", "90", *CONSOLE.get(script, ())],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        emulators = wait_for(lambda: psutil.Process(process.pid).children(), 1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert "stop" in out
    assert "Traceback" not in err
    psutil.wait_procs(emulators, timeout=5)
    assert not any(emulator.is_running() for emulator in emulators)


def wait_for(read, count):
    deadline = time.monotonic() + 60
    while len(found := read()) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found
