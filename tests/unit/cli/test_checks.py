"""What the doctor makes of what it finds."""

import errno
import os
import tempfile

import pytest

from toolkit.cli import checks, doctor
from toolkit.cli.checks import Mark
from toolkit.cli.mame_checks import judge
from toolkit.link import pixels

GOOD = "romset pacman [puckman] is good\n1 romsets found, 1 were OK.\n"
BEST = "romset pong is best available\n1 romsets found, 1 were OK.\n"
WRONG = """sfiii3n     : sfiii3_japan_nocd.29f400.u2 (524288 bytes) - INCORRECT CHECKSUM:
EXPECTED: CRC(1edc6366) SHA1(60b4b9adeb030a33059d74fdf03873029e465b52)
   FOUND: CRC(75660aac)
romset sfiii3n [sfiii3] is bad
1 romsets found, 0 were OK.
"""
PARTIAL = """pacman      : pacman.6e (4096 bytes) - NOT FOUND (puckman)
pacman      : pacman.6f (4096 bytes) - INCORRECT LENGTH: 12 bytes
romset pacman [puckman] is bad
"""
NONE = 'romset "sfiii3n" not found!\n'
UNKNOWN = "No matching systems found for 'nope'\n"


@pytest.mark.parametrize(
    ("said", "mark", "found"),
    [
        (GOOD, Mark.OK, "good"),
        (BEST, Mark.OK, "best available"),
        (WRONG, Mark.WARNING, "wrong checksums: sfiii3_japan_nocd.29f400.u2"),
        (PARTIAL, Mark.PROBLEM, "files not found: pacman.6e"),
        (NONE, Mark.PROBLEM, "not found"),
        (UNKNOWN, Mark.PROBLEM, "no such machine"),
        ("", Mark.PROBLEM, "not understood"),
        ("something new", Mark.PROBLEM, "not understood"),
    ],
)
def test_verdicts(said, mark, found):
    finding = judge("ROMs", said)
    assert finding.mark is mark
    assert found in finding.found
    assert bool(finding.advice) is (mark is not Mark.OK)


def test_the_bundled_games_checksums_are_expected():
    assert judge("ROMs", WRONG, bundled=True).mark is Mark.OK
    assert judge("ROMs", PARTIAL, bundled=True).mark is Mark.PROBLEM


def by_subject(findings):
    return {finding.subject: finding for finding in findings}


def test_everything_is_well_here():
    assert all(finding.mark is not Mark.PROBLEM for finding in [*checks.python(), *checks.system()])


def test_no_shared_memory(monkeypatch):
    def refuse(name):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(os, "memfd_create", refuse)
    finding = by_subject(checks.system())["shared memory"]
    assert finding.mark is Mark.PROBLEM
    assert "Function not implemented" in finding.found


def test_frames_without_the_library(monkeypatch):
    assert by_subject(checks.system())["frames"].mark is Mark.OK
    monkeypatch.setattr(pixels, "load", lambda: "libtoolkit.so: no such file")
    finding = by_subject(checks.system())["frames"]
    assert finding.mark is Mark.WARNING
    assert "no such file" in finding.found
    assert "gcc" in finding.advice


def test_no_temporary_folder(monkeypatch):
    def refuse():
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "gettempdir", refuse)
    finding = by_subject(checks.system())["temp folder"]
    assert finding.mark is Mark.PROBLEM
    assert "TMPDIR" in finding.advice


@pytest.mark.parametrize(("free", "mark"), [(2**20, Mark.PROBLEM), (2**27, Mark.WARNING), (2**40, Mark.OK)])
def test_space(monkeypatch, free, mark):
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: type("Usage", (), {"free": free}))
    assert by_subject(checks.system())["temp folder"].mark is mark


def test_one_core_is_few(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})
    assert by_subject(checks.system())["CPU"].mark is Mark.WARNING


def test_a_display_that_does_not_answer_is_a_warning(monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":4242")
    assert by_subject(checks.system())["display"].mark is Mark.WARNING
    monkeypatch.delenv("DISPLAY")
    assert by_subject(checks.system())["display"].mark is Mark.OK


def test_old_python(monkeypatch):
    monkeypatch.setattr(checks, "MINIMUM_PYTHON", (9, 0))
    assert by_subject(checks.python())["Python"].mark is Mark.PROBLEM


def test_a_missing_package(monkeypatch):
    monkeypatch.setattr(checks.metadata, "requires", lambda name: ["numpy>=1.26", 'no-such-thing>=2; extra == "x"'])
    assert "missing" not in by_subject(checks.python())["packages"].found
    monkeypatch.setattr(checks.metadata, "requires", lambda name: ["no-such-thing>=2"])
    finding = by_subject(checks.python())["packages"]
    assert (finding.mark, finding.found) == (Mark.PROBLEM, "missing: no-such-thing")


def test_the_table_is_aligned(capsys):
    doctor._print(checks.Finding(Mark.OK, "a", "b"))
    doctor._print(checks.Finding(Mark.PROBLEM, "longer", "word " * 40, "do this\nand that"))
    lines = capsys.readouterr().out.splitlines()
    column = lines[0].index("b")
    assert lines[1].index("word") == column
    assert all(line[:column].strip() == "" for line in lines[2:])
    assert lines[-2].strip() == "-> do this"
    assert max(map(len, lines)) <= doctor.WIDTH
