"""What people get wrong: each a typed error within seconds that says what to do, and nothing left behind."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pytest

from toolkit.emulator import Action, Address, Emulator
from toolkit.errors import ConfigError, LaunchError, RomError, StateError
from toolkit.mame import binary as binary_module

ROOT = Path(__file__).parent.parent.parent
IN_TIME = 15
# Each would do something if anybody evaluated it; the ones with a newline would also break a line protocol.
NASTY = [
    'with "double" quotes',
    "with 'single' quotes",
    "with spaces  and\ttabs",
    "new\nline",
    "semi;colon",
    "$HOME",
    "$(touch x)",
    "`touch x`",
    "]] os.execute('touch x') --[[",
    '" .. os.execute("touch x") .. "',
    "back\\slash",
    "-video",
    "ünï cödé 😀",
    "%s%d%n",
    "a,b=c",
]


@pytest.fixture(autouse=True)
def in_time_and_in_place(tmp_path, monkeypatch):
    """Every test here is quick, and runs in a folder where nothing may appear that an evaluated name would make."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    began = time.monotonic()
    yield
    assert time.monotonic() - began < IN_TIME
    assert list((tmp_path / "here").iterdir()) == []
    assert not (tmp_path / "x").exists()


@pytest.fixture
def pong(mame, tmp_path):
    """Makes emulators of `pong`, which needs no ROMs."""

    def pong(addresses=None, roms=tmp_path, game="pong", **options):
        return Emulator("test", roms, game, addresses or {}, **{"binary_path": mame, **options})

    return pong


@pytest.fixture
def gameboy(mame, blank_roms, tmp_path):
    """Makes emulators of a console with a CPU, and a cartridge full of zeros."""
    cart = tmp_path / "cart.gb"
    cart.write_bytes(bytes(32768))

    def gameboy(addresses=None, **options):
        options = {"binary_path": mame, "media": {"cart": cart}, **options}
        return Emulator("test", blank_roms(mame, "gameboy"), "gameboy", addresses or {}, **options)

    return gameboy


# --- MAME -------------------------------------------------------------------------------------------------------------


def test_no_mame_at_all(pong, monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("TOOLKIT_MAME", raising=False)
    monkeypatch.setattr(binary_module, "USUAL_PLACES", ())
    with pytest.raises(ConfigError, match=r"MAME was not found; install it .*binary_path="):
        pong(binary_path=None)


@pytest.mark.parametrize("what", ["nothing", "folder", "text"])
def test_a_wrong_binary_path(pong, tmp_path, what):
    path = tmp_path / "mame"
    if what == "folder":
        path.mkdir()
    elif what == "text":
        path.write_text("no program")
    with pytest.raises(ConfigError, match=r"binary_path names '.*/mame', which is no program"):
        pong(binary_path=path)


def test_a_wrong_variable(pong, monkeypatch):
    monkeypatch.setenv("TOOLKIT_MAME", "/nothing/there")
    with pytest.raises(ConfigError, match=r"\$TOOLKIT_MAME names '/nothing/there'"):
        pong(binary_path=None)


def test_a_binary_that_is_not_mame(pong):
    with pytest.raises(LaunchError, match="exit code"):
        pong(binary_path="/bin/false")


def test_a_file_that_the_kernel_cannot_run(pong, tmp_path):
    path = tmp_path / "mame"
    path.write_bytes(b"\0garbage")
    path.chmod(0o755)
    with pytest.raises(LaunchError, match=r"cannot start .*Exec format error"):
        pong(binary_path=path)


# --- machines and ROMs ------------------------------------------------------------------------------------------------


def test_no_rom_folder(pong, tmp_path):
    with pytest.raises(ConfigError, match=r"'.*/nothing' does not exist; give the folder that holds"):
        pong(roms=tmp_path / "nothing")


def test_a_file_for_a_rom_folder(pong, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="is no folder"):
        pong(roms=tmp_path / "file")


@pytest.mark.parametrize("roms", [None, 3, [None], ""])
def test_a_rom_folder_of_the_wrong_type(pong, roms):
    with pytest.raises(ConfigError, match=r"roms_path|does not exist"):
        pong(roms=roms)


def test_an_empty_rom_folder(pong):
    with pytest.raises(RomError, match=r"(?s)dmg_boot\.bin NOT FOUND.*Put the ROM set"):
        pong(game="gameboy")


def test_an_incomplete_rom_set(pong, mame, blank_roms, tmp_path):
    blank = blank_roms(mame, "pacman")
    (tmp_path / "pacman").mkdir()
    for path in (blank / "pacman").iterdir():
        if path.name != "pacman.6f":
            (tmp_path / "pacman" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(RomError, match=r"pacman\.6f NOT FOUND") as caught:
        pong(game="pacman")
    assert "pacman.6e NOT FOUND" not in str(caught.value)


def test_a_rom_of_the_wrong_size(pong, mame, blank_roms, tmp_path):
    for path in (blank_roms(mame, "pacman") / "pacman").iterdir():
        (tmp_path / "pacman").mkdir(exist_ok=True)
        (tmp_path / "pacman" / path.name).write_bytes(path.read_bytes()[: 7 if path.name == "pacman.6f" else None])
    with pong(game="pacman") as emulator:  # MAME runs it, as it does with wrong checksums
        emulator.step()


@pytest.mark.parametrize("game", ["pomg", "sfii3n"])
def test_an_unknown_machine_and_what_was_meant(pong, game):
    with pytest.raises(ConfigError, match=f"no machine '{game}'") as caught:
        pong(game=game)
    assert {"pomg": "pong", "sfii3n": "sfiii3n"}[game] in str(caught.value)


@pytest.mark.parametrize(
    "game", ["-video", "../x", "a;b", "", None, 3, b"pong", "PONG", "pong\n", "pong ", *NASTY, "x" * 33]
)
def test_what_cannot_be_the_name_of_a_machine(pong, game):
    with pytest.raises(ConfigError, match="is no MAME machine name"):
        pong(game=game)


@pytest.mark.parametrize("game", ["x" * 32, "0", "_"])
def test_what_is_no_machine(pong, game):
    with pytest.raises(ConfigError, match="no machine"):
        pong(game=game)


# --- arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame_ratio", [0, -1, 1.5, True, "3", None, 2**31])
def test_frame_ratio(pong, frame_ratio):
    with pytest.raises(ConfigError, match="frame_ratio"):
        pong(frame_ratio=frame_ratio)


@pytest.mark.parametrize("frame_skip", [-1, 11, 1.0, True, "0", None])
def test_frame_skip(pong, frame_skip):
    with pytest.raises(ConfigError, match="frame_skip"):
        pong(frame_skip=frame_skip)


@pytest.mark.parametrize("name", ["timeout", "start_timeout"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), None, "1"])
def test_timeouts(pong, name, seconds):
    with pytest.raises(ConfigError, match=name):
        pong(**{name: seconds})


@pytest.mark.parametrize(
    "addresses", [[], None, {"a": 5}, {"a": "0x10"}, {"frame": Address(0, "u8")}, {3: Address(0, "u8")}]
)
def test_memory_addresses(mame, tmp_path, addresses):
    with pytest.raises(ConfigError, match="address"):
        Emulator("test", tmp_path, "pong", addresses, binary_path=mame)


def test_an_unwritable_temporary_folder(pong, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file" / "tmp"))
    with pytest.raises(ConfigError, match=r"temporary folder.*set TMPDIR"):
        pong()


def test_no_temporary_folder_anywhere(pong, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "file" / "tmp")])
    with pytest.raises(ConfigError, match=r"temporary folder.*set TMPDIR"):
        pong()


@pytest.mark.parametrize(
    "media", [{"cart": "nothing.gb"}, {"-video": "x"}, {"": "x"}, {"cart": None}, {None: "x"}, "cart"]
)
def test_media(gameboy, media):
    with pytest.raises(ConfigError, match="medi"):
        gameboy(media=media)


def test_a_media_slot_that_the_machine_does_not_have(gameboy, tmp_path):
    with pytest.raises(ConfigError, match=r"(?s)unknown option: -flop7.*media="):
        gameboy(media={"flop7": tmp_path / "cart.gb"})


def test_a_machine_that_needs_media_and_gets_none(pong):
    """0.276 refuses it; 0.251 runs it with an empty slot."""
    try:
        emulator = pong(game="nes")
    except ConfigError as error:
        words = str(error)
    else:
        emulator.close()
        words = "Images must be mounted, but it ran without; media="
    assert "Images must be mounted" in words
    assert "media=" in words


def test_a_media_file_that_the_machine_refuses(pong, tmp_path):
    (tmp_path / "bad.nes").write_bytes(b"no cartridge" * 3000)
    with pytest.raises(ConfigError, match=r"(?s)Cartridge Slot load failed.*media="):
        pong(game="nes", media={"cart": tmp_path / "bad.nes"})


# --- machines without this or that ------------------------------------------------------------------------------------


def test_a_machine_without_a_screen(pong):
    with pytest.raises(ConfigError, match="sc116 has no screen; pass screen=None"):
        pong(game="sc116")


def test_a_machine_without_a_screen_can_run(pong):
    with pong(game="sc116", screen=None) as emulator:
        assert emulator.step() == {}
        assert emulator.frame_number == 3
        with pytest.raises(StateError, match="without a screen"):
            _ = emulator.frame_shape


def test_a_machine_without_a_cpu(pong):
    with pytest.raises(ConfigError, match=r"'a'.* sc116 has no device ':maincpu' with memory; there are none"):
        pong({"a": Address(0, "u8")}, game="sc116", screen=None)


def test_a_screen_that_the_machine_does_not_have(pong):
    with pytest.raises(ConfigError, match=r"no screen ':top'; its screens are :screen"):
        pong(screen=":top")


@pytest.mark.parametrize("screen", [3, "", "]] x", b"x"])
def test_a_screen_of_the_wrong_kind(pong, screen):
    with pytest.raises(ConfigError, match="no screen"):
        pong(screen=screen)


# --- memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["u9", "", None, "u8 ", ">u3", "f4", "u8\n", "U8"])
def test_a_bad_mode(mode):
    with pytest.raises(ConfigError, match="unknown mode"):
        Address(0, mode)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (Address(0x10000, "u8"), "0x10000 to 0x10000 is outside the space"),
        (Address(0xFFFF, "u16"), "0xffff to 0x10000 is outside the space"),
        (Address(2**63 - 1, "u32"), "outside"),
        (Address(0, "u8", device=":nocpu"), "no device ':nocpu' with memory; those that have are .*:maincpu"),
        (Address(0, "u8", space="io"), "no space 'io'; its spaces are program"),
        *((Address(0, "u8", device=text), "no device") for text in NASTY),
        *((Address(0, "u8", space=text), "no space") for text in NASTY),
    ],
)
def test_an_address_that_does_not_exist(gameboy, address, words):
    with pytest.raises(ConfigError, match=words):
        gameboy({"a": address})


def test_bad_memory_accesses_and_the_emulator_goes_on(gameboy):
    with gameboy({"a": Address(0xC123, "u8")}) as emulator:
        bad = [
            lambda: emulator.read_memory(0x10000, 1),
            lambda: emulator.read_memory(0xFFFF, 2),
            lambda: emulator.read_memory(2**63 - 1, 2),
            lambda: emulator.read_memory(0, 2**63),
            lambda: emulator.read_memory(0, 2**40),
            lambda: emulator.read_memory(0, 0),
            lambda: emulator.read_memory(0, -1),
            lambda: emulator.read_memory(0, 1.5),
            lambda: emulator.read_memory(0, True),
            lambda: emulator.read_memory("nonsense", 1),
            lambda: emulator.read_memory(-1, 1),
            lambda: emulator.read_memory(None, 1),
            lambda: emulator.read_memory(0, 1, device=":nocpu"),
            lambda: emulator.read_memory(0, 1, device=3),
            lambda: emulator.read_memory(0, 1, device="\ud800"),
            lambda: emulator.read_memory(0, 1, space="io"),
            lambda: emulator.read_memory(0, 1, space=None),
            lambda: emulator.write_memory(0xFFFF, b"ab"),
            lambda: emulator.write_memory(2**63 - 1, b"ab"),
            lambda: emulator.write_memory(0, [256]),
            lambda: emulator.write_memory(0, "text"),
            lambda: emulator.write_memory(0, 5),
            lambda: emulator.write_memory(0, np.array([300])),
            lambda: emulator.write_memory(0, b"a", device="]] x"),
        ]
        bad += [lambda text=text: emulator.read_memory(0, 1, device=text) for text in NASTY]
        bad += [lambda text=text: emulator.read_memory(0, 1, space=text) for text in NASTY]
        for number, access in enumerate(bad):
            with pytest.raises(ConfigError):
                print(number, access())
        emulator.write_memory(0xC123, b"\x7b")
        assert emulator.step()["a"] == 0x7B
        assert emulator.read_memory(0xC123, 1).tolist() == [0x7B]


def test_bad_states_and_the_emulator_goes_on(gameboy, pong):
    with pong() as other:
        foreign = other.save_state()
    with gameboy({"a": Address(0xC123, "u8")}) as emulator:
        state = emulator.save_state()
        head, _, data = state.partition(b"\n")[2].partition(b"\n")
        start = state[: len(state) - len(data) - len(head) - 1]
        bad = [
            b"",
            b"x",
            None,
            "text",
            foreign,
            state[:-1],
            state + b"x",
            state[:20],
            head,
            start + b"{}\n",
            start + b"[]\n",
        ]
        bad += [start + head + b"\n" + bytes(len(data))]
        emulator.step()  # or a load that does nothing would look like one to the same moment
        for number, wrong in enumerate(bad):
            with pytest.raises(StateError):
                print(number, emulator.load_state(wrong))
        emulator.write_memory(0xC123, b"\x7b")
        assert emulator.step()["a"] == 0x7B
        emulator.load_state(state)
        assert emulator.frame_number == 0
        assert emulator.step()["a"] == 0


# --- actions ----------------------------------------------------------------------------------------------------------


def test_bad_actions_and_the_emulator_goes_on(pong):
    with pong() as emulator:
        bad = [
            (Action(":IN9", "Coin 1"), r"no port ':IN9'.*:IN0"),
            (Action(":IN0", "Coin 2"), r"no field 'Coin 2'; did you mean Coin 1"),
            (Action(":IN0", "zzz"), "no field 'zzz'; its fields are .*Coin 1"),
            (Action(":PADDLE0", "Paddle", 256), "takes 0 to 255, got 256"),
            (Action(":PADDLE0", "Paddle", -1), "takes 0 to 255, got -1"),
            (Action(":IN0", "Coin 1", 2), "takes 0 to 1, got 2"),
            (Action(":IN0", "Game Won", 1), "no setting 1; its settings are"),
            ("Coin 1", "takes Actions"),
            (None, "takes Actions"),
            ((":IN0", "Coin 1"), "takes Actions"),
            ([], "takes Actions"),
            *((Action(":IN0", text), "no field") for text in [*NASTY, "\ud800", "\0", ""]),
            *((Action(text, "Coin 1"), "no port") for text in [*NASTY, "\ud800", "\0", ""]),
        ]
        for action, words in bad:
            with pytest.raises(ConfigError, match=words):
                emulator.step([action])
        for actions in (3, None, "ab", Action(":IN0", "Coin 1")):
            with pytest.raises(ConfigError):
                emulator.step(actions)
        assert emulator.step([Action(":IN0", "Coin 1")])["frame"].shape == emulator.frame_shape
        assert emulator.frame_number == 3


@pytest.mark.parametrize("frames", [-1, 1.5, None, "1", True, 2**31])
def test_a_bad_number_of_frames(pong, frames):
    with pong() as emulator:
        with pytest.raises(ConfigError, match="frames"):
            emulator.run(frames)
        assert emulator.run(1)["frame"] is not None


@pytest.mark.parametrize(
    "arguments", [(3, "a"), (":IN0", None), (":IN0", "a", "b"), (":IN0", "a", 2**31), (":IN0", "a", 0.5)]
)
def test_what_is_no_action(arguments):
    with pytest.raises(ConfigError):
        Action(*arguments)


def test_bad_settings(pong):
    with pytest.raises(ConfigError, match="no switch or setting"):
        pong(settings=[Action(":IN0", "Coin 1")])
    with pytest.raises(ConfigError, match="no setting 5"):
        pong(settings=[Action(":IN0", "Game Won", 5)])


# --- names that are data ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NASTY)
def test_nasty_rom_and_media_folders(mame, blank_roms, tmp_path, name):
    folder = tmp_path / "nasty" / name.replace("/", "_")
    folder.parent.mkdir()
    folder.mkdir()
    (folder / "gameboy").symlink_to(blank_roms(mame, "gameboy") / "gameboy")
    cart = folder / f"{name}.gb"
    cart.write_bytes(b"\x42" * 32768)
    with Emulator(
        name, folder, "gameboy", {name: Address(0x200, "u8")}, binary_path=mame, media={"cart": cart}
    ) as emulator:
        assert emulator.step()[name] == 0x42


def test_a_nasty_temporary_folder(pong, tmp_path, monkeypatch):
    folder = tmp_path / "nasty" / "".join(NASTY)
    folder.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    with pong() as emulator:
        assert emulator.step()["frame"] is not None
        emulator.load_state(emulator.save_state())
    assert list(folder.iterdir()) == []


def test_a_relative_rom_folder_and_another_folder_later(mame, blank_roms, tmp_path, monkeypatch):
    roms = blank_roms(mame, "gameboy")
    monkeypatch.chdir(roms.parent)
    with Emulator("test", roms.name, "gameboy", {}, binary_path=mame, screen=None) as emulator:
        monkeypatch.chdir(tmp_path)
        emulator.step()


def test_nothing_of_the_user_is_read_or_written(pong, tmp_path, monkeypatch):
    """A home with a broken configuration, and a plugin of the user's own: neither is looked at."""
    home = tmp_path / "home"
    (home / ".mame").mkdir(parents=True)
    (home / ".mame" / "mame.ini").write_text("video nonsense\nautoboot_command boom\nrompath /nothing\n")
    monkeypatch.setenv("HOME", str(home))
    before = sorted(home.rglob("*"))
    with pong() as emulator:
        emulator.step()
    assert sorted(home.rglob("*")) == before


def test_python_without_a_home_or_anything(mame, tmp_path):
    script = (
        f"from toolkit.emulator import Emulator\nwith Emulator('e', {str(tmp_path)!r}, 'pong', {{}}, "
        f"binary_path={str(mame)!r}) as e: print(e.step()['frame'].shape)"
    )
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "TMPDIR": os.environ["TMPDIR"]}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=IN_TIME
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
