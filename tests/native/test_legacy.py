"""Programs that were written for stable-retro: replaying, sound, cheats, the emulator by itself."""

import json
import subprocess
import sys
import zipfile
import zlib

import numpy as np
import pytest

import toolkit.retro as retro
from toolkit.errors import ConfigError, RomError, StateError, UnknownSystem
from toolkit.retro.legacy import LegacyEmulator
from toolkit.retro.libretro_machine import start_machine
from toolkit.retro.memory import Memory
from toolkit.retro.movie import checksum, read_movie
from toolkit.retro.systems import SYSTEMS

GAME = "Airstriker-Genesis-v0"
STEPS = 40
# What stable-retro plays and hears of an episode, from what it is told to press.
SOUND = """
import json, sys, zlib, stable_retro
env = stable_retro.make("Airstriker-Genesis-v0", render_mode=None, use_restricted_actions=stable_retro.Actions.ALL)
env.reset()
heard = []
for pressed in json.load(sys.stdin):
    env.step(pressed)
    heard.append([list(env.em.get_audio().shape), zlib.crc32(env.em.get_audio().tobytes())])
print(json.dumps([env.em.get_audio_rate(), str(env.em.get_audio().dtype), heard]))
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """An episode: its file, and the checksums of what was seen."""
    folder = tmp_path_factory.mktemp("movies")
    with retro.make(GAME, record=folder) as env:
        env.action_space.seed(1)
        seen = [checksum(env.reset()[0])]
        seen += [checksum(env.step(env.action_space.sample())[0]) for _ in range(STEPS)]
    return folder / f"{GAME}-Level1-000000.bk2", seen


@pytest.fixture(scope="module")
def env():
    with retro.make(GAME, use_restricted_actions=retro.Actions.ALL) as env:
        yield env


def test_a_movie_is_replayed(recorded):
    path, seen = recorded
    movie = retro.Movie(str(path))
    assert movie.step()
    env = retro.make(movie.get_game(), None, use_restricted_actions=retro.Actions.ALL, players=movie.players)
    with env:
        env.initial_state = movie.get_state()
        again = [checksum(env.reset()[0])]
        while movie.step():
            keys = [movie.get_key(key, player) for player in range(movie.players) for key in range(env.num_buttons)]
            again.append(checksum(env.step(keys)[0]))
    assert again == seen


def test_a_movie_is_written(env, tmp_path):
    path = tmp_path / "written.bk2"
    movie = retro.Movie(path, True, 2)
    with pytest.raises(StateError, match="configure"):
        movie.step()
    movie.configure(GAME, env.em)
    movie.set_state(b"a state")
    for pressed in ((0, 5), (3, 0)):
        for player, key in enumerate(pressed):
            movie.set_key(key, True, player)
        movie.set_key(11, True, 1)
        movie.set_key(11, False, 1)
        assert movie.step()
    assert not path.exists()
    movie.close()
    movie.close()
    read = read_movie(path)
    assert (read.game, read.system.name, read.state) == (GAME, "Genesis", b"a state")
    assert (list(read.inputs), list(read.checksums)) == ([(1, 32), (8, 1)], [])
    again = retro.Movie(path)
    assert (again.players, again.get_game(), again.get_state()) == (2, GAME, b"a state")
    assert [again.step(), again.get_key(0), again.get_key(5, 1), again.get_key(5)] == [True, True, True, False]
    assert [again.step(), again.step()] == [True, False]
    with pytest.raises(ConfigError, match="2 player"):
        again.get_key(0, 2)
    for key in (-1, 16, 0.5, None):
        with pytest.raises(ConfigError, match="the button is a whole number from 0 to 15"):
            again.get_key(key)
        with pytest.raises(ConfigError, match="the button is a whole number from 0 to 15"):
            again.set_key(key, True)
    assert [again.get_key(np.int64(3)), again.get_key(np.int64(2))] == [True, False]


def test_a_movie_that_nobody_closes_is_there(env, tmp_path):
    movie = retro.Movie(tmp_path / "left.bk2", record=True)
    movie.configure(GAME, env.em)
    movie.step()
    del movie
    assert len(read_movie(tmp_path / "left.bk2").inputs) == 1
    with zipfile.ZipFile(tmp_path / "left.bk2") as archive:
        assert "Core.bin" not in archive.namelist()


@pytest.mark.parametrize("players", [0, 9, 1.5, True])
def test_movies_that_cannot_be(tmp_path, players):
    with pytest.raises(ConfigError, match="players"):
        retro.Movie(tmp_path / "no.bk2", True, players)
    with pytest.raises(ConfigError, match=r"no\.bk2"):
        retro.Movie(tmp_path / "no.bk2")


def test_the_sound_is_stable_retros(env):
    env.action_space.seed(3)
    actions = [env.action_space.sample().tolist() for _ in range(STEPS)]
    done = subprocess.run(
        [sys.executable, "-c", SOUND],
        input=json.dumps(actions),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rate, dtype, theirs = json.loads(done.stdout.splitlines()[-1])
    env.reset()
    ours = []
    for pressed in actions:
        env.step(pressed)
        heard = env.em.get_audio()
        assert np.array_equal(heard, env.em.get_audio())  # it is still there
        ours.append([list(heard.shape), zlib.crc32(heard.tobytes())])
    assert (env.em.get_audio_rate(), str(heard.dtype)) == (rate, dtype)
    assert ours == theirs


def test_the_sound_of_the_last_frame(make):
    emulator = make("audio", audio="frame")
    assert emulator.take_audio().shape == (0, 2)
    emulator.run(5)
    for _ in range(2):
        assert np.array_equal(emulator.take_audio()[:, 0], np.arange(3200, 4000))
    emulator.reset()
    emulator.step()
    assert np.array_equal(emulator.take_audio()[:, 1], -np.arange(800))


def test_cheats(cores, program, rom):
    machine = start_machine(SYSTEMS["Nes"], rom, "tiny", 1, cores["cheats"], None, 30)
    with LegacyEmulator(machine, Memory(machine.blocks, ("=", "=", 1), machine.write), 1) as emulator:

        def noted():
            emulator.step()
            return machine.ram[16:].tobytes().split(b"\0")[0]

        emulator.add_cheat("SXIOPO")
        emulator.add_cheat("00FF:01")
        assert noted() == b"reset;0 1 SXIOPO;1 1 00FF:01;"
        emulator.clear_cheats()
        assert noted() == b"reset;"
        emulator.add_cheat("AAA")
        assert noted() == b"reset;0 1 AAA;"
        with pytest.raises(ConfigError, match="Game Genie"):
            emulator.add_cheat(5)
        assert noted() == b"reset;0 1 AAA;"


def test_the_emulator_by_itself(env, tmp_path):
    emulator = retro.RetroEmulator(str(env.rom_path))
    with emulator:
        assert isinstance(emulator, retro.RetroEmulator)
        assert emulator.get_screen().shape == (224, 320, 3)
        assert emulator.get_resolution() == (320, 224)
        data = retro.data.GameData(GAME)
        assert data.vars["score"] == {"address": 16712262, "type": ">u4"} or "score" in data.vars
        assert data.lookup_all() == {}
        emulator.configure_data(data)
        assert emulator.set_state(env.initial_state)
        emulator.step()
        data.update_ram()
        env.reset()
        assert data.lookup_all() == {name: env.data[name] for name in data.lookup_all()}
        assert data["lives"] == 3
        assert data.valid_actions() == env.button_combos
        other = retro.data.GameData()
        assert other.save(tmp_path / "data.json")
        assert data.save(tmp_path / "data.json", tmp_path / "scenario.json")
        other.load(str(tmp_path / "data.json"), scen=str(tmp_path / "scenario.json"))
        emulator.configure_data(other)
        assert (other.list_variables(), other.lookup_all()) == (data.list_variables(), data.lookup_all())
        assert (other.done, other.combinations.groups) == (data.done, data.combinations.groups)
        emulator.set_button_mask(np.ones(12, np.uint8), 7)
        for mask in (np.zeros(17, np.uint8), np.zeros((2, 12), np.uint8), 5, None):
            with pytest.raises(ConfigError, match="a mask has one number per button"):
                emulator.set_button_mask(mask)
        with pytest.raises(StateError, match="8 player"):
            emulator.set_button_mask([0] * 12, 8)
    emulator.close()
    with pytest.raises(StateError):
        emulator.step()


def test_the_emulator_of_a_game_in_an_archive(env, tmp_path):
    """FBNeo, whose games are archives, would show a picture that says that it knows none of that name."""
    path = tmp_path / "game.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(env.rom_path, "folder/Game.MD")
        archive.writestr("readme.txt", "A game.")
    with retro.RetroEmulator(path) as emulator:
        assert emulator.machine.system.name == "Genesis"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(RomError, match="damaged"):
        retro.RetroEmulator(path)


def test_a_set_for_an_arcade_board_is_no_consoles_game(tmp_path, monkeypatch):
    started = []

    def start(system, *_):
        started.append(system.name)
        raise RomError("not started")

    monkeypatch.setattr("toolkit.retro.libretro_machine.start_machine", start)
    for members in (["a.u1", "a.u2"], ["a.bin", "a.key"], ["1.ic1"]):
        path = tmp_path / "board.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in members:
                archive.writestr(name, bytes(1000))
        with pytest.raises(RomError, match="not started"):
            retro.RetroEmulator(path)
    assert started == ["FBNeo"] * 3


def test_no_emulator(tmp_path):
    (tmp_path / "game.xyz").write_bytes(b"nothing")
    with pytest.raises(ConfigError, match="xyz"):
        retro.RetroEmulator(tmp_path / "game.xyz")
    with pytest.raises(RomError, match="does not exist"):
        retro.RetroEmulator(tmp_path / "game.md")


def test_what_is_known_of_consoles():
    assert retro.get_romfile_system("anywhere/rom.md") == "Genesis"
    assert retro.get_core_path("Genesis").endswith("genesis_plus_gx_libretro.so")
    assert retro.data.EMU_EXTENSIONS[".sfc"] == "Snes"
    for call in (retro.get_core_path, retro.get_system_info):
        with pytest.raises(UnknownSystem, match="no console is called 'Gnesis'"):
            call("Gnesis")
    with pytest.raises(KeyError):
        retro.get_system_info("Gnesis")
