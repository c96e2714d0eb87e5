"""What examples/benchmarks/vector.py shows of measurements; tests/native runs it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from toolkit.benchmark import libretro_measure, vector_measure
from toolkit.benchmark.peer import STABLE_RETRO, Found
from toolkit.benchmark.vector import VectorSection

EXAMPLE = Path(__file__).parents[3] / "examples" / "benchmarks" / "vector.py"
SUBJECT = libretro_measure.Subject(Path("core.so"), Path("rom.md"), Path("game", "Level1.state"))
AIRSTRIKER, BOUT = "Airstriker, 4 frames a step", "bout on MAME, 3 frames a step"
ASYNCHRONOUS = "coinop-toolkit, asynchronous (send/recv, half a batch)"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("vector_example", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def section(monkeypatch):
    """One round with these numbers by name."""
    monkeypatch.setattr(vector_measure, "most_of_bout", lambda: 10)

    def section(counts, bout_counts, **measured):
        section = VectorSection(
            SUBJECT,
            {STABLE_RETRO: Found(STABLE_RETRO, "1.2", "python")},
            counts=counts,
            bout_counts=bout_counts,
        )
        section.results.begin_round()
        for name, speed in measured.items():
            section.results.add(name.replace("_", " "), speed)
        return section

    return section


AIRSTRIKERS = {"ours_2 speed": 20.0, "ours_halves_2 speed": 22.0, "ours_1 speed": 10.0, "bare_1": 12.0}
BOUTS = {"bout_4 speed": 5.0, "bout_halves_4 speed": 6.0, "bout_async_4 speed": 4.0}


def test_both_ways_of_ours_are_shown(example, section):
    text = example.speeds(section([2, 1], [4], **AIRSTRIKERS, **BOUTS))
    assert text.splitlines() == [
        "| steps per second | 1 | 2 | 4 |",
        "| --- | --- | --- | --- |",
        "| Airstriker: coinop-toolkit | 10 | 20 |  |",
        f"| Airstriker: {ASYNCHRONOUS} |  | 22 |  |",
        "| Airstriker: bare cores | 12 |  |  |",
        "| bout on MAME: coinop-toolkit |  |  | 5 |",
        f"| bout on MAME: {ASYNCHRONOUS} |  |  | 6 |",
        "| bout on MAME: Gymnasium's AsyncVectorEnv over single ones |  |  | 4 |",
    ]


class Figures:
    """In place of matplotlib.pyplot: remembers the panels and lines that are drawn."""

    def __init__(self):
        self.panels = []
        self.saved = []

    def subplots(self, rows, columns, **_):
        assert rows == 1
        self.panels = [Panel() for _ in range(columns)]
        return SimpleNamespace(savefig=lambda path, **_: self.saved.append(path)), [self.panels]


class Panel:
    def __init__(self):
        self.title = None
        self.lines = {}

    def plot(self, counts, speeds, label, **_):
        self.lines[label] = (counts, speeds)

    def set_title(self, title):
        self.title = title

    def __getattr__(self, name):
        return lambda *_, **__: None


@pytest.fixture
def figures(monkeypatch):
    figures, matplotlib = Figures(), ModuleType("matplotlib")
    matplotlib.use, matplotlib.pyplot = lambda _: None, figures
    monkeypatch.setitem(sys.modules, "matplotlib", matplotlib)
    return figures


@pytest.mark.parametrize(
    ("counts", "bout_counts", "given", "titles"),
    [
        ([1, 2], [], AIRSTRIKERS, [AIRSTRIKER]),
        ([], [4], BOUTS, [BOUT]),
        ([1, 2], [4], AIRSTRIKERS | BOUTS, [AIRSTRIKER, BOUT]),
        ([1, 2], [4], AIRSTRIKERS, [AIRSTRIKER]),  # Interrupted before the other one.
    ],
)
def test_only_what_was_measured_is_drawn(example, section, figures, tmp_path, counts, bout_counts, given, titles):
    path = tmp_path / "new" / "vector.png"
    example.draw(section(counts, bout_counts, **given), path)
    assert [panel.title for panel in figures.panels] == titles
    assert figures.saved == [path]
    assert all(panel.lines for panel in figures.panels)


def test_lines_go_from_few_to_many(example, section, figures, tmp_path):
    example.draw(section([2, 1], [], **AIRSTRIKERS), tmp_path / "vector.png")
    (panel,) = figures.panels
    assert panel.lines == {
        "coinop-toolkit": ([1, 2], [10.0, 20.0]),
        ASYNCHRONOUS: ([2], [22.0]),
        "bare cores": ([1], [12.0]),
    }


def test_nothing_measured_is_not_drawn(example, section, figures, tmp_path, capsys):
    nothing = section([1], [])
    example.report(nothing, nothing.rows(), SimpleNamespace(plot=tmp_path / "vector.png", json=None))
    assert figures.saved == []
    assert "picture" not in capsys.readouterr().out


def test_there_must_be_something_to_measure(example, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["vector.py", "--counts", "--bout"])
    with pytest.raises(SystemExit):
        example.parse_arguments()
    assert "nothing to measure" in capsys.readouterr().err
