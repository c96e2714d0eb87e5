import os
import threading

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


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_both_are_private_whatever_the_umask(tmp_path, mask):
    path = tmp_path / "a" / "b" / "file"
    before = os.umask(mask)
    try:
        storage.write_whole(path, b"data")
        os.close(storage.open_private(path.with_name("lock"), os.O_WRONLY))
    finally:
        os.umask(before)
    modes = [made.stat().st_mode & 0o777 for made in (path, path.with_name("lock"), path.parent, path.parent.parent)]
    assert modes == [0o600, 0o600, 0o700, 0o700]


def test_a_folder_that_is_there_stays_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    storage.write_whole(tmp_path / "file", b"data")
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "a").write_text("mine")
    with pytest.raises(OSError, match=r"exists|directory"):
        storage.write_whole(tmp_path / "a" / "b" / "file", b"data")


@pytest.mark.parametrize("failing", ["write", "replace"])
def test_what_fails_leaves_what_was_there(monkeypatch, tmp_path, failing):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def open_full(part, flags):
        part.touch()
        return os.open("/dev/full", flags & ~os.O_TRUNC)

    def fail(*_):
        raise OSError("no space")

    if failing == "write":
        monkeypatch.setattr(storage, "open_private", open_full)
    else:
        monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match=r"(?i)no space"):
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


@pytest.mark.parametrize("kind", ["fifo", "link", "folder"])
@pytest.mark.timeout(20)
def test_what_stands_in_the_way_of_a_private_file(tmp_path, kind):
    """A FIFO would be waited for, and a link would lead the writer, and its mode, to another file."""
    path, other = tmp_path / "lock", tmp_path / "other"
    other.write_text("mine")
    other.chmod(0o644)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(other)
    else:
        path.mkdir()
    for flags in (os.O_WRONLY, os.O_RDWR):
        with pytest.raises(OSError, match=r"lock|No such"):
            storage.open_private(path, flags | os.O_TRUNC)
    assert other.read_text() == "mine"
    assert other.stat().st_mode & 0o777 == 0o644
