"""What the benchmark makes of its measurements; the measurements themselves are made by `make bench`."""

from pathlib import Path

import pytest

from toolkit.benchmark import Suite, measure, peer, table

SUBJECT = measure.Subject(Path("roms"), "sfiii3n", Path("mame"))


@pytest.fixture
def measured(monkeypatch):
    """A suite whose measurements are given, two rounds of them."""
    monkeypatch.setattr(measure, "raw_speed", lambda *_: 2000.0)
    monkeypatch.setattr(measure, "stepped_speed", lambda _, __, ratio: 2200.0 if ratio == 3 else 1000.0)
    monkeypatch.setattr(measure, "together", lambda _, count, *__: 2000.0 * min(count, 2))
    for name, value in {"start_time": 1.0, "memory": 400.0, "round_trip": 20.0}.items():
        monkeypatch.setattr(measure, name, lambda *_, value=value: value)
    monkeypatch.setattr(peer, "installed", lambda: True)
    return Suite(SUBJECT, seconds=10, repeats=2)


def verdicts(suite):
    return {row.what: (row.ratio, row.verdict) for row in suite.rows()}


def test_ratios_and_budgets(measured, monkeypatch):
    monkeypatch.setattr(peer, "run", lambda *_: (10.0, 1100.0))
    assert len(list(measured.run())) == len(measured.tasks()) == 2 * 11
    rows = verdicts(measured)
    assert rows["step(), frame_ratio 3"] == ("1.10", "met")
    assert rows["step(), frame_ratio 1"] == ("0.50", "MISSED")
    assert rows["the link alone, round trip"] == ("", "met")
    assert rows["  step() against it"] == ("2.00", "met")
    assert rows["  ours against it"] == ("10.0", "met")
    lines = table(measured.rows()).splitlines()
    assert len({len(line) for line in lines}) == 1


def test_a_peer_that_fails_loses_nothing(measured, monkeypatch):
    answers = iter([peer.PeerFailed("its pipe broke"), (10.0, 1100.0)])

    def run(*_):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(peer, "run", run)
    list(measured.run())
    assert verdicts(measured)["MAMEToolkit 1.1.0, frame_ratio 3, failed 1 of 2 times"] == ("1.00", "")


def test_a_peer_that_fails_each_time(measured, monkeypatch):
    def run(*_):
        raise peer.PeerFailed("its pipe broke")

    monkeypatch.setattr(peer, "run", run)
    list(measured.run())
    assert [row.value for row in measured.rows() if "MAMEToolkit" in row.what] == ["failed each time"]


def test_without_a_peer_it_says_how_to_get_it(measured, monkeypatch):
    monkeypatch.setattr(peer, "installed", lambda: False)
    list(measured.run())
    assert "pip install MAMEToolkit==1.1.0" in measured.rows()[-1].value
