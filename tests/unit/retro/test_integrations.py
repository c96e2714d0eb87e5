import gzip
import subprocess
import sys

import pytest

from toolkit.errors import ConfigError, RomError, StateError
from toolkit.retro import State, data
from toolkit.retro.integrations import Integrations, stable_retro_data
from toolkit.retro.memory import load_variables
from toolkit.retro.scenario import load_scenario
from toolkit.retro.states import choose_state, find_state, read_state
from toolkit.retro.systems import system_of_game, system_of_rom

ALL = Integrations.ALL


@pytest.fixture(autouse=True)
def no_memory_of_others(monkeypatch):
    monkeypatch.setattr("toolkit.retro.integrations._custom", [])
    monkeypatch.setattr("toolkit.retro.integrations._defaults", [Integrations.STABLE])


def test_what_there_is(collection):
    folder = collection(states=["Two", "One", "_hidden"])
    collection("Other-Genesis-v0")
    assert {"Other-Genesis-v0", "Tiny-Nes-v0"} <= set(data.list_games())
    assert data.list_states("Tiny-Nes-v0") == ["One", "Two"]
    assert data.list_scenarios("Tiny-Nes-v0") == ["scenario"]
    assert data.get_file_path("Tiny-Nes-v0", "data.json") == str(folder / "data.json")
    assert data.get_file_path("Tiny-Nes-v0", "nothing.json") is None
    assert data.get_romfile_path("Tiny-Nes-v0") == str(folder / "rom.nes")
    with pytest.raises(ConfigError, match="list_games"):
        data.list_states("Nothing-Nes-v0")


def test_folders_complete_each_other(collection, tmp_path):
    folder = collection()
    # The user's own folder comes after the named ones, and may hold nothing but a file.
    mine = tmp_path / "home" / "coinop-toolkit" / "integrations" / "Tiny-Nes-v0"
    mine.mkdir(parents=True)
    (mine / "extra.json").write_text('{"done": {}}')
    (mine / "data.json").write_text("{}")
    assert data.get_file_path("Tiny-Nes-v0", "extra.json") == str(mine / "extra.json")
    assert data.get_file_path("Tiny-Nes-v0", "data.json") == str(folder / "data.json")
    assert data.list_scenarios("Tiny-Nes-v0") == ["extra", "scenario"]


def test_custom_folders(collection, tmp_path):
    collection()
    custom = tmp_path / "custom"
    (custom / "Third-Nes-v0").mkdir(parents=True)
    (custom / "Third-Nes-v0" / "rom.sha").write_text("0")
    data.Integrations.add_custom_path(custom)
    assert "Third-Nes-v0" not in data.list_games()
    assert "Third-Nes-v0" in data.list_games(Integrations.CUSTOM)
    data.add_integrations(Integrations.CUSTOM_ONLY)
    assert "Third-Nes-v0" in data.list_games()
    Integrations.clear_custom_paths()
    assert "Third-Nes-v0" not in data.list_games()
    with pytest.raises(ConfigError, match="does not exist"):
        data.add_custom_integration(tmp_path / "missing")


@pytest.mark.parametrize("name", ["../data", "a/b", "", "..", "/etc/passwd", "a\0b"])
def test_names_that_lead_elsewhere(collection, name):
    with pytest.raises(ConfigError, match="without a folder"):
        data.get_romfile_path(name)
    with pytest.raises(ConfigError, match="without a folder"):
        data.get_file_path("", name)
    with pytest.raises(ConfigError, match="without a folder"):
        data.get_file_path("Tiny-Nes-v0", name)


def test_a_missing_rom_says_what_to_do(collection):
    collection(rom=None)
    with pytest.raises(RomError, match="import-roms"):
        data.get_romfile_path("Tiny-Nes-v0")
    with pytest.raises(ConfigError, match="no integration is called"):
        data.get_romfile_path("Nothing-Nes-v0")


def test_stable_retro_is_found_without_importing_it():
    code = "import sys, toolkit.retro; print(toolkit.retro.data.path(), 'stable_retro' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.split() == [str(stable_retro_data()), "False"]
    assert (stable_retro_data() / "stable").is_dir()


def test_every_integration_of_stable_retro_loads():
    games = data.list_games(ALL)
    refusals = []
    for game in games:
        system = system_of_game(game)
        assert system, game
        variables = load_variables(data.get_file_path(game, "data.json", ALL))
        for name in data.list_scenarios(game, ALL):
            try:
                load_scenario(data.get_file_path(game, f"{name}.json", ALL), variables, system.buttons)
            except ConfigError as error:
                refusals.append(str(error))
        choose_state(game, State.DEFAULT, 1, ALL)
    assert len(games) > 1000
    assert 40 < len(refusals) < 70
    assert all("Lua" in text for text in refusals)


@pytest.mark.parametrize(
    ("game", "system"),
    [
        ("Airstriker-Genesis-v0", "Genesis"),
        ("SuperMarioBros-Nes", "Nes"),
        ("A-B-Snes-v12", "Snes"),
        ("KOF-Arcade-v0", "FBNeo"),
    ],
)
def test_the_console_in_a_name(game, system):
    assert system_of_game(game).name == system


def test_names_without_a_console():
    assert system_of_game("Pong") is None
    assert system_of_game("Nes") is None
    with pytest.raises(ConfigError, match="no console's ROM"):
        system_of_rom("rom.exe")


# --- start states -----------------------------------------------------------------------------------------------------


def test_start_states(collection):
    metadata = {"default_state": "One", "default_player_state": ["Solo", "Both"]}
    folder = collection(metadata=metadata, states=["One", "Two"])
    choose = [choose_state("Tiny-Nes-v0", State.DEFAULT, players, ALL) for players in (1, 2, 3)]
    assert choose == ["Solo", "Both", "One"]
    assert choose_state("Tiny-Nes-v0", State.NONE, 1, ALL) is None
    assert choose_state("Tiny-Nes-v0", "Two", 1, ALL) == "Two"
    assert find_state("Tiny-Nes-v0", "Two", ALL) == folder / "Two.state"
    assert find_state("Tiny-Nes-v0", str(folder / "Two.state"), ALL) == folder / "Two.state"
    assert read_state(folder / "Two.state") == b"state Two"
    with pytest.raises(ConfigError, match="no start state 'Three'; it has One, Two"):
        find_state("Tiny-Nes-v0", "Three", ALL)
    with pytest.raises(ConfigError, match="state is a name"):
        choose_state("Tiny-Nes-v0", 3, 1, ALL)
    with pytest.raises(ConfigError, match="cannot read"):
        read_state(folder / "Three.state")
    for name in ("in/\0", "in/\ud800"):
        collection(metadata={"default_state": name})
        with pytest.raises(ConfigError, match="cannot read"):
            read_state(find_state("Tiny-Nes-v0", choose_state("Tiny-Nes-v0", State.DEFAULT, 1, ALL), ALL))


def test_a_core_has_its_own_start_states_first(collection, tmp_path, monkeypatch):
    folder = collection(states=["One", "Two"])
    own = folder / "mycore"
    own.mkdir()
    for name in ("Two", "Three"):
        (own / f"{name}.state").write_bytes(b"")
    assert find_state("Tiny-Nes-v0", "One", ALL, "mycore") == folder / "One.state"
    assert find_state("Tiny-Nes-v0", "Two", ALL, "mycore") == own / "Two.state"
    assert find_state("Tiny-Nes-v0", "Two", ALL, "other") == folder / "Two.state"
    assert find_state("Tiny-Nes-v0", str(folder / "Two.state"), ALL, "mycore") == folder / "Two.state"
    with pytest.raises(ConfigError, match=r"it has One, Three, Two$"):
        find_state("Tiny-Nes-v0", "Four", ALL, "mycore")
    # A folder that is searched before decides, whatever it holds.
    first = tmp_path / "first" / "Tiny-Nes-v0"
    first.mkdir(parents=True)
    (first / "Two.state").write_bytes(b"")
    monkeypatch.setenv("TOOLKIT_INTEGRATIONS", f"{first.parent}:{folder.parent}")
    assert find_state("Tiny-Nes-v0", "Two", ALL, "mycore") == first / "Two.state"


def test_no_default_state(collection):
    collection()
    assert choose_state("Tiny-Nes-v0", State.DEFAULT, 1, ALL) is None


@pytest.mark.parametrize("metadata", ["[]", "{", '{"default_state": 5}', '{"default_player_state": {}}'])
def test_malformed_metadata(collection, metadata):
    collection(metadata=metadata)
    with pytest.raises(ConfigError, match=r"metadata\.json"):
        choose_state("Tiny-Nes-v0", State.DEFAULT, 1, ALL)


@pytest.mark.parametrize(
    "content",
    [b"", b"not gzip", gzip.compress(b""), gzip.compress(b"x" * 9999)[:-20], gzip.compress(b"x" * 99)[:-8] + b"\0" * 8],
    # The time is in them, and names must be the same in all processes that run the tests.
    ids=["empty", "not gzip", "of nothing", "cut off", "another checksum"],
)
def test_damaged_states(tmp_path, content):
    path = tmp_path / "bad.state"
    path.write_bytes(content)
    with pytest.raises(StateError, match=r"bad\.state"):
        read_state(path)


# --- the ROM ----------------------------------------------------------------------------------------------------------


def test_hashes(collection):
    folder = collection()
    assert data.verify_hash("Tiny-Nes-v0")[0][0] == "Tiny-Nes-v0"
    # That of 16 zero bytes: what comes after the header.
    (folder / "rom.sha").write_text("E129F27C5103BC5CC44BCDF0A15E160D445066FF\n")
    assert data.verify_hash("Tiny-Nes-v0") == []
