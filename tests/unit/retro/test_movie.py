import contextlib
import hashlib
import io
import json
import os
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest

from toolkit.errors import ConfigError
from toolkit.retro import movie
from toolkit.retro.movie import checksum, read_movie
from toolkit.retro.movie_writer import MovieWriter
from toolkit.retro.systems import SYSTEMS

PICTURES = [np.full((2, 3, 3), shade, np.uint8) for shade in (0, 7, 255)]


def writer(path, system="Genesis", players=2, state=b"start"):
    rom = path.parent.parent / "rom.bin"
    rom.write_bytes(b"rom")
    buttons = SYSTEMS[system].buttons
    return MovieWriter(path, "Game", system, buttons, players, state, rom=rom, core={"name": "c"}, frame_rate=59.9)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "movies").mkdir()
    return tmp_path / "movies" / "a.bk2"


def record(path, system="Genesis", inputs=((1, 2), (0, 0), (0xFFF, 5)), state=b"start"):
    written = writer(path, system, len(inputs[0]), state)
    for pressed, picture in zip(inputs, PICTURES, strict=True):
        written.add(pressed, picture)
    written.close()
    written.close()
    return path


def rewrite(path, **changes):
    """The same archive with members changed, or left out (None)."""
    names = {"inputs": "Input Log.txt", "header": "Header.txt", "details": "Toolkit.json", "sums": "Checksums.txt"}
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name, content in changes.items():
        members[names[name]] = content
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)
    return path


@pytest.mark.parametrize("system", list(SYSTEMS))
def test_every_button_of_every_console(path, system):
    bits = [1 << place for place, name in enumerate(SYSTEMS[system].buttons) if name]
    # Each button is down in one of three frames for one of several players.
    inputs = [tuple(bit if n % 3 == frame else 0 for n, bit in enumerate(bits)) for frame in range(3)]
    read = read_movie(record(path, system, inputs))
    assert read.inputs == inputs
    assert read.system.name == system
    assert read.players == len(bits)


def test_what_is_in_it(path):
    read = read_movie(record(path))
    assert (read.game, read.state, read.inputs[0]) == ("Game", b"start", (1, 2))
    assert read.checksums == [checksum(picture) for picture in PICTURES]
    assert read.details["rom_sha1"] == hashlib.sha1(b"rom").hexdigest()
    assert read.details["frame_rate"] == 59.9
    assert list(path.parent.iterdir()) == [path]
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("Toolkit.json"))["frames"] == 3


def test_as_gym_retro_writes_it(path):
    log = "[Input]\nP1 Z|P1 X|P1 Y|P1 C|P1 Right|\n|..|............|\n|..|.......U..A.|\n[/Input]"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Input Log.txt", log)
        archive.writestr("Header.txt", "MovieVersion Retro\nPlatform GEN\nGameName Airstriker-Genesis-v0\n")
        archive.writestr("Core.bin", b"state")
    read = read_movie(path)
    assert read.inputs == [(0,), (16 | 2,)]
    assert (read.game, read.checksums, read.details) == ("Airstriker-Genesis-v0", [], {})


def test_a_checksum_is_what_is_documented():
    picture = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    expected = zlib.crc32(b"\x02\0\0\0\x04\0\0\0" + bytes(range(24)))
    assert checksum(picture) == expected
    assert checksum(np.ascontiguousarray(picture[:, ::-1])[:, ::-1]) == expected
    assert checksum(picture.reshape(4, 2, 3)) != expected


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"inputs": None}, "no 'Input Log.txt'"),
        ({"header": None}, "no 'Header.txt'"),
        ({"header": b"GameName x\n"}, "no platform"),
        ({"header": b"Platform PS9\n"}, "PS9"),
        ({"header": b"\xff\xfe\0"}, "no platform"),
        ({"inputs": b"|..|...\n"}, "cannot be read"),
        ({"inputs": b"|r.|............|\n"}, "own button"),
        ({"inputs": b"|..|...|\n|..|..|..|\n|..|..|\n"}, "number of players"),
        ({"inputs": b""}, "checksums; it is damaged"),
        ({"sums": b"xyz"}, r"Checksums\.txt"),
        ({"sums": b"0 0"}, "damaged"),
        ({"details": b"{"}, r"Toolkit\.json"),
        ({"details": b"[]"}, r"Toolkit\.json"),
        ({"details": b"{}"}, r"Toolkit\.json"),
        ({"details": b'{"version": 2}'}, "version 1, got 2"),
        ({"details": b'{"version": 1e999}'}, "larger than any number"),
        ({"details": b'{"version": 1, "x": NaN}'}, "NaN"),
        ({"details": b'{"version":' + b"[" * 100_000}, "too deeply"),
        ({"details": b'{"version": 1, "core": "x"}'}, "its 'core' is 'x'"),
        ({"details": b'{"version": 1, "rom_sha1": {}}'}, "its 'rom_sha1'"),
        ({"details": b'{"version": 1, "system_files": 3}'}, "its 'system_files'"),
        ({"details": b'{"version": 1, "frame_rate": "60"}'}, "its 'frame_rate'"),
        ({"details": b'{"version": 1, "disturbed": 1}'}, "its 'disturbed'"),
        ({"details": b" " * 2**21}, "at most 1048576"),
        ({"header": b"x\n" * 2**16}, "at most 65536"),
        ({"inputs": b"|" + b"A" * 5000}, "too long"),
        ({"inputs": b"|..|" + b"A|" * 33}, "33 players; at most 32"),
        ({"sums": b"1\n" * 100}, "3 frames and more than 3 checksums"),
    ],
)
def test_malformed_movies(path, changes, complaint):
    rewrite(record(path), **changes)
    with pytest.raises(ConfigError, match=complaint) as caught:
        read_movie(path)
    assert "a.bk2" in str(caught.value)


def test_files_that_are_no_movies(path):
    with pytest.raises(ConfigError, match="cannot read"):
        read_movie(path)
    for content in (b"", b"not a zip", b"PK\x05\x06" + bytes(18)):
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=r"a\.bk2"):
            read_movie(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_members(path, compression):
    """However they are packed: each way has errors of its own."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("Header.txt", "Platform GEN\n")
        archive.writestr("Input Log.txt", "|..|............|\n" * 40)
    whole = path.read_bytes()
    expected = read_movie(path).inputs
    assert len(expected) == 40
    refused = 0
    start = whole.index(b"Input Log.txt") + len("Input Log.txt")
    for place in range(start, whole.index(b"PK\x01\x02")):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        # Some bits of what is packed mean nothing.
        with contextlib.suppress(ConfigError):
            assert read_movie(path).inputs == expected
            continue
        refused += 1
    assert refused > 15


def test_names_that_are_no_text(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("\u00e9", b"")
    path.write_bytes(path.read_bytes().replace("\u00e9".encode(), b"\xff\xff"))
    with pytest.raises(ConfigError, match=r"a\.bk2 is no movie, or is damaged: 'utf-8'"):
        read_movie(path)


def test_a_bomb_is_not_unpacked(path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Header.txt", "Platform GEN\n")
        archive.writestr("Input Log.txt", b"")
        with archive.open("Core.bin", "w", force_zip64=True) as member:
            for _ in range(257):
                member.write(bytes(2**20))
    path.write_bytes(file.getvalue())
    with pytest.raises(ConfigError, match="at most"):
        read_movie(path)


def packed(path, inputs, count=1):
    """A movie with `count` times these lines of inputs."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Header.txt", "Platform GEN\n")
        with archive.open("Input Log.txt", "w", force_zip64=True) as member:
            for _ in range(count):
                member.write(inputs)
    return path


@contextlib.contextmanager
def memory_below(limit):
    """Nothing in here takes more memory than so many bytes."""
    tracemalloc.start()
    try:
        yield
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < limit


def test_a_movie_that_unpacks_to_a_thousand_times_its_size(path):
    packed(path, b"|..|............|\n" * 100_000, 140)
    assert path.stat().st_size < 2**20
    with memory_below(2**20), pytest.raises(ConfigError, match="unpacks to 252000000 bytes"):
        read_movie(path)


@pytest.mark.parametrize("line", ["\n", "|..|A|\n", "|..|A|\r\n"])
def test_too_many_lines(path, monkeypatch, line):
    monkeypatch.setattr(movie, "MAX_FRAMES", 1000)
    packed(path, line.encode() * 10_000)
    with memory_below(2**20), pytest.raises(ConfigError, match=r"a\.bk2.* 1000 frames"):
        read_movie(path)


def test_a_movie_of_as_many_frames_as_there_may_be(path, monkeypatch):
    monkeypatch.setattr(movie, "MAX_FRAMES", 20_000)
    packed(path, b"|..|............|\n|..|.......U..A.|\n", 10_000)
    # A pointer for each frame; what is pressed is shared.
    with memory_below(2**20):
        assert read_movie(path).inputs == [(0,), (16 | 2,)] * 10_000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_inputs_as_editors_of_windows_write_them(path, encoding):
    packed(path, "[Input]\r\n|..|............|\r\n|..|.......U..A.|\r\n".encode(encoding))
    assert read_movie(path).inputs == [(0,), (16 | 2,)]


@pytest.mark.timeout(20)
def test_a_fifo_is_no_movie(path):
    os.mkfifo(path)
    with pytest.raises(ConfigError, match=r"cannot read .*a\.bk2: it is no regular file"):
        read_movie(path)


def test_where_nothing_can_be_written(path):
    written = writer(path.parent / "missing.bk2")
    written.path = path.parent / "missing" / "a.bk2"
    with pytest.raises(ConfigError, match="cannot write the movie"):
        written.close()
