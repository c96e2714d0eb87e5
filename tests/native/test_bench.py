"""The libretro parts of `toolkit bench`, with numbers so small that they say nothing about speed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import toolkit.retro as retro
from toolkit.benchmark import Suite, libretro_measure, table
from toolkit.benchmark.libretro import LibretroSection
from toolkit.benchmark.peer import STABLE_RETRO, find
from toolkit.benchmark.vector import VectorSection
from toolkit.errors import LaunchError

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "benchmarks" / "vector.py"


@pytest.fixture(scope="module")
def subject():
    return libretro_measure.find_subject()


def test_a_round(subject, monkeypatch):
    monkeypatch.delenv("TOOLKIT_PEER_PYTHON", raising=False)
    # What the libraries of other tests have imported is their affair.
    monkeypatch.delitem(sys.modules, "stable_retro", raising=False)
    section = LibretroSection(subject, find(STABLE_RETRO), seconds=1)
    assert len(list(Suite([section], repeats=1).run())) == len(section.tasks())
    (measured,) = section.results.rounds
    assert section.results.failures == {}
    assert set(measured) == {
        *("bare", "step", "step_buttons", "make speed", "stable-retro speed", "link", "start", "memory")
    }
    assert min(measured.values()) > 0
    assert "stable-retro-turbo" in table(section.rows())
    assert "stable_retro" not in sys.modules  # one emulator per process


def test_a_round_of_vectors(subject, monkeypatch):
    monkeypatch.delenv("TOOLKIT_PEER_PYTHON", raising=False)
    section = VectorSection(subject, find(STABLE_RETRO), seconds=0.1, counts=[3], bout_counts=[])
    assert len(list(Suite([section], repeats=1).run())) == len(section.tasks())
    (measured,) = section.results.rounds
    assert section.results.failures == {}
    numbers = ("speed", "cpu", "memory", "parent")
    ours = {f"{way} 3 {number}" for way in ("ours", "ours halves") for number in numbers}
    assert set(measured) == {"bare 3", "stable-retro 3", *ours}
    assert min(measured.values()) > 0


def test_the_example_without_what_draws(tmp_path):
    arguments = ["--counts", "1", "--bout", "--seconds", "0.1", "--repeats", "1", "--json", "all.json"]
    program = (
        "import runpy, sys; sys.modules['matplotlib'] = None\n"
        f"sys.argv = ['vector.py', *{arguments!r}]; runpy.run_path({str(EXAMPLE)!r}, run_name='__main__')"
    )
    environment = {name: value for name, value in os.environ.items() if name != "TOOLKIT_PEER_PYTHON"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "| Airstriker: coinop-toolkit | " in done.stdout
    assert "bout on MAME" not in done.stdout
    assert "pip install 'coinop-toolkit[bench]'" in done.stdout
    assert "stable-retro-turbo was not measured" in done.stdout
    (measured,) = json.loads((tmp_path / "all.json").read_text())["rounds"]
    assert measured["ours 1 speed"] > 0


def test_the_game_is_that_of_environments(subject):
    """With its own defaults the core plays another one: see OPTIONS in toolkit/retro/libretro_machine.py."""
    with subject.emulator(publish_ram=True) as emulator, retro.make(libretro_measure.GAME) as env:
        env.reset()
        for _ in range(1200):
            env.step(np.zeros(env.num_buttons, np.int8))
        view = emulator.step_buttons([0], frames=1201)
        assert np.array_equal(view.memory, env.get_ram())


def test_a_core_that_does_not_start(subject, tmp_path):
    broken = libretro_measure.Subject(subject.core, tmp_path / "none.md", subject.state)
    with pytest.raises(LaunchError, match=r"not measured.*none\.md"):
        libretro_measure.bare_core(broken, 1)
