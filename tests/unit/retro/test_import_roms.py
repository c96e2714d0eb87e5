import hashlib
import io
import zipfile

import pytest

from toolkit.cli import main
from toolkit.errors import ConfigError
from toolkit.retro.import_roms import Outcome, candidates, import_file, known_hashes

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
