import os
import threading
from pathlib import Path

import pytest

from toolkit import storage


@pytest.mark.parametrize(
    ("folder", "variable", "default"),
    [
        (storage.cache_folder, "XDG_CACHE_HOME", ".cache"),
        (storage.data_folder, "XDG_DATA_HOME", ".local/share"),
    ],
)
def test_folders(monkeypatch, tmp_path, folder, variable, default):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv(variable, str(tmp_path))
    assert folder("roms") == tmp_path / "coinop-toolkit" / "roms"
    for unusable in ("relative", ""):
        monkeypatch.setenv(variable, unusable)
        assert folder("roms") == tmp_path / "home" / default / "coinop-toolkit" / "roms"
    monkeypatch.delenv(variable)
    assert folder("roms") == tmp_path / "home" / default / "coinop-toolkit" / "roms"


def test_a_file_and_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "file.bin"
    storage.write_whole(path, b"one")
    storage.write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [found.name for found in path.parent.iterdir()] == ["file.bin"]


def test_what_the_user_wants_of_new_files(tmp_path):
    before = os.umask(0o027)
    try:
        storage.write_whole(tmp_path / "file", b"data")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("failing", ["write_bytes", "replace"])
def test_what_fails_leaves_what_was_there(monkeypatch, tmp_path, failing):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def half(part, _):
        with open(part, "wb") as file:
            file.write(b"ne")
        raise OSError("no space")

    monkeypatch.setattr(*((Path, "write_bytes") if failing == "write_bytes" else (os, "replace")), half)
    with pytest.raises(OSError, match="no space"):
        storage.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_many_write_at_once(tmp_path):
    path, wrong = tmp_path / "file", []
    pieces = [bytes([number]) * 100_000 for number in range(4)]
    storage.write_whole(path, pieces[0])

    def write(piece):
        try:
            for _ in range(20):
                storage.write_whole(path, piece)
                if path.read_bytes() not in pieces:
                    wrong.append("torn")
        except OSError as error:
            wrong.append(error)

    threads = [threading.Thread(target=write, args=(piece,)) for piece in pieces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert list(tmp_path.iterdir()) == [path]
