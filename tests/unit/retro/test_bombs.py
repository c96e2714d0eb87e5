"""Archives that were made to take memory or time: what is in them is not believed."""

import io
import struct
import tracemalloc
import zipfile

import pytest

from toolkit.errors import ConfigError, RomError
from toolkit.retro import import_roms, zip_members
from toolkit.retro.archive import unpack_game
from toolkit.retro.import_roms import import_file
from toolkit.retro.movie import read_movie
from toolkit.retro.rom_files import rom_sha1
from toolkit.retro.systems import SYSTEMS


def packed(compression, size, claimed=None, names=("Header.txt", "Input Log.txt", "a.nes")):
    """An archive with files of `size` zeros, each said to have `claimed`."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name in names:
            with archive.open(name, "w") as member:
                for _ in range(size >> 20):
                    member.write(bytes(2**20))
        if claimed is not None:
            for info in archive.infolist():
                info.file_size = claimed
    return file.getvalue()


def peak(call, *arguments):
    """The most memory that a call took; whatever it raised that is ours."""
    tracemalloc.start()
    try:
        call(*arguments)
    except (ConfigError, RomError):
        pass
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return most


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_files_that_say_they_are_small(tmp_path, compression):
    path = tmp_path / "a.zip"
    path.write_bytes(packed(compression, 2**26, 1000))
    readers = {
        "movie": lambda: read_movie(path),
        "import": lambda: list(import_file(path, {})),
        "hash": lambda: rom_sha1(path, SYSTEMS["Nes"]),
        "unpack": lambda: unpack_game(path, "zip", ["nes"], tmp_path / "folder"),
    }
    taken = {name: peak(reader) for name, reader in readers.items()}
    assert max(taken.values()) < 2**22, taken


def directory(count):
    """An archive that lists one file many times."""
    head = b"PK\x03\x04" + struct.pack("<5H3L2H", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    entry = b"PK\x01\x02" + struct.pack("<6H3L5H2L", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listed = min(count, 0xFFFF)
    return (
        head
        + entry * count
        + b"PK\x05\x06"
        + struct.pack("<4H2LH", 0, 0, listed, listed, len(entry) * count, len(head), 0)
    )


def test_archives_that_list_a_million_files(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(directory(3))
    with path.open("rb") as file, zip_members.open_zip(file) as archive:
        assert len(archive.infolist()) == 3
    path.write_bytes(directory(200_000))
    for call in (lambda: read_movie(path), lambda: rom_sha1(path, SYSTEMS["Nes"])):
        assert peak(call) < 2**20
    assert peak(lambda: list(import_file(path, {}))) < 2**25
    with pytest.raises(ConfigError, match="its list of files has 9400000 bytes"):
        read_movie(path)


def test_one_file_that_is_listed_often_is_not_unpacked_for_ever(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(import_roms, "MAX_UNPACKED", 2**22)
    inner = packed(zipfile.ZIP_DEFLATED, 2**20, names=[f"{number}.bin" for number in range(20)])
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.zip", inner)
    hashed = []
    monkeypatch.setattr(import_roms, "readings", lambda data, extension: hashed.append(len(data)) or [])
    assert list(import_file(path, {})) == []
    assert sum(hashed) <= path.stat().st_size + 2**22
    assert caplog.text.count("a.zip unpacks to more than 4 MiB; the rest is left out") == 1
