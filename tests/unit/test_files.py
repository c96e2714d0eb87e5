import os
import socket

import pytest

from toolkit.files import open_file, read_file


def test_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"data")
    (tmp_path / "link").symlink_to("file")
    with open_file(tmp_path / "link") as file:
        assert file.read() == b"data"
    assert read_file(tmp_path / "file", 4) == b"data"
    with pytest.raises(OSError, match="more than 3 bytes"):
        read_file(tmp_path / "file", 3)


@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "socket", "link to a fifo"])
@pytest.mark.timeout(20)
def test_what_is_no_file_is_not_waited_for(tmp_path, monkeypatch, kind):
    path = tmp_path / "thing"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "socket":
        # The name of a socket has to be short.
        monkeypatch.chdir(tmp_path)
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("thing")
    else:
        os.mkfifo(tmp_path / "fifo")
        path.symlink_to("fifo")
    with pytest.raises(OSError, match=r"no regular file|No such device|Is a directory"):
        open_file(path)
