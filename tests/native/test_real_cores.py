"""Every core of stable-retro's wheel with no game, with noise, with zeros: it runs, or a typed error comes soon."""

import contextlib
import random
import time
from pathlib import Path

import pytest
import stable_retro

from toolkit.errors import ConfigError, EmulatorExited, LaunchError, RomError
from toolkit.retro import RetroEmulator

CORES = sorted((Path(stable_retro.__file__).parent / "cores").glob("*_libretro.so"))
SIZE = 1 << 16
# These may crash a core; that must be all.
GAMES = {"noise": random.Random(1).randbytes(SIZE), "zeros": bytes(SIZE)}


@pytest.fixture(autouse=True)
def soon():
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 30


def test_there_are_some():
    assert len(CORES) >= 10


@pytest.mark.parametrize("core", CORES, ids=lambda path: path.name.partition("_libretro")[0])
def test_without_a_game(program, core):
    with pytest.raises(RomError, match="does not start without a game; it takes files of type"):
        RetroEmulator(core, None)


@pytest.mark.parametrize("game", list(GAMES))
@pytest.mark.parametrize("core", CORES, ids=lambda path: path.name.partition("_libretro")[0])
def test_with_a_game_that_is_none(program, tmp_path, core, game):
    rom = tmp_path / f"{game}.bin"
    rom.write_bytes(GAMES[game])
    # What else comes fails the test, as does what is left behind.
    with (
        contextlib.suppress(RomError, ConfigError, LaunchError, EmulatorExited),
        RetroEmulator(core, rom, audio=True, timeout=20) as emulator,
    ):
        assert emulator.run(30)["frame"].ndim == 3
        assert emulator.take_audio().shape[1] == 2
        assert isinstance(emulator.list_options(), list)
        emulator.reset()
        emulator.step()
