"""The set that our ROM is packed into, the cache it is kept in, and whether its sources still give the same program."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import numpy as np
import pytest

from games.homebrew import cps3, rom_names, rom_path
from games.homebrew.bout import ADDRESSES, read_counter
from toolkit.errors import ConfigError, RomError

BOUT = Path(cps3.__file__).parent / "bout"
# The compilers that made the committed program. Others may well make another one that plays the same.
COMPILERS = {"sh4-linux-gnu-gcc": "(Debian 12.2.0-13) 12.2.0", "sh-elf-as": "2.40", "sh-elf-ld": "2.40"}


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


# --- the mask ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "value"),
    [(0, 0xFF10FF10), (4, 0x4A404A40), (0x70, 0x71027102), (0x1234, 0xA31DA31D), (0x7FFFC, 0x18151815)],
)
def test_mask_of_sfiii3(address, value):
    """Values of a program that the unmodified driver has run."""
    assert cps3.mask(address) == value


def test_mask_with_other_keys():
    """Worked out by hand: all keys zero, address 0: v = ffff, then f(ffff, 0) = 0537, ^ ffff, and f again."""

    def rotl(value, count):
        return ((value << count) | (value >> (16 - count))) & 0xFFFF

    def f(value, key):
        r = (value + rotl(value, 2)) & 0xFFFF
        return rotl(r, 4) ^ (r & (value ^ key))

    expected = f(f(0xFFFF, 0) ^ 0xFFFF, 0)
    assert cps3.mask(0, 0, 0) == expected << 16 | expected == 0x5370537


def test_encrypting_twice_gives_the_program_back():
    program = (BOUT / "bout.bin").read_bytes()
    program += bytes(-len(program) % 4)
    coded = cps3.encrypt(program)
    assert coded != program
    assert cps3.encrypt(coded) == program
    assert cps3.encrypt(program[0x100:0x200], 0x100) == coded[0x100:0x200]


@pytest.mark.parametrize(("size", "base"), [(3, 0), (4, 2)])
def test_only_whole_words_are_encrypted(size, base):
    with pytest.raises(ValueError, match="multiples of 4"):
        cps3.encrypt(bytes(size), base)


# --- the set ----------------------------------------------------------------------------------------------------------


def test_the_set_has_the_files_that_mame_asks_for(mame, tmp_path):
    listed = subprocess.run(
        [mame, "-listxml", cps3.SET_NAME], capture_output=True, check=True, timeout=60, cwd=tmp_path
    )
    (machine,) = (m for m in ElementTree.fromstring(listed.stdout) if m.get("name") == cps3.SET_NAME)
    wanted = {rom.get("name"): int(rom.get("size")) for rom in machine.findall("rom")}
    with zipfile.ZipFile(io.BytesIO(cps3.make_set(b"\x00\x00\x00\x08"))) as archive:
        assert {info.filename: info.file_size for info in archive.infolist()} == wanted


def test_the_set_holds_the_program_and_nothing_else():
    program = (BOUT / "bout.bin").read_bytes()
    packed = cps3.make_set(program)
    assert packed == cps3.make_set(program)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        boot = cps3.encrypt(archive.read(cps3.BOOT_FILE))
        assert boot[: len(program)] == program
        assert set(boot[len(program) :]) == {0xFF}
        assert not any(archive.read("sfiii3-simm6.7"))


@pytest.mark.parametrize("size", [0, cps3.BOOT_SIZE + 1])
def test_programs_that_do_not_fit(size):
    with pytest.raises(ValueError, match="boot ROM"):
        cps3.make_set(bytes(size))


# --- the cache --------------------------------------------------------------------------------------------------------


def test_the_set_is_made_once(cache):
    folder = rom_path("bout")
    assert folder.parent == cache / "coinop-toolkit" / "roms"
    assert [path.name for path in folder.iterdir()] == ["sfiii3n.zip"]
    before = (folder / "sfiii3n.zip").stat()
    assert rom_path("bout") == folder
    after = (folder / "sfiii3n.zip").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_without_an_own_cache_folder_the_home_one_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    for value in ("", "relative/is/ignored"):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        assert rom_path("bout").is_relative_to(tmp_path / ".cache" / "coinop-toolkit" / "roms")


# Imports everything, says so, waits for a line, and asks.
ASK = """
import zipfile
from games.homebrew import rom_path
print("ready", flush=True)
input()
folder = rom_path("bout")
with zipfile.ZipFile(folder / "sfiii3n.zip") as archive:
    print(folder, archive.testzip())
"""


def test_eight_processes_may_ask_at_once(cache):
    command = [sys.executable, "-c", ASK]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": BOUT.parents[2]}
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(subprocess.Popen(command, **pipes)) for _ in range(8)]
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 8
        for process in processes:
            process.stdin.write("\n")
            process.stdin.flush()
        answers = {process.communicate(timeout=60)[0] for process in processes}
    assert [process.returncode for process in processes] == [0] * 8
    assert answers == {f"{rom_path('bout')} None\n"}
    assert os.listdir(rom_path("bout")) == ["sfiii3n.zip"]


def test_names_that_there_are_not(cache):
    with pytest.raises(ConfigError, match=r"'brawl'.*there are: bout") as raised:
        rom_path("brawl")
    assert isinstance(raised.value, ValueError)
    assert rom_names() == ["bout", "hop"]


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    """A file where the folder should be: also root cannot write there."""
    (tmp_path / "cache").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(RomError, match="XDG_CACHE_HOME") as raised:
        rom_path("bout")
    assert isinstance(raised.value.__cause__, OSError)


# --- the sources ------------------------------------------------------------------------------------------------------


def test_the_sources_give_the_committed_program(tmp_path):
    for tool, version in COMPILERS.items():
        path = shutil.which(tool)
        if path is None:
            pytest.skip(f"{tool} is not installed: apt install gcc-sh4-linux-gnu binutils-sh-elf")
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
        if version not in shown.splitlines()[0]:
            pytest.skip(f"{tool} is not the recorded version {version}: {shown.splitlines()[0]}")
    built = tmp_path / "bout.bin"
    made = subprocess.run(
        ["make", "-C", str(BOUT), f"BUILD={tmp_path / 'build'}", f"OUTPUT={built}", f"PYTHON={sys.executable}"],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
    assert built.read_bytes() == (BOUT / "bout.bin").read_bytes()


def test_every_documented_address_is_in_the_readme():
    text = (BOUT / "README.md").read_text().lower()
    missing = [name for name, (address, _) in ADDRESSES.items() if name[-2:] != "P2" and f"{address:08x}" not in text]
    assert not missing


def _rewrite(text):
    command = [sys.executable, str(BOUT / "tools" / "sh2ify.py")]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=20)
    return done.returncode, [line.strip().replace("\t", " ") for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize(
    ("before", "shift", "after", "expected"),
    [
        ("mov #-3,r1", "shad r1,r2", "rts", ["shar r2"] * 3),
        ("mov #-18,r1", "shld r1,r2", "tst r3,r3", ["shlr16 r2", "shlr2 r2"]),
        ("mov #9,r1", "shad r1,r2", "cmp/eq r3,r4", ["shll8 r2", "shll r2"]),
    ],
)
def test_shifts_by_constants_become_fixed_ones(before, shift, after, expected):
    code, lines, _ = _rewrite("".join(f"\t{line.replace(' ', chr(9))}\n" for line in (before, shift, after)))
    assert code == 0
    assert lines == [before, *expected, after]


@pytest.mark.parametrize(
    "lines",
    [
        ("mov r5,r1", "shld r1,r2", "rts"),  # the amount is not known
        ("mov #-3,r1", "shad r1,r2", "bt .L1"),  # T is still wanted
        ("mov #-3,r1", "add r4,r1", "shad r1,r2", "rts"),  # the constant is gone
    ],
)
def test_other_shifts_become_loops_that_keep_t(lines):
    code, out, _ = _rewrite("f:\n" + "".join(f"\t{line.replace(' ', chr(9), 1)}\n" for line in lines) + ".L1:\n\trts\n")
    assert code == 0
    assert "stc.l sr,@-r15" in out
    assert "ldc.l @r15+,sr" in out
    assert not any(line.startswith(("shad", "shld")) for line in out)


# --- the strip --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, 1, 0x80000000, 0xDEADBEEF, 0xFFFFFFFF])
def test_reading_the_counter_strip(value):
    frame = np.full((224, 384, 3), 77, np.uint8)
    for bit in range(32):
        frame[222:224, 2 * bit : 2 * bit + 2] = 248 if value >> (31 - bit) & 1 else 0
    assert read_counter(frame) == value


def test_a_frame_without_a_strip():
    with pytest.raises(ValueError, match="cell 0"):
        read_counter(np.full((224, 384, 3), 77, np.uint8))


@pytest.mark.parametrize("what", ["another archive", "no archive", "fifo"])
@pytest.mark.timeout(60)
def test_a_set_that_is_none_is_made_again(cache, monkeypatch, what):
    # It takes a second otherwise.
    monkeypatch.setattr(cps3, "FLASH_SIZE", 16)
    path = rom_path("bout") / "sfiii3n.zip"
    good, made = path.read_bytes(), path.stat().st_ino
    assert rom_path("bout") == path.parent
    assert path.stat().st_ino == made
    path.unlink()
    if what == "fifo":
        os.mkfifo(path)
    elif what == "no archive":
        path.write_bytes(good[:-100])
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("other.u2", b"x")
    assert rom_path("bout") == path.parent
    assert path.read_bytes() == good
