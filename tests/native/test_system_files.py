"""Where cores find their BIOS files: in the folder that the user names, and nowhere else."""

import contextlib
import pickle

import pytest

import toolkit.retro as retro
from tests.native.tiny_game import GAME, make_game
from toolkit.cli import main
from toolkit.errors import ConfigError
from toolkit.gym import LaneEnv
from toolkit.gym.retro_lane import make_retro
from toolkit.retro.movie import read_movie
from toolkit.retro.replay import Player

BIOS = b"a BIOS of our own, 32 bytes long"
FOUND, WROTE, SAVED_BEFORE, TOGETHER = 48, 49, 50, 51


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "a folder=with BIOS; files"
    path.mkdir()
    (path / "bios.bin").write_bytes(BIOS)
    return path


@pytest.fixture
def game(cores, tmp_path, monkeypatch):
    """An integration, and the options to run it on the core that looks for a BIOS."""
    make_game(tmp_path, monkeypatch)
    return {"core": str(cores["system_files"]), "state": retro.State.NONE}


def memory(emulator):
    return emulator.read_memory(0, 256, device=":ram", space="raw").tobytes()


def found(ram):
    return bytes(ram[16 : 16 + ram[FOUND]])


def test_none_is_found_by_chance(make, folder, monkeypatch):
    # Neither where we are, nor at home, nor beside the game.
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    rom = folder / "game.bin"
    rom.write_bytes(b"a game")
    ram = memory(make("system_files", rom=rom))
    assert found(ram) == b""
    assert (ram[WROTE], ram[SAVED_BEFORE], ram[TOGETHER]) == (1, 0, 1)
    assert sorted(path.name for path in folder.iterdir()) == ["bios.bin", "game.bin"]


def test_in_the_folder_that_is_named(make, folder):
    emulator = make("system_files", system=folder)
    ram = memory(emulator)
    assert found(ram) == BIOS
    assert (ram[WROTE], ram[SAVED_BEFORE], ram[TOGETHER]) == (1, 0, 0)
    # Switched off and on it is still there, and so is what was saved.
    emulator.reset()
    ram = memory(emulator)
    assert found(ram) == BIOS
    assert (ram[SAVED_BEFORE], ram[TOGETHER]) == (1, 0)
    assert [path.name for path in folder.iterdir()] == ["bios.bin"]


def test_a_relative_path_is_one_from_here(make, folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    assert found(memory(make("system_files", system=folder.name))) == BIOS


def test_the_environment_names_one(make, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("TOOLKIT_SYSTEM", str(folder))
    assert found(memory(make("system_files"))) == BIOS
    other = tmp_path / "other"
    other.mkdir()
    assert found(memory(make("system_files", system=other))) == b""
    monkeypatch.setenv("TOOLKIT_SYSTEM", "")
    assert found(memory(make("system_files"))) == b""
    monkeypatch.setenv("TOOLKIT_SYSTEM", str(tmp_path / "missing"))
    with pytest.raises(ConfigError, match=r"\$TOOLKIT_SYSTEM: '.*missing' does not exist; it should be"):
        make("system_files")


@pytest.mark.parametrize(
    ("system", "complaint"),
    [
        ("missing", "system='.*missing' does not exist"),
        ("game.bin", "system='.*game.bin' is no folder"),
        ("", "system is the path of the folder"),
        ("a\0b", "system is the path of the folder"),
        (b"folder", "system is the path of the folder"),
        (7, "system is the path of the folder"),
    ],
)
def test_folders_that_there_are_not(make, tmp_path, monkeypatch, system, complaint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "game.bin").write_bytes(b"a game")
    with pytest.raises(ConfigError, match=complaint):
        make("system_files", system=system)


def test_a_state_is_one_of_the_machine_wherever_its_bios_lay(make, folder):
    with_it, without = make("system_files", system=folder), make("system_files")
    with_it.run(3)
    without.load_state(with_it.save_state())
    assert found(memory(without)) == BIOS


def test_environments(game, folder, tmp_path):
    with retro.make(GAME, **game) as env:
        assert found(env.get_ram()) == b""
    with retro.make(GAME, **game, system=folder, record=tmp_path) as env:
        assert found(env.get_ram()) == BIOS
        env.reset()
        env.step(env.action_space.sample())
        with pickle.loads(pickle.dumps(env)) as copy:
            assert found(copy.get_ram()) == BIOS
    movie = read_movie(next(tmp_path.glob("*.bk2")))
    for system, expected in ((folder, BIOS), (None, b"")):
        with Player(movie, core=game["core"], system=system) as player:
            player._machine.run([0])
            assert found(player._machine.ram) == expected
    with pytest.raises(ConfigError, match="does not exist"):
        retro.make(GAME, **game, system=tmp_path / "missing")


@pytest.mark.parametrize("command", ["replay", "render"])
def test_commands_for_movies(game, folder, tmp_path, command, capsys):
    with retro.make(GAME, **game, system=folder, record=tmp_path) as env:
        env.reset()
        env.step(env.action_space.sample())
    movie = str(next(tmp_path.glob("*.bk2")))
    film = ["-o", str(tmp_path / "film.gif")] if command == "render" else []
    words = [command, movie, "--core", game["core"], *film]
    assert main([*words, "--system", str(folder)]) == 0
    assert main([*words, "--system", str(tmp_path / "missing")]) == 1
    assert "missing' does not exist" in capsys.readouterr().err


def test_lanes(game, folder, tmp_path):
    with contextlib.closing(LaneEnv(make_retro(GAME, **game, system=folder))) as env:
        assert found(memory(env.lane.emulator)) == BIOS
        env.lane.restart()
        assert found(memory(env.lane.emulator)) == BIOS
    with contextlib.closing(LaneEnv(make_retro(GAME, **game))) as env:
        assert found(memory(env.lane.emulator)) == b""
    with pytest.raises(ConfigError, match="does not exist"):
        LaneEnv(make_retro(GAME, **game, system=tmp_path / "missing"))
