"""Ctrl-C at any line of a constructor, which leaves nothing, and of close(), after which another one does the rest.

Every INTERVAL-th line is tried; TOOLKIT_EVERY_LINE=1 tries all.
"""

import gc
import os
import signal
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

import toolkit.retro as retro
from tests.interrupts import interrupted, lines_of
from tests.native.tiny_game import GAME, make_game
from toolkit.gym.env import LaneEnv
from toolkit.gym.retro_lane import make_retro
from toolkit.link.folder import ABANDONED, PREFIX, PrivateFolder
from toolkit.link.handle import start
from toolkit.retro import RetroEmulator
from toolkit.retro.film import write_film
from toolkit.vector import make_vec

# Between open() and the `with` that closes the file, Python closes it, and says so; so it does within a `__del__`.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
INTERVAL = 1 if os.environ.get("TOOLKIT_EVERY_LINE") else 37


@pytest.fixture
def makers(tmp_path, monkeypatch, cores, program, rom):
    """What has emulators, by name."""
    make_game(tmp_path, monkeypatch)
    core = str(cores["counter"])
    options = {"core": core, "state": retro.State.NONE, "timeout": 30.0}
    socket = f"ipc://{tmp_path}/socket"
    return {
        "emulator": lambda: RetroEmulator(core, rom, publish=socket, timeout=30.0),
        "vector": lambda: make_vec(GAME, 2, **options),
        "gym": lambda: LaneEnv(make_retro(GAME, **options)),
        "retro": lambda: retro.make(GAME, record=str(tmp_path), **options),
    }


def things():
    """What an emulator takes: descriptors, children and temporary folders."""
    descriptors = []
    for number in os.listdir("/proc/self/fd"):
        try:
            descriptors.append((number, os.readlink(f"/proc/self/fd/{number}")))
        except OSError:
            continue  # that of this very listing
    children = [child.pid for child in psutil.Process().children(recursive=True)]
    return sorted(descriptors), children, sorted(Path(tempfile.gettempdir()).glob(PREFIX + "*"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("face", ["emulator", "vector", "gym", "retro"])
def test_a_constructor_is_interrupted(makers, face, tmp_path):
    make = makers[face]
    make().close()
    before = things()
    for number in range(1, lines_of(lambda: make().close()) + 1, INTERVAL):
        where = interrupted(number, lambda: make().close())
        gc.collect()
        assert things() == before, where
        assert not (tmp_path / "socket").exists(), where


@pytest.mark.timeout(300)
@pytest.mark.parametrize("face", ["emulator", "vector", "gym", "retro"])
def test_a_second_close_finishes_what_was_interrupted(makers, face, tmp_path):
    before = things()
    kept, lines, number = [], 1, 1
    while number <= lines:
        env = makers[face]()
        kept.append(env)  # so that nothing is done by the garbage collector
        if face == "retro":
            env.reset()
            env.step(np.zeros(env.num_buttons, np.int8))
        if number == 1:
            lines = lines_of(env.close)
        else:
            where = interrupted(number, env.close)
            env.close()
            assert things() == before, where
            assert not (tmp_path / "socket").exists(), where
        number += INTERVAL if number > 1 else 1
    if face == "retro":
        assert len(list(tmp_path.glob("*.bk2"))) == len(kept)


@pytest.mark.timeout(300)
def test_a_film_is_interrupted(tmp_path):
    """No ffmpeg is left, and no part of a file."""
    pictures = [np.zeros((32, 32, 3), np.uint8)] * 2
    before = things()

    def write():
        write_film(tmp_path / "film.mp4", pictures, 10.0)

    for number in range(1, lines_of(write) + 1, 11):
        where = interrupted(number, write)
        assert things() == before, where
        assert {path.name for path in tmp_path.iterdir()} <= {"film.mp4"}, where


def test_ctrl_c_while_a_process_is_started():
    """A signal, not an exception at a line: it comes while the system starts the child, whose number would be lost."""
    parent, before = os.getpid(), things()

    def interrupt_parent():
        os.kill(parent, signal.SIGINT)

    for _ in range(20):
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012
            # The child sends it as soon as it exists.
            start(["sleep", "60"], preexec_fn=interrupt_parent)
            while True:
                time.sleep(0.001)
        gc.collect()
        assert things() == before
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# --- folders whose owner was killed -----------------------------------------------------------------------------------


@pytest.fixture
def late(monkeypatch):
    """The time at which everything that is made now is abandoned."""
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + ABANDONED + 1)


def left(name="abandoned"):
    folder = Path(tempfile.gettempdir(), PREFIX + name)
    folder.mkdir()
    (folder / "file").write_text("")
    return folder


def test_a_folder_that_was_just_made_stays():
    folder = left()
    PrivateFolder().close()
    assert folder.is_dir()
    (folder / "file").unlink()
    folder.rmdir()


def test_an_old_folder_without_a_lock_goes(late):
    folder = left()
    with_owner = PrivateFolder()
    PrivateFolder().close()
    assert not folder.exists()
    assert (with_owner.path / "lock").exists()
    with_owner.close()


def test_only_folders_of_ours_go(late, tmp_path, monkeypatch):
    target = tmp_path / "elsewhere"
    target.mkdir()
    (target / "file").write_text("")
    link = Path(tempfile.gettempdir(), PREFIX + "link")
    link.symlink_to(target)
    folder = left("strange")
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    PrivateFolder().close()
    assert folder.is_dir()
    assert (target / "file").exists()
    link.unlink()
    (folder / "file").unlink()
    folder.rmdir()
