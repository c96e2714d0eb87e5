"""What the benchmark makes of the measurements of vectors; tests/native takes real ones."""

import json
from pathlib import Path

import pytest

from tests.unit.benchmark.given import Given, verdicts
from toolkit.benchmark import Suite, libretro_measure, table, vector, vector_measure
from toolkit.benchmark.peer import OURSELVES, STABLE_RETRO, TURBO, PeerFailed
from toolkit.benchmark.vector import VectorSection

SUBJECT = libretro_measure.Subject(Path("genesis_plus_gx_libretro.so"), Path("rom.md"), Path("game", "Level1.state"))
TURBO_8 = "  against stable-retro-turbo 1.2"


class ByCount(Given):
    """Answers with the speed that it was given, or what a function makes of the arguments."""

    def measure(self, script, *arguments, timeout=0.0):
        super().measure(script, *arguments)
        speeds = self.speeds[script]
        speed = speeds(*arguments) if callable(speeds) else speeds
        if isinstance(speed, Exception):
            raise speed
        return {"speed": speed, "cpu": self.cpu, "memory": 5.0, "parent": 40.0}


def by_count(peer, cpu=50.0, **speeds):
    given = ByCount(peer, "1.2", "python", answers=[None] * 100)
    object.__setattr__(given, "speeds", speeds)
    object.__setattr__(given, "cpu", cpu)
    return given


@pytest.fixture
def measure(monkeypatch):
    """One round with given speeds of ours, by mode, game and count."""
    monkeypatch.setattr(vector.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(vector_measure, "most_of_bout", lambda: 10)
    monkeypatch.setattr(libretro_measure, "bare_core", lambda *_: 2000.0)  # Two of them: 1000 steps of 4 frames.

    def measure(ours, peers=(), cpu=50.0, **options):
        given = by_count(OURSELVES.peer, cpu, vector_toolkit=ours)
        monkeypatch.setattr(vector_measure, "OURSELVES", given)
        section = VectorSection(SUBJECT, {found.peer: found for found in peers}, seconds=1, **options)
        suite = Suite([section], repeats=1)
        assert len(list(suite.run())) == len(suite)
        return section, given

    return measure


def turbo(speed=lambda *arguments: 800.0):
    return by_count(TURBO, vector_turbo=speed)


def stable_retro():
    return by_count(STABLE_RETRO, vector_stable_retro=400.0)


def speeds(of_8, of_16, mame=500.0, alone=400.0, halves=980.0):
    def speed(mode, game, count, *_):
        if mode == "halves":
            return halves
        if game == vector_measure.BOUT:
            return mame if mode == "vector" else alone
        return of_8 if count == 8 else of_16

    return speed


def test_budgets_that_are_met(measure):
    section, _ = measure(speeds(960.0, 900.0), [turbo(), stable_retro()], cpu=59.0)
    text = table(section.rows())
    assert "MISSED" not in text
    assert text.count("| met ") == 4
    rows = verdicts(section)
    assert rows["make_vec, 8; against bare cores"] == ("0.96", "met")
    assert rows["16 emulators against 8"] == ("0.94", "met")
    assert rows["the parent's CPU time per step of one of 8"] == ("", "met")
    assert rows["  against AsyncVectorEnv over single ones"] == ("1.25", "")
    assert "2.40" in text  # against stable-retro
    assert section.notes() == []


def test_budgets_that_are_missed(measure):
    section, _ = measure(speeds(830.0, 740.0), [turbo()], cpu=60.0)
    text = table(section.rows())
    assert text.count("MISSED") == 4
    assert "| met " not in text
    (note,) = section.notes()
    assert "pip install stable-retro," in note


def test_the_best_number_of_threads_counts(measure):
    """One per processor, or one per environment."""
    peer = turbo(lambda *arguments: 1000.0 if arguments[-1] == 2 else 500.0)
    section, _ = measure(speeds(1000.0, 1000.0), [peer], counts=[8])
    rows = {row.what: row for row in section.rows()}
    assert (rows[TURBO_8].value, rows[TURBO_8].ratio) == ("1000/s", "1.00")
    assert section.ratio("ours", TURBO.name, 8) == 1.0
    assert [arguments[-1] for arguments in peer.asked] == [2, 8]
    peer = turbo(lambda *arguments: 1000.0 if arguments[-1] == 8 else 500.0)
    section, _ = measure(speeds(1000.0, 1000.0), [peer], counts=[8])
    assert section.speed(TURBO.name, 8) == 1000.0


def test_one_environment_needs_one_thread(measure):
    peer = turbo()
    measure(speeds(1.0, 1.0), [peer], counts=[1], bout_counts=[])
    assert [arguments[-1] for arguments in peer.asked] == [1]


def test_all_play_the_same(measure):
    peers = [turbo(), stable_retro()]
    _, ours = measure(speeds(1.0, 1.0), peers, counts=[8], bout_counts=[])
    for peer in peers:
        assert {arguments[:4] for _, *arguments in peer.asked for arguments in [tuple(arguments)]} == {
            (Path("game"), "Level1", 8, 1)
        }
    assert {mode for _, mode, *_ in ours.asked} == {"halves", "vector"}
    for _, _, game, count, seconds, options in ours.asked:
        assert (game, count, seconds) == ("Airstriker-Genesis-v0", 8, 1)
        assert json.loads(options)["stack_num"] == 4


def test_the_asynchronous_way_beside_the_other(measure):
    section, _ = measure(speeds(960.0, 900.0, halves=980.0), [turbo()])
    rows = section.rows()
    names = [row.what for row in rows]
    for count in (8, 16):
        row = rows[names.index(f"make_vec, {count}; against bare cores") + 1]
        assert (row.what, row.value) == ("  asynchronous (send/recv, half a batch); against bare cores", "980/s")
        assert (row.ratio, row.verdict) == ("0.98", "")
    row = rows[names.index("bout on MAME, 8") + 1]
    assert (row.what, row.value) == ("  asynchronous (send/recv, half a batch); against all together", "980/s")
    assert row.ratio == "1.96"


def test_one_environment_has_no_half(measure):
    section, ours = measure(speeds(1.0, 1.0), [turbo()], counts=[1, 2], bout_counts=[1, 2])
    asked = [(game, count) for _, mode, game, count, *_ in ours.asked if mode == "halves"]
    assert asked == [(libretro_measure.GAME, 2), (vector_measure.BOUT, 2)]
    assert section.speed("ours halves", 1) is None
    assert "failed" not in table(section.rows())


def test_counts_that_are_compared_stand_together(measure):
    section, _ = measure(speeds(1.0, 1.0), [turbo(), stable_retro()])
    names = [name for name, _ in section.tasks()]
    assert names.index("ours 16") == names.index("ours 8") + 1
    assert names.index("bare 8") == names.index("ours 8") - 1
    assert names.index("bare 16") == names.index("ours 16") + 1
    assert names.index("ours halves 8") == names.index("bare 8") - 1
    assert names.index("ours halves 16") == names.index("bare 16") + 1


def test_what_fails_loses_nothing_else(measure):
    section, _ = measure(speeds(PeerFailed("gone"), 900.0, mame=PeerFailed("no MAME")), [turbo()])
    values = {row.what: row.value for row in section.rows()}
    assert values["make_vec, 8; against bare cores"] == "failed each time"
    assert values["make_vec, 16; against bare cores"] == "900/s"
    assert values["bout on MAME, 8"] == "failed each time"
    assert values["  against AsyncVectorEnv over single ones"] == "400/s"


def test_more_of_bout_than_fit_are_left_out(measure):
    section, ours = measure(speeds(1.0, 1.0), [turbo(), stable_retro()], bout_counts=[4, 16])
    assert {arguments[3] for arguments in ours.asked if arguments[2] == vector_measure.BOUT} == {4}
    (note,) = section.notes()
    assert "16 emulators of bout were not measured: they take 9 GiB" in note
