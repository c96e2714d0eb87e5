"""What the benchmark makes of MAME's measurements; the measurements themselves are made by `make bench`."""

from pathlib import Path

import pytest

from tests.unit.benchmark.given import Given, verdicts
from toolkit.benchmark import Suite, mame_measure, table
from toolkit.benchmark.mame import MameSection
from toolkit.benchmark.peer import MAMETOOLKIT, PeerFailed

SUBJECT = mame_measure.Subject(Path("roms"), "sfiii3n", Path("mame"))


@pytest.fixture
def section(monkeypatch):
    """A section whose measurements are given, except for those of peers."""
    monkeypatch.setattr(mame_measure, "raw_speed", lambda *_: 2000.0)
    monkeypatch.setattr(mame_measure, "stepped_speed", lambda _, __, ratio: 2200.0 if ratio == 3 else 1000.0)
    monkeypatch.setattr(mame_measure, "together", lambda _, count, *__: 2000.0 * min(count, 2))
    for name, value in {"start_time": 1.0, "memory": 400.0, "round_trip": 20.0}.items():
        monkeypatch.setattr(mame_measure, name, lambda *_, value=value: value)
    return MameSection(SUBJECT, {}, seconds=10)


def measure(section, *answers):
    """Two rounds, with what MAMEToolkit measures in them."""
    section.peers = {MAMETOOLKIT: Given(MAMETOOLKIT, "1.1.0", "python", list(answers))} if answers else {}
    suite = Suite([section], repeats=2)
    assert len(list(suite.run())) == len(suite) == 2 * (11 if answers else 10)
    return verdicts(section)


GOOD = {"start": 10.0, "speed": 1100.0}


def test_ratios_and_budgets(section):
    rows = measure(section, GOOD, GOOD)
    assert rows["step(), frame_ratio 3"] == ("1.10", "met")
    assert rows["step(), frame_ratio 1"] == ("0.50", "MISSED")
    assert rows["the link alone, round trip"] == ("", "met")
    assert rows["  step() against it"] == ("2.00", "met")
    assert rows["  ours against it"] == ("10.0", "met")
    assert section.notes() == []
    lines = table(section.rows()).splitlines()
    assert len({len(line) for line in lines}) == 1
    ((script, *arguments),) = set(section.peers[MAMETOOLKIT].asked)
    assert (script, arguments) == ("mametoolkit_step", [Path("roms").absolute(), "sfiii3n", 10])


def test_a_peer_that_fails_loses_nothing(section):
    rows = measure(section, PeerFailed("its pipe broke"), GOOD)
    assert rows["MAMEToolkit 1.1.0, frame_ratio 3, failed 1 of 2 times"] == ("1.00", "")
    assert rows["  step() against it"] == ("2.00", "met")
    assert len(section.results.rounds) == 2


def test_a_peer_that_fails_each_time(section):
    measure(section, PeerFailed("its pipe broke"), PeerFailed("again"))
    assert [row.value for row in section.rows() if "MAMEToolkit" in row.what] == ["failed each time"]


def test_without_a_peer_it_says_how_to_get_it(section):
    measure(section)
    assert [row.value for row in section.rows() if "MAMEToolkit" in row.what] == ["not installed"]
    (note,) = section.notes()
    for words in ("pip install MAMEToolkit==1.1.0", "apt-get install xvfb", "TOOLKIT_PEER_PYTHON"):
        assert words in note
