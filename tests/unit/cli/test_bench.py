"""toolkit bench, with sections that measure nothing."""

import json

import pytest

from toolkit.benchmark import Row, Section, libretro, libretro_measure, mame, peer, vector
from toolkit.cli.entry import main
from toolkit.errors import ConfigError


class Given(Section):
    """Says which section it stands for."""

    @property
    def name(self):
        return type(self).__name__

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


class Vector(Given):
    pass


@pytest.fixture(autouse=True)
def _given(monkeypatch):
    monkeypatch.setattr(peer, "find", lambda *_: {})
    monkeypatch.setattr("toolkit.mame.binary.find_binary", lambda *_: None)
    monkeypatch.setattr(mame, "MameSection", Mame)
    monkeypatch.setattr(libretro, "LibretroSection", Libretro)
    monkeypatch.setattr(vector, "VectorSection", Vector)
    monkeypatch.setattr(libretro_measure, "find_subject", lambda: None)


def missing():
    raise ConfigError("no such game; install it")


def test_all(capsys, tmp_path):
    path = tmp_path / "all.json"
    assert main(["bench", "--repeats", "2", "--seconds", "30", "--json", str(path)]) == 0
    output = capsys.readouterr()
    words = ("Mame, 30", "Mame's", "Libretro, 30", "Libretro's", "Vector, 2.0", "Vector's", "- Mame has a")
    places = [output.out.index(part) for part in words]
    assert places == sorted(places)
    assert "- Libretro has a note" in output.out
    assert "12/12" in output.err
    measured = json.loads(path.read_text())
    assert list(measured) == ["mame", "libretro", "vector"]
    assert measured["libretro"]["rounds"] == [{"one": 1.5, "two half": 0.5}] * 2


@pytest.mark.parametrize("only", ["mame", "libretro", "vector"])
def test_one(capsys, only):
    assert main(["bench", "--quick", "--only", only]) == 0
    output = capsys.readouterr().out
    assert [name for name in ("Mame", "Libretro", "Vector") if name in output] == [only.capitalize()]


def test_what_several_say_is_said_once(capsys, monkeypatch):
    monkeypatch.setattr(Given, "notes", lambda self: ["install it", f"for {self.name}"])
    assert main(["bench", "--quick"]) == 0
    output = capsys.readouterr().out
    assert output.count("- install it") == 1
    assert "- for Vector" in output


def test_what_is_missing_does_not_keep_the_rest(capsys, monkeypatch):
    monkeypatch.setattr(libretro_measure, "find_subject", missing)
    assert main(["bench", "--quick"]) == 0
    output = capsys.readouterr().out
    assert "Mame's" in output
    assert "- libretro and vectors were not measured: no such game; install it" in output


@pytest.mark.parametrize("only", ["libretro", "vector"])
def test_what_was_asked_for_must_be_there(capsys, monkeypatch, only):
    monkeypatch.setattr(libretro_measure, "find_subject", missing)
    assert main(["bench", "--quick", "--only", only]) == 1
    assert "no such game; install it" in capsys.readouterr().err
