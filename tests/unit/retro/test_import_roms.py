import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from toolkit.cli import main
from toolkit.errors import ConfigError, RomError
from toolkit.retro import data
from toolkit.retro.import_roms import Outcome, candidates, import_file, known_hashes
from toolkit.retro.integrations import Integrations
from toolkit.retro.memory import load_variables
from toolkit.retro.rom_files import console_of, find_rom, original_name
from toolkit.retro.scenario import load_scenario

CART = bytes(range(256)) * 64
NES = b"NES\x1a" + bytes(12) + CART[::-1]


def zipped(*members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def damaged():
    """Archives for which zipfile raises something else than it says."""
    whole = zipped(("a.nes", NES))
    # In the directory's entry: the lengths of the name, of what is extra, and of the comment, which it becomes here.
    place = whole.index(b"PK\x01\x02") + 28
    split = b"PK\x06\x06" + bytes(52) + b"PK\x06\x07" + bytes(12) + b"\2\0\0\0" + b"PK\x05\x06" + bytes(18)
    lzma = io.BytesIO()
    with zipfile.ZipFile(lzma, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.nes", NES)
    spoilt = bytearray(lzma.getvalue())
    spoilt[44:80] = b"\xff" * 36
    return {
        "nameless": whole[:place] + b"\0\0\0\0\5\0" + whole[place + 6 :],
        "split": split,
        "lzma": bytes(spoilt),
        "empty": b"",
    }


def interleaved(data):
    """As a Super Magic Drive stores a cartridge: a header, then per 16 KiB the odd bytes before the even ones."""
    blocks = [data[start : start + 0x4000] for start in range(0, len(data), 0x4000)]
    return bytes(512) + b"".join(block[1::2] + block[::2] for block in blocks)


def dump(parts):
    """A cartridge with these bytes at these places, and nothing that could be taken for another console's."""
    data = bytearray(b"\xff" * 0x10000)
    for place, content in parts.items():
        data[place : place + len(content)] = content
    return bytes(data)


@pytest.fixture
def games(collection):
    """A NES game and a Genesis game, without their ROMs."""
    for game, hashed in (("Cart-Nes-v0", CART[::-1]), ("Cart-Genesis-v0", CART)):
        folder = collection(game, rom=None)
        (folder / "rom.sha").write_text(f"{'0' * 40}\n{hashlib.sha1(hashed).hexdigest()}\n")


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.nes", NES, {"rom.nes": NES}),
        ("a.md", CART, {"rom.md": CART}),
        ("a.bin", CART, {"rom.md": CART}),
        ("a.smd", interleaved(CART), {"rom.md": CART}),
        ("a.smc", bytes(512) + CART, {"rom.md": CART}),
        ("a.zip", zipped(("x.txt", b"hello"), ("sub/A.NES", NES)), {"rom.nes": NES}),
        ("a.zip", zipped(("A.FIG", bytes(512) + CART)), {"rom.md": CART}),
        ("a.zip", zipped(("b.zip", zipped(("no ending", CART)))), {"rom.md": CART}),
        ("a.nes", NES[:-1], {}),
        ("a.txt", b"hello", {}),
        ("a.zip", b"PK\x03\x04 broken", {}),
        ("a.zip", zipped(("a.nes", NES))[:-30], {}),
    ],
)
def test_recognized(games, tmp_path, name, content, expected):
    source = tmp_path / "roms" / "deep"
    source.mkdir(parents=True)
    (source / name).write_bytes(content)
    known = known_hashes()
    found = [item for path in candidates(tmp_path / "roms") for item in import_file(path, known)]
    assert {item.target.name: item.target.read_bytes() for item in found} == expected
    assert all(item.outcome is Outcome.IMPORTED for item in found)
    assert all(tmp_path / "home" in item.target.parents for item in found)
    again = [item for path in candidates(tmp_path / "roms") for item in import_file(path, known)]
    assert [item.outcome for item in again] == [Outcome.PRESENT] * len(found)


@pytest.mark.parametrize("kind", damaged())
def test_what_cannot_be_read_is_no_rom(tmp_path, kind):
    path = tmp_path / "a.zip"
    path.write_bytes(damaged()[kind])
    assert list(import_file(path, {})) == []


def test_the_command(games, tmp_path, capsys):
    source = tmp_path / "roms"
    source.mkdir()
    (source / "a.zip").write_bytes(zipped(("a.nes", NES)))
    (source / "readme").write_bytes(b"nothing")
    assert main(["import-roms", str(source)]) == 0
    out = capsys.readouterr().out
    assert "Cart-Nes-v0: imported" in out
    assert "rom.nes" in out
    assert "2 files: 1 games recognized, 1 imported" in out
    assert main(["import-roms", str(source)]) == 0
    assert "1 games recognized, 0 imported" in capsys.readouterr().out


def test_nothing_recognized(games, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["import-roms", str(tmp_path / "empty")]) == 1
    assert "0 games recognized" in capsys.readouterr().out
    assert main(["import-roms", str(tmp_path / "missing")]) == 1
    assert "does not exist" in capsys.readouterr().err


def test_where_nothing_can_be_written(games, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    (tmp_path / "a.nes").write_bytes(NES)
    with pytest.raises(ConfigError, match="XDG_DATA_HOME"):
        list(import_file(tmp_path / "a.nes", known_hashes()))


# --- what is refused, and what must not stand in the way --------------------------------------------------------------


def imported(path):
    return list(import_file(path, known_hashes()))


@pytest.mark.parametrize("name", ["a.nes", "a.bin", "a"])
def test_a_cartridge_without_the_header_that_emulators_need(games, tmp_path, capsys, name):
    """hop's hash is that of the cartridge alone, so that it is recognized; but nothing could play it."""
    path = tmp_path / name
    path.write_bytes(NES[16:])
    (found,) = imported(path)
    assert (found.outcome, found.target) == (Outcome.REFUSED, None)
    assert "iNES header" in found.reason
    assert not (tmp_path / "home").exists()
    assert main(["import-roms", str(path)]) == 1
    out = capsys.readouterr().out
    assert "Cart-Nes-v0: refused, it has no iNES header" in out
    assert "0 games recognized" in out


def test_a_bad_rom_does_not_hide_a_good_one(games, tmp_path, monkeypatch):
    """As it lies there from an import by an earlier release."""
    bad = tmp_path / "home" / "coinop-toolkit" / "integrations" / "Cart-Nes-v0" / "rom.nes"
    bad.parent.mkdir(parents=True)
    bad.write_bytes(NES[16:])
    with pytest.raises(RomError, match=r"is not there.*rom\.nes has no iNES header"):
        find_rom("Cart-Nes-v0", Integrations.ALL)
    good = tmp_path / "games" / "Cart-Nes-v0" / "rom.zip"
    good.write_bytes(zipped(("Cart (World).nes", NES)))
    for folders in ([tmp_path / "games"], [bad.parent.parent, tmp_path / "games"]):
        monkeypatch.setenv("TOOLKIT_INTEGRATIONS", ":".join(map(str, folders)))
        assert find_rom("Cart-Nes-v0", Integrations.ALL) == good
    good.unlink()
    # An import puts it right.
    (tmp_path / "a.nes").write_bytes(NES)
    (found,) = imported(tmp_path / "a.nes")
    assert (found.outcome, found.target) == (Outcome.IMPORTED, bad)
    assert find_rom("Cart-Nes-v0", Integrations.ALL).read_bytes() == NES


@pytest.mark.parametrize(
    ("name", "data", "kind", "stored"),
    [
        ("a.nes", NES, "nes", NES),
        ("a.bin", NES, "nes", NES),
        ("a.bin", dump({0x100: b"SEGA MEGA DRIVE "}), "md", None),
        ("a.smd", interleaved(dump({0x100: b"SEGA GENESIS    "})), "md", dump({0x100: b"SEGA GENESIS    "})),
        ("a.bin", dump({0x100: b"SEGA 32X        "}), "32x", None),
        ("a.bin", dump({0: b"\x37\x80\x40\x12"}), "n64", None),
        ("a.bin", dump({0x104: b"\xce\xed\x66\x66\xcc\x0d\x00\x0b"}), "gb", None),
        ("a.bin", dump({0x104: b"\xce\xed\x66\x66\xcc\x0d\x00\x0b", 0x143: b"\xc0"}), "gbc", None),
        ("a.bin", dump({4: b"\x24\xff\xae\x51\x69\x9a\xa2\x21", 0xB2: b"\x96"}), "gba", None),
        ("a.bin", dump({0x7FF0: b"TMR SEGA", 0x7FFF: b"\x4c"}), "sms", None),
        ("a.bin", dump({0x7FF0: b"TMR SEGA", 0x7FFF: b"\x6c"}), "gg", None),
        ("a.bin", bytes(512) + dump({0x7FDC: b"\x34\x12\xcb\xed"}), "sfc", dump({0x7FDC: b"\x34\x12\xcb\xed"})),
        ("a.pce", CART, "pce", None),
        ("a.PCE", bytes(512) + CART, "pce", CART),
        ("a.fig", CART, "sfc", None),
    ],
)
def test_the_console_is_the_dumps_where_the_games_name_names_none(collection, tmp_path, name, data, kind, stored):
    stored = data if stored is None else stored
    folder = collection("MyGame", rom=None)
    (folder / "rom.sha").write_text(hashlib.sha1(stored[16:] if kind == "nes" else stored).hexdigest())
    (tmp_path / name).write_bytes(data)
    (found,) = imported(tmp_path / name)
    assert found.target.name == f"rom.{kind}"
    assert found.target.read_bytes() == stored
    rom = find_rom("MyGame", Integrations.ALL)
    assert rom == found.target
    assert kind in console_of("MyGame", rom).extensions


def test_a_dump_that_tells_no_console(collection, tmp_path):
    folder = collection("MyGame", rom=None)
    (folder / "rom.sha").write_text(hashlib.sha1(CART).hexdigest())
    (tmp_path / "a.bin").write_bytes(CART)
    (found,) = imported(tmp_path / "a.bin")
    assert found.outcome is Outcome.REFUSED
    assert "NAME-CONSOLE" in found.reason
    (folder / "rom.bin").write_bytes(CART)
    with pytest.raises(RomError, match=r"rom\.bin may be for any console"):
        find_rom("MyGame", Integrations.ALL)


def test_orders_of_an_n64s_bytes(collection, tmp_path):
    straight = bytes.fromhex("80371240") + CART
    pairs, words = (b"".join(straight[i : i + n][::-1] for i in range(0, len(straight), n)) for n in (2, 4))
    folder = collection("Cart-N64-v0", rom=None)
    for hashed in (straight, pairs, words):
        (folder / "rom.sha").write_text(hashlib.sha1(hashed).hexdigest())
        for order in (straight, pairs, words):
            (tmp_path / "a.z64").write_bytes(order)
            (found,) = imported(tmp_path / "a.z64")
            assert found.target.read_bytes() == hashed


MARKED = ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-8"]


@pytest.mark.parametrize("encoding", MARKED)
def test_text_as_editors_of_windows_write_it(games, tmp_path, encoding):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    folder = tmp_path / "games" / "Cart-Nes-v0"
    for name in ("rom.sha", "data.json", "scenario.json", "metadata.json"):
        text = (folder / name).read_text().replace("\n", "\r\n")
        (folder / name).write_bytes((mark + text).encode(encoding))
    (tmp_path / "a.nes").write_bytes(NES)
    (found,) = imported(tmp_path / "a.nes")
    assert found.outcome is Outcome.IMPORTED
    variables = load_variables(str(folder / "data.json"))
    assert load_scenario(folder / "scenario.json", variables, []).names() == {"score", "lives"}


def test_one_bad_integration_does_not_stop_the_import(games, collection, tmp_path, caplog):
    folder = collection("Bad-Nes-v0", rom=None)
    (folder / "rom.sha").write_bytes(b"\xff\xfe\x00\xd8")
    (tmp_path / "games" / "Cart-Nes-v0" / "metadata.json").write_text("{")
    (tmp_path / "a.nes").write_bytes(NES)
    (found,) = imported(tmp_path / "a.nes")
    assert found.target.name == "rom.nes"
    assert "Bad-Nes-v0 is left out" in caplog.text


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.write_bytes(b"\xe9\xff")], ids=["folder", "no text"])
def test_one_bad_rom_sha_does_not_hide_the_others(games, collection, caplog, make):
    path = collection("Bad-Nes-v0", rom=None) / "rom.sha"
    path.unlink(missing_ok=True)
    make(path)
    assert {"Cart-Nes-v0", "Cart-Genesis-v0"} <= {game for game, _, _ in data.get_known_hashes().values()}
    assert "Bad-Nes-v0 is left out: cannot read" in caplog.text


def test_archives_that_are_not_looked_into_are_named(games, tmp_path, capsys):
    (tmp_path / "roms").mkdir()
    (tmp_path / "roms" / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(40))
    (tmp_path / "roms" / "b.nes").write_bytes(NES)
    assert main(["import-roms", str(tmp_path / "roms")]) == 0
    assert "a.7z is a 7z archive" in capsys.readouterr().err


# --- what integrations and folders of others say ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["data.json", "rom.sha", "Level1.state", "x\0.nes", "x\n.nes", "\x1b[2J.nes", "a/b.nes", "..", "", "nes",
     "script.lua", "x" * 300 + ".nes", "\ud800.nes"],
)  # fmt: skip
def test_names_that_no_rom_has_are_not_obeyed(games, tmp_path, name, caplog):
    folder = tmp_path / "games" / "Cart-Nes-v0"
    (folder / "metadata.json").write_text(json.dumps({"original_rom_name": name}))
    own = tmp_path / "home" / "coinop-toolkit" / "integrations" / "Cart-Nes-v0"
    own.mkdir(parents=True)
    (own / "data.json").write_text("mine")
    (tmp_path / "a.nes").write_bytes(NES)
    (found,) = imported(tmp_path / "a.nes")
    assert found.target == own / "rom.nes"
    assert "original_rom_name must be the name of a file" in caplog.text
    assert (own / "data.json").read_text() == "mine"
    with pytest.raises(ConfigError, match=r"metadata\.json: original_rom_name must be the name of a file"):
        find_rom("Cart-Nes-v0", Integrations.ALL)


@pytest.mark.parametrize("name", ["Cart (World).nes", "cart.ZIP", "c\u00e4rt.unf", "mk2.7z"])
def test_names_that_roms_have_are_obeyed(games, tmp_path, name):
    folder = tmp_path / "games" / "Cart-Nes-v0"
    (folder / "metadata.json").write_text(json.dumps({"original_rom_name": name}))
    assert original_name("Cart-Nes-v0", Integrations.ALL) == name
    (tmp_path / "a.nes").write_bytes(NES)
    (found,) = imported(tmp_path / "a.nes")
    assert found.target.name == name


def nested(folder, depth, name):
    """Makes a folder in a folder, and so on; the path of the deepest is longer than the system takes."""
    at = os.open(folder, os.O_DIRECTORY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=at)
        inner = os.open(name, os.O_DIRECTORY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)


def remove_nested(folder, name):
    """Removes it again: shutil of some versions of Python calls itself for each."""
    at = os.open(folder, os.O_DIRECTORY)
    while name in os.listdir(at):
        # What is inside goes up one level, until nothing is.
        inner = os.open(name, os.O_DIRECTORY, dir_fd=at)
        for number, entry in enumerate(os.listdir(inner)):
            os.rename(entry, "inner" if entry == name else f"left{number}", src_dir_fd=inner, dst_dir_fd=at)
        os.close(inner)
        os.rmdir(name, dir_fd=at)
        if "inner" in os.listdir(at):
            os.rename("inner", name, src_dir_fd=at, dst_dir_fd=at)
    os.close(at)


@pytest.mark.parametrize("name", ["d", "deep"])
def test_folders_in_folders(tmp_path, caplog, name):
    root = tmp_path / "roms"
    root.mkdir()
    (root / "a.nes").write_bytes(NES)
    nested(root, 2000, name)
    (root / name / name / "b.nes").write_bytes(NES)
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "fifo")
    try:
        assert candidates(root) == sorted([root / "a.nes", root / name / name / "b.nes"])
    finally:
        remove_nested(root, name)
    # Two thousand of four characters and a slash are too many.
    assert caplog.text.count("is left out: File name too long") == (name == "deep")


def test_names_that_would_act_on_the_terminal(games, tmp_path, capsys):
    source = tmp_path / "roms"
    source.mkdir()
    (source / "\x1b[31mred\n.zip").write_bytes(zipped(("\x1b]0;title\x07.nes", NES)))
    (source / os.fsdecode(b"\xff\x1b.7z")).write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(40))
    assert main(["import-roms", str(source)]) == 0
    out, err = capsys.readouterr()
    assert "?[31mred?.zip: ?]0;title?.nes" in out
    assert "??.7z is a 7z archive" in err
    assert main(["import-roms", str(tmp_path / "\x1b[2J")]) == 1
    error = capsys.readouterr().err
    assert "?[2J does not exist" in error
    assert all(character.isprintable() or character == "\n" for character in out + err + error)
