"""What the benchmark makes of libretro's measurements; tests/native takes real ones."""

from pathlib import Path

import pytest

from tests.unit.benchmark.given import Given, verdicts
from toolkit.benchmark import Suite, libretro, libretro_measure, table
from toolkit.benchmark.libretro import LibretroSection
from toolkit.benchmark.peer import OURSELVES, STABLE_RETRO, TURBO, PeerFailed
from toolkit.errors import ConfigError

SUBJECT = libretro_measure.Subject(Path("genesis_plus_gx_libretro.so"), Path("rom.md"), Path("game", "Level1.state"))
MAKE = "toolkit.retro.make(), 1 frame a step"
VALUES = {
    "bare_core": 3000.0,
    "stepped_speed": 2700.0,
    "button_speed": 2850.0,
    "round_trip": 60.0,
    "start_time": 0.02,
    "memory": 9.0,
}


def fps(*values):
    return [value if isinstance(value, Exception) else {"speed": value} for value in values]


@pytest.fixture
def measure(monkeypatch):
    """Makes a section with given measurements, of peers those that are passed, and runs as many rounds as those are."""
    for name, value in VALUES.items():
        monkeypatch.setattr(libretro_measure, name, lambda *_, value=value: value)

    def measure(ours, theirs=None, turbo=None):
        given = Given(OURSELVES.peer, OURSELVES.version, OURSELVES.python, fps(*ours))
        monkeypatch.setattr(libretro, "OURSELVES", given)
        peers = {
            peer: Given(peer, "1.2", "python", fps(*values))
            for peer, values in ((STABLE_RETRO, theirs), (TURBO, turbo))
            if values
        }
        section = LibretroSection(SUBJECT, peers, seconds=10)
        suite = Suite([section], repeats=len(ours))
        assert len(list(suite.run())) == len(suite) == len(ours) * (7 + len(peers))
        assert {script for script, *_ in given.asked} == {"retro_step"}
        return section

    return measure


def test_ratios_and_budgets(measure):
    section = measure([2400.0], [2000.0], [3000.0])
    rows = verdicts(section)
    assert rows["the core alone, drawing every frame"] == ("1.00", "")
    assert rows["step(), 4 frames a step, RGB and work RAM"] == ("0.90", "MISSED")
    assert rows["step_buttons(), 4 frames a step, RGB and work RAM"] == ("0.95", "met")
    assert rows[MAKE] == ("0.80", "")
    assert rows["  against stable-retro 1.2"] == ("1.20", "met")
    assert rows["  against stable-retro-turbo 1.2"] == ("0.80", "")
    assert rows["the link alone, round trip"] == ("", "MISSED")
    assert section.notes() == []
    assert len({len(line) for line in table(section.rows()).splitlines()}) == 1


def test_all_play_the_same(measure):
    section = measure([1.0], [1.0], [1.0])
    asked = [libretro.OURSELVES.asked, *(peer.asked for peer in section.peers.values())]
    assert [arguments[1:] for ((_, *arguments),) in asked] == [[Path("game"), "Level1", 599]] * 3
    assert [arguments[0] for ((_, *arguments),) in asked] == ["toolkit.retro", "stable_retro", "stable_retro"]


def test_ratios_are_those_of_the_rounds(measure):
    """In the second round the machine was busy: the ratio of the medians would be 1.5."""
    section = measure([3000.0, 300.0, 1800.0], [2000.0, 200.0, 1200.0])
    assert verdicts(section)["  against stable-retro 1.2"] == ("1.50", "met")
    section = measure([1000.0, 2000.0, 3000.0], [500.0, 2000.0, 6000.0])
    assert verdicts(section)["  against stable-retro 1.2"] == ("1.00", "MISSED")
    section = measure([100.0, 200.0, 1000.0], [400.0, 100.0, 500.0])
    assert verdicts(section)["  against stable-retro 1.2"] == ("2.00", "met")


def test_a_peer_that_fails_once(measure):
    section = measure([2400.0, 900.0, 2400.0], [2000.0, PeerFailed("gone"), 2000.0])
    assert verdicts(section)["  against stable-retro 1.2, failed 1 of 3 times"] == ("1.20", "met")


@pytest.mark.parametrize("ours", [[1.0, 2.0], [PeerFailed("gone"), 2.0]])
def test_peers_that_fail_when_it_matters(measure, ours):
    """Each time, or in the only rounds that there is something to compare with."""
    section = measure(ours, [1.0, PeerFailed("gone")] if isinstance(ours[0], Exception) else [PeerFailed("gone")] * 2)
    values = {row.what: row.value for row in section.rows()}
    assert values["  against stable-retro 1.2"] == "failed each time"


def test_when_we_fail_the_rest_comes(measure):
    section = measure([PeerFailed("gone")], [2000.0])
    values = {row.what: row.value for row in section.rows()}
    assert values[MAKE] == "failed each time"
    assert values["memory of one emulator"] == "9 MiB"


def test_without_peers_it_says_how_to_get_them(measure):
    section = measure([1500.0])
    assert verdicts(section)[MAKE] == ("0.50", "")
    values = {row.what: row.value for row in section.rows()}
    assert values["  against stable-retro"] == values["  against stable-retro-turbo"] == "not installed"
    first, second = section.notes()
    assert "peer-stable-retro/bin/pip install stable-retro," in first
    assert "peer-stable-retro-turbo/bin/pip install stable-retro-turbo," in second


def test_without_the_game_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(libretro_measure, "find_program", lambda: Path("toolkit-libretro"))
    monkeypatch.setattr(libretro_measure, "GAME", "Nowhere-Genesis-v0")
    with pytest.raises(ConfigError, match=r"Nowhere-Genesis-v0.*-m pip install stable-retro"):
        libretro_measure.find_subject()
