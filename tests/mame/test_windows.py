"""MAME's windows, under Xvfb: nobody is there who could press a key."""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from toolkit.emulator import Emulator, run_cheat_debugger, see_games
from toolkit.errors import ConfigError, RomError
from toolkit.mame.binary import find_binary
from toolkit.mame.windows import open_window

DEADLINE = 60.0
REFRESH = 59.599491
TITLE = 600  # frames until bout has shown something


def colours(image):
    """The colours of a picture, as a set of numbers."""
    pixels = np.asarray(image).reshape(-1, 3).astype(np.uint32)
    return set(np.unique(pixels[:, 0] << 16 | pixels[:, 1] << 8 | pixels[:, 2]).tolist())


def wait_until(condition, what):
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"waited {DEADLINE:g} s for {what}"
        time.sleep(0.05)


def test_a_window_shows_what_the_step_returns(mame, bout_roms, display):
    # bout's checksums are not those that MAME expects: without our plugin it would wait for a key here.
    with Emulator("window", bout_roms, "sfiii3n", {}, 60, render=True, binary_path=mame) as emulator:
        for _ in range(TITLE // 60):
            frame = emulator.step()["frame"]
        assert len(colours(frame)) > 10
        shown = colours(display.picture())
        assert len(colours(frame) & shown) > 0.8 * len(colours(frame))
        assert emulator.frame_number == TITLE


def test_the_picture_in_the_window_moves(mame, display):
    with Emulator("window", [], "pong", {}, 1, render=True, binary_path=mame) as emulator:
        emulator.run(60)
        pictures = set()
        for _ in range(20):
            emulator.step()
            pictures.add(display.picture().tobytes())
    assert len(pictures) > 3


def test_it_steps_the_same_with_a_window_and_without(mame, bout_roms, display):
    frames = []
    for render in (True, False):
        with Emulator("window", bout_roms, "sfiii3n", {}, render=render, binary_path=mame) as emulator:
            frames.append(emulator.run(300)["frame"])
    assert (frames[0] == frames[1]).all()


def test_throttle_holds_the_machines_speed(mame, bout_roms, display):
    with Emulator("window", bout_roms, "sfiii3n", {}, 6, render=True, throttle=True, binary_path=mame) as emulator:
        # MAME catches up with what it missed while its window opened.
        emulator.run(60)
        start = time.monotonic()
        for _ in range(20):
            emulator.step()
        assert 0.8 < (time.monotonic() - start) / (20 * 6 / REFRESH) < 5


def test_sound_without_a_sound_card(mame, monkeypatch):
    # SDL's own driver for this; what a machine without any does is up to MAME and the libraries below it.
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    with Emulator("sound", [], "pong", {}, sound=True, binary_path=mame) as emulator:
        assert emulator.run(60)["frame"].any()


@pytest.mark.parametrize("name", [None, ":4242"])
def test_no_display_is_said_at_once(mame, bout_roms, no_display, monkeypatch, name):
    if name is not None:
        monkeypatch.setenv("DISPLAY", name)
    for attempt in (
        lambda: Emulator("window", bout_roms, "sfiii3n", {}, render=True, binary_path=mame),
        lambda: see_games(mame),
        lambda: run_cheat_debugger(bout_roms, "sfiii3n", mame),
    ):
        with pytest.raises(ConfigError, match="a window needs a display"):
            attempt()


def test_a_window_that_is_closed_returns(mame, display):
    open_window("pong", None, ["-seconds_to_run", "1"], binary_path=mame)


def test_what_keeps_a_window_from_opening(mame, tmp_path, display):
    with pytest.raises(RomError, match="NOT FOUND"):
        open_window("pacman", tmp_path, binary_path=mame)
    with pytest.raises(ConfigError, match="no machine 'nosuchgame'"):
        open_window("nosuchgame", None, binary_path=mame)
    with pytest.raises(ConfigError, match="does not exist"):
        run_cheat_debugger(tmp_path / "none", "pacman", mame)
    with pytest.raises(ConfigError, match="no MAME machine name"):
        run_cheat_debugger(tmp_path, "-debug", mame)


def in_a_process(code, display, temporary_folder):
    """Runs `code` until it shows something, then presses Ctrl-C; returns what it showed."""
    empty = colours(display.picture())
    process = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)
    try:
        wait_until(lambda: process.poll() is not None or len(colours(display.picture())) > len(empty) + 3, "a window")
        assert process.poll() is None, process.stderr.read()
        shown = display.picture()
        process.send_signal(signal.SIGINT)
        process.wait(DEADLINE)
    finally:
        process.kill()
        errors = process.communicate()[1]
    assert "KeyboardInterrupt" in errors
    assert not list(temporary_folder.glob("toolkit-*"))
    return shown


def test_see_games(mame, display, temporary_folder):
    code = f"from toolkit.emulator import see_games; see_games({str(mame)!r})"
    in_a_process(code, display, temporary_folder)


def test_the_debugger(bout_roms, display, temporary_folder):
    # Only with the MAME that is installed: another one's Qt may lie where Qt does not look for it.
    code = (
        "from toolkit.emulator import run_cheat_debugger\n"
        f"run_cheat_debugger({str(bout_roms)!r}, 'sfiii3n', {str(find_binary())!r})"
    )
    in_a_process(code, display, temporary_folder)


def test_a_human_sees_the_game_and_no_warning(mame, display, temporary_folder):
    command = [sys.executable, "-m", "toolkit", "play", "--no-sound", "--binary", str(mame)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        # The title: MAME's warnings have far fewer colours.
        wait_until(lambda: process.poll() is not None or len(colours(display.picture())) > 30, "the title")
        assert process.poll() is None, process.stderr.read()
        process.terminate()
        assert process.wait(DEADLINE) == 128 + signal.SIGTERM
    finally:
        process.kill()
        process.communicate()
    assert not list(temporary_folder.glob("toolkit-*"))
