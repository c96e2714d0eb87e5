"""Games in archives, and files that do not say of which console they are: what the core gets is the game."""

import contextlib
import shutil
import zipfile

import pytest

import toolkit.retro as retro
from tests.native.test_consoles import ROMS
from toolkit.emulator.address import Address
from toolkit.errors import RomError
from toolkit.retro import RetroEmulator, data
from toolkit.retro.libretro_machine import start_machine
from toolkit.retro.movie import read_movie
from toolkit.retro.replay import play_movie
from toolkit.retro.systems import SYSTEMS
from toolkit.vector import make_vec

GAME = b"the game, packed" * 10
RAM = Address("0x10", "u32", device=":ram", space="raw")
AIRSTRIKER = "Airstriker-Genesis-v0"


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return path


@pytest.mark.parametrize("core", ["content", "full_path"])
@pytest.mark.parametrize("name", ["game.zip", "game.bin", "game"])
def test_a_core_gets_what_is_in_an_archive(make, tmp_path, core, name):
    """Whatever the archive is called, and whether the core reads its game itself."""
    path = zipped(tmp_path / name, read_txt="nothing", game_bin=GAME)
    with make(core, {"first": RAM}, rom=path) as emulator:
        assert emulator.step()["first"].to_bytes(4, "little") == GAME[:4]
        emulator.reset()
        assert emulator.step()["first"].to_bytes(4, "little") == GAME[:4]
        state = emulator.save_state()
    # It is the same game as without the archive.
    plain = tmp_path / "plain" / "game.bin"
    plain.parent.mkdir()
    plain.write_bytes(GAME)
    with make(core, {"first": RAM}, rom=plain) as emulator:
        emulator.load_state(state)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, r"game\.zip holds no game: it holds nothing, and a game ends in one of bin, rom$"),
        ({"a_md": GAME}, r"holds no game: it holds 'a\.md'"),
        ({"a_bin": GAME, "b_rom": GAME}, r"holds several games: 'a\.bin', 'b\.rom'; unpack it"),
        ({"a_bin": GAME * 1000}, "no zip archive, or is damaged"),
    ],
)
def test_archives_without_one_game(make, tmp_path, members, words):
    path = zipped(tmp_path / "game.zip", **members)
    if "damaged" in words:
        content = bytearray(path.read_bytes())
        content[60:90] = bytes(30)
        path.write_bytes(content)
    with pytest.raises(RomError, match=words):
        make("counter", rom=path)


def test_other_archives_say_what_they_are(make, tmp_path):
    path = tmp_path / "game.bin"
    path.write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))
    with pytest.raises(RomError, match="is a 7z archive, which cannot be read here; unpack it"):
        make("counter", rom=path)


def test_a_real_core(tmp_path):
    """It used to show nothing but black, for ever."""
    rom = data.get_romfile_path(AIRSTRIKER)
    with zipfile.ZipFile(tmp_path / "game.zip", "w") as archive:
        archive.write(rom, "Airstriker (World).MD")
    seen = []
    for path in (rom, tmp_path / "game.zip"):
        with RetroEmulator("genesis_plus_gx", path) as emulator:
            for _ in range(120):
                frame = emulator.step()["frame"]
        seen.append(frame)
    assert seen[0].any()
    assert (seen[0] == seen[1]).all()


@pytest.mark.parametrize("extension", ["md", "sms", "gg", "a26", "pce", "gbc", "sfc"])
@pytest.mark.parametrize("called", ["bin", "zip", "ROM"])
def test_the_console_is_that_of_the_games_name(tmp_path, monkeypatch, extension, called):
    """Cores of several consoles go by what the file is called."""
    system = next(system for system in SYSTEMS.values() if extension in system.extensions)
    folder = tmp_path / f"Foo-{system.name}"
    folder.mkdir()
    monkeypatch.setenv("TOOLKIT_INTEGRATIONS", str(tmp_path))
    if called == "zip":
        zipped(folder / "rom.zip", foo_bin=ROMS[extension])
    else:
        (folder / f"rom.{called}").write_bytes(ROMS[extension])
    plain = tmp_path / f"plain.{extension}"
    plain.write_bytes(ROMS[extension])
    machine = start_machine(system, plain, "plain", 1, None, None, 30)
    try:
        for _ in range(4):
            machine.run([0])
        with retro.make(folder.name, retro.State.NONE) as env:
            assert env.system == system.name
            env.reset()
            env.step(env.action_space.sample() * 0)
            assert env.get_screen().shape == machine.picture.shape
            assert (env.get_ram() == machine.ram).all()
    finally:
        machine.close()


def test_an_integration_of_nothing_but_a_rom(tmp_path, monkeypatch):
    """As in stable-retro: no variables, no reward, no end. There, metadata.json has to be there and may be `{}`."""
    folder = tmp_path / "Foo-Genesis"
    folder.mkdir()
    shutil.copy(data.get_romfile_path(AIRSTRIKER), folder / "rom.gen")
    monkeypatch.setenv("TOOLKIT_INTEGRATIONS", str(tmp_path))
    with retro.make("Foo-Genesis") as env:
        env.reset()
        assert env.step(env.action_space.sample())[1:] == (0.0, False, False, {})
        assert env.statename is None
    with contextlib.closing(make_vec("Foo-Genesis", 1)) as envs:
        envs.reset()
        _, reward, terminated, _, _ = envs.step(envs.action_space.sample())
        assert (reward[0], terminated[0]) == (0.0, False)
    assert data.list_states("Foo-Genesis") == []
    for options in ({"scenario": "other"}, {"info": "other"}):
        with pytest.raises(ValueError, match=r"no other\.json"):
            retro.make("Foo-Genesis", **options)


def test_movies_of_a_game_in_an_archive(tmp_path, monkeypatch):
    """They are of the game, so that the game without the archive plays them."""
    folder = tmp_path / "integrations" / AIRSTRIKER
    folder.mkdir(parents=True)
    rom = data.get_romfile_path(AIRSTRIKER)
    with zipfile.ZipFile(folder / "rom.zip", "w") as archive:
        archive.write(rom, "a.md")
    monkeypatch.setenv("TOOLKIT_INTEGRATIONS", str(folder.parent))
    assert data.get_romfile_path(AIRSTRIKER) == str(folder / "rom.zip")
    with retro.make(AIRSTRIKER, record=tmp_path / "movies") as env:
        env.reset()
        for _ in range(5):
            env.step(env.action_space.sample())
    (path,) = (tmp_path / "movies").iterdir()
    assert len(list(play_movie(read_movie(path)))) == 6
    assert len(list(play_movie(read_movie(path), rom=rom))) == 6
