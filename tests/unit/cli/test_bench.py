"""toolkit bench, with sections that measure nothing."""

import json

import pytest

from toolkit.benchmark import Row, Section, libretro, libretro_measure, mame, peer
from toolkit.cli.entry import main
from toolkit.errors import ConfigError


class Given(Section):
    """Says which section it stands for."""

    def __init__(self, subject, peers, seconds):
        super().__init__()
        self.name = type(self).__name__
        self.seconds = seconds

    @property
    def title(self):
        return f"{self.name}, {self.seconds} seconds"

    def tasks(self):
        return [("one", lambda: 1.5), ("two", lambda: {"half": 0.5})]

    def rows(self):
        return [Row(f"{self.name}'s", str(self.results.median("two half")))]

    def notes(self):
        return [f"{self.name} has a note"]


class Mame(Given):
    pass


class Libretro(Given):
    pass


@pytest.fixture(autouse=True)
def _given(monkeypatch):
    monkeypatch.setattr(peer, "find", lambda *_: {})
    monkeypatch.setattr("toolkit.mame.binary.find_binary", lambda *_: None)
    monkeypatch.setattr(mame, "MameSection", Mame)
    monkeypatch.setattr(libretro, "LibretroSection", Libretro)
    monkeypatch.setattr(libretro_measure, "find_subject", lambda: None)


def missing():
    raise ConfigError("no such game; install it")


def test_both(capsys, tmp_path):
    path = tmp_path / "all.json"
    assert main(["bench", "--repeats", "2", "--seconds", "7", "--json", str(path)]) == 0
    output = capsys.readouterr()
    places = [output.out.index(words) for words in ("Mame, 7", "Mame's", "Libretro, 7", "Libretro's", "- Mame has a")]
    assert places == sorted(places)
    assert "- Libretro has a note" in output.out
    assert "8/8" in output.err
    measured = json.loads(path.read_text())
    assert list(measured) == ["mame", "libretro"]
    assert measured["libretro"]["rounds"] == [{"one": 1.5, "two half": 0.5}] * 2


@pytest.mark.parametrize(("only", "other"), [("mame", "Libretro"), ("libretro", "Mame")])
def test_one(capsys, only, other):
    assert main(["bench", "--quick", "--only", only]) == 0
    output = capsys.readouterr().out
    assert f"{only.capitalize()}, 20 seconds" in output
    assert other not in output


def test_what_is_missing_does_not_keep_the_rest(capsys, monkeypatch):
    monkeypatch.setattr(libretro_measure, "find_subject", missing)
    assert main(["bench", "--quick"]) == 0
    output = capsys.readouterr().out
    assert "Mame's" in output
    assert "- libretro was not measured: no such game; install it" in output


def test_what_was_asked_for_must_be_there(capsys, monkeypatch):
    monkeypatch.setattr(libretro_measure, "find_subject", missing)
    assert main(["bench", "--quick", "--only", "libretro"]) == 1
    assert "no such game; install it" in capsys.readouterr().err
