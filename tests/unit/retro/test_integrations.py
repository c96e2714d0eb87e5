import gzip
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import toolkit.gym
import toolkit.retro
import toolkit.vector
from toolkit.errors import ConfigError, RomError, StateError, UnknownGame
from toolkit.retro import State, data
from toolkit.retro.game_file import file_for_console
from toolkit.retro.integrations import Integrations, stable_retro_data
from toolkit.retro.memory import load_variables
from toolkit.retro.rom_files import console_of, find_rom, rom_sha1
from toolkit.retro.scenario import load_scenario
from toolkit.retro.states import choose_state, find_state, read_state
from toolkit.retro.systems import SYSTEMS, system_of_game, system_of_rom

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


def test_a_missing_rom_that_nothing_describes(collection):
    """Without a rom.sha no file could be recognized, so that to import it would not help."""
    (collection(rom=b"") / "rom.sha").unlink()
    with pytest.raises(RomError, match="copy it into the game's folder") as caught:
        data.get_romfile_path("Tiny-Nes-v0")
    assert "import-roms" not in str(caught.value)


def test_a_bad_rom_is_told_of_once(collection):
    """A folder may be there twice: in $TOOLKIT_INTEGRATIONS, and added."""
    Integrations.add_custom_path(collection(rom=b"").parent)
    with pytest.raises(RomError) as caught:
        data.get_romfile_path("Tiny-Nes-v0", ALL)
    assert str(caught.value).count("is empty") == 1


def test_a_link_to_itself_hides_no_game(collection):
    folder = collection().parent
    (folder / "A loop").symlink_to("A loop")
    assert "Tiny-Nes-v0" in data.list_games(ALL)
    with pytest.raises(UnknownGame, match="did you mean 'Tiny-Nes-v0'"):
        data.get_romfile_path("Tiny-Nes")


def test_what_stable_retro_raises_is_caught(collection):
    """FileNotFoundError, by its `make` and `get_romfile_path` alike."""
    collection(rom=None)
    for game in ("Tiny-Nes-v0", "Nothing-Nes-v0"):
        with pytest.raises(FileNotFoundError):
            data.get_romfile_path(game)
        with pytest.raises(FileNotFoundError):
            toolkit.retro.make(game)
        with pytest.raises(FileNotFoundError):
            toolkit.vector.make_vec(game, 1)
    with pytest.raises(FileNotFoundError):
        toolkit.vector.make_vec("toolkit/Nothing-v0", 1)


@pytest.mark.parametrize(
    ("game", "words"),
    [
        ("Tiny-Nes", r"'Tiny-Nes'; did you mean 'Tiny-Nes-v0'\? toolkit"),
        ("tinY-NES-v0", r"did you mean 'Tiny-Nes-v0'\?"),
        ("Tiny-Nes-v4", r"did you mean 'Tiny-Nes-v0'\?"),
        ("Tiny", r"did you mean 'Tiny-Nes-v0'\?"),
        ("Tinny-Nes-v0", r"did you mean 'Tiny-Nes-v0'\?"),
        ("Added-Nes", r"did you mean 'Added-Nes-v0' \(with inttype=Integrations.ALL\)\?"),
        ("Added-Nes-v0", r"in another collection; pass inttype=Integrations.ALL; toolkit"),
        ("Tiny-Snes", r"did you mean 'Tiny-Nes-v0'\?"),
        ("No-Nes-v0", r"is called 'No-Nes-v0'; toolkit"),
        ("Quite-Genesis-v0", r"is called 'Quite-Genesis-v0'; toolkit"),
    ],
)
def test_unknown_games_say_what_may_be_meant(collection, tmp_path, game, words):
    collection()
    (tmp_path / "added" / "Added-Nes-v0").mkdir(parents=True)
    Integrations.add_custom_path(tmp_path / "added")
    with pytest.raises(UnknownGame, match=words):
        data.get_romfile_path(game)


def test_what_is_added_comes_first(collection, tmp_path, monkeypatch):
    """As in stable-retro: contrib, experimental, added, stable, of which the user's folders are the beginning here."""
    folders = {"mine": collection().parent}
    home = tmp_path / "home" / "coinop-toolkit" / "integrations"
    for name in ("contrib", "experimental", "stable"):
        folders[name] = tmp_path / "data" / name
    folders |= {"first added": tmp_path / "one", "second added": tmp_path / "two", "home": home}
    for name, folder in folders.items():
        (folder / "Tiny-Nes-v0").mkdir(parents=True, exist_ok=True)
        (folder / "Tiny-Nes-v0" / "which").write_text(name)
    monkeypatch.setattr("toolkit.retro.integrations.stable_retro_data", lambda: tmp_path / "data")
    for name in ("first added", "second added"):
        Integrations.add_custom_path(folders[name])

    def found(inttype):
        seen = []
        while (path := data.get_file_path("Tiny-Nes-v0", "which", inttype)) is not None:
            seen.append(Path(path).read_text())
            Path(path).unlink()
        for name in seen:
            (folders[name] / "Tiny-Nes-v0" / "which").write_text(name)
        return seen

    added, mine = ["first added", "second added"], ["mine", "home"]
    assert found(Integrations.STABLE) == [*mine, "stable"]
    assert found(Integrations.DEFAULT) == [*mine, "stable"]
    assert found(Integrations.CUSTOM_ONLY) == [*added, *mine]
    assert found(Integrations.CUSTOM) == [*added, *mine, "stable"]
    assert found(Integrations.CONTRIB_ONLY) == ["contrib", *mine]
    assert found(Integrations.EXPERIMENTAL) == ["experimental", *mine, "stable"]
    assert found(ALL) == ["contrib", "experimental", *added, *mine, "stable"]
    data.add_custom_integration(folders["first added"])
    assert found(Integrations.DEFAULT)[0] == "first added"


@pytest.mark.parametrize("name", ["rom.NES", "ROM.nes", "Rom.Nes", "rom.unf", "rom.bin", "rom.zip", "rom.ZIP"])
def test_what_a_rom_may_be_called(collection, name):
    folder = collection(rom=None)
    content = b"NES\x1a" + bytes(28)
    if name.lower().endswith("zip"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("__MACOSX/._Tiny (World).nes", b"x")
            archive.writestr("Tiny (World).NES", content)
            archive.writestr("read me.txt", b"x")
    else:
        (folder / name).write_bytes(content)
    assert find_rom("Tiny-Nes-v0", ALL) == folder / name
    assert console_of("Tiny-Nes-v0", folder / name).name == "Nes"
    assert rom_sha1(folder / name, SYSTEMS["Nes"]) == hashlib.sha1(content).hexdigest()
    (folder / "rom.sha").write_text(
        hashlib.sha1(content[16:] if name.lower() in ("rom.nes", "rom.zip") else content).hexdigest()
    )
    assert data.verify_hash("Tiny-Nes-v0") == []
    # The first folder decides, and in it the console's usual ending.
    (folder / "rom.nes").write_bytes(content)
    assert find_rom("Tiny-Nes-v0", ALL) == folder / "rom.nes"


def packed(path, names, *, encrypted=False):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"NES\x1a" + bytes(28))
    if encrypted:
        # The flag in each local header, and in each entry of the directory.
        content = bytearray(path.read_bytes())
        for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            content[content.index(magic) + place] |= 1
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: packed(path, []), "holds no game: it holds nothing"),
        (lambda path: packed(path, ["a.txt", "b.zip"]), "holds no game: it holds 'a.txt', 'b.zip', and a game ends in"),
        (lambda path: packed(path, ["a.nes", "b/c.nes"]), "holds several games: 'a.nes', 'c.nes'; unpack it"),
        (lambda path: packed(path, ["a.nes"], encrypted=True), "is encrypted; unpack it with its password"),
        (lambda path: path.write_bytes(b"PK\x03\x04 broken"), "no zip archive, or is damaged"),
        (lambda path: path.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(40)), "is a 7z archive, which cannot be read"),
        (lambda path: path.write_bytes(b"Rar!\x1a\x07" + bytes(40)), "is a rar archive"),
    ],
)  # fmt: skip
def test_archives_without_one_game(collection, tmp_path, make, words):
    path = collection(rom=None) / "rom.zip"
    make(path)
    with pytest.raises(RomError, match=words):
        find_rom("Tiny-Nes-v0", ALL)
    with pytest.raises(RomError, match=words):
        file_for_console(path, SYSTEMS["Nes"], tmp_path / "unpacked")
    assert not list((tmp_path / "unpacked").glob("*"))


def test_a_disc_in_an_archive_is_unpacked_whole(tmp_path):
    path = tmp_path / "disc.zip"
    packed(path, ["disc/a.cue", "disc/a (Track 1).bin", "disc/a (Track 2).bin", "art/a.bin"])
    file = file_for_console(path, SYSTEMS["Saturn"], tmp_path / "unpacked")
    assert file == tmp_path / "unpacked" / "a.cue"
    assert {path.name for path in file.parent.iterdir()} == {"a.cue", "a (Track 1).bin", "a (Track 2).bin"}


def test_without_stable_retro_the_error_says_how_to_get_it(collection, monkeypatch):
    monkeypatch.setattr("toolkit.retro.integrations.stable_retro_data", lambda: None)
    make_lane = toolkit.gym.lane_factory("toolkit/Airstriker-v0")
    for make in (make_lane, lambda: toolkit.retro.make("Airstriker-Genesis-v0")):
        with pytest.raises(ConfigError, match=r"'Airstriker-Genesis-v0'.*pip install stable-retro"):
            make()


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
