"""libFuzzer, by way of Atheris, over what is read of an integration, for a fixed count; see fuzz_target.py."""

import gzip
import importlib.util
import io
import json
import os
import platform
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from games.homebrew import rom_path
from toolkit.retro.movie_writer import MovieWriter
from toolkit.retro.systems import SYSTEMS

HOP = rom_path("hop") / "integration" / "Hop-Nes-v0"
TARGET = Path(__file__).with_name("fuzz_target.py")
SEPARATOR = b"\n\x1e\n"
# How many inputs, and how much of our code the seeds and what becomes of them must at least reach.
RUNS = {"integration": (3000, 400), "state": (2000, 80), "movie": (4000, 200), "archive": (4000, 250)}

DATA = {
    "info": {
        "score": {"address": 4, "type": ">u4"},
        "lives": {"address": 8, "type": "|d1", "mask": 15},
        "x": {"address": 10, "type": "<n2"},
    }
}
SCENARIO = {
    "reward": {
        "variables": {"score": {"reward": 1.0, "penalty": 2}, "x": {"op": "sign", "measurement": "absolute"}},
        "time": {"reward": -0.1},
    },
    "rewards": [{"variables": {"score": {"reward": 1}}}, {"time": {"penalty": 1}}],
    "done": {
        "condition": "all",
        "variables": {"lives": {"op": "equal", "reference": -1}, "x": {"op": "negative", "measurement": "delta"}},
        "nodes": {"a": {"variables": {"score": {"op": "greater-than", "reference": 5}}, "nodes": {"b": {}}}},
    },
    "actions": [[[], ["UP"], ["DOWN"]], [["A"], ["A", "B"]]],
    "crop": [0, 8, 160, 144],
    "crops": [[0, 0, 1, 1], [1, 1, 2, 2]],
    "scripts": ["script.lua"],
}
METADATA = {"default_state": "Level1", "default_player_state": ["One", "Two"], "original_rom_name": "Game (World).nes"}


def recorded(folder, system, players):
    """A movie of three frames."""
    (folder / "rom").write_bytes(b"rom")
    path = folder / f"{system}.bk2"
    pad, rom = SYSTEMS[system].buttons, folder / "rom"
    movie = MovieWriter(path, "Game", system, pad, players, b"state", rom=rom, core={"name": "c"}, frame_rate=60.0)
    for frame in range(3):
        movie.add((1 << frame, 0xFF)[:players], np.zeros((2, 2, 3), np.uint8))
    movie.close()
    return path


def packed(members, compression):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def seeds(kind, folder):
    """Inputs to begin with: our own integration, and what uses everything that there is."""
    if kind == "integration":
        ours = [(HOP / name).read_bytes() for name in ("data.json", "scenario.json", "metadata.json", "rom.sha")]
        other = [json.dumps(content).encode() for content in (DATA, SCENARIO, METADATA)]
        # A state may also be a path.
        path = b'{"default_state": "states/Level1.state"}'
        hashes = b"0" * 40 + b"\n" + b"F" * 40 + b"\r\n"
        return [SEPARATOR.join(ours), SEPARATOR.join([*other, hashes]), SEPARATOR.join([b"{}", b"{}", path])]
    if kind == "state":
        return [(HOP / "Level1.state").read_bytes(), gzip.compress(b"state"), gzip.compress(b"a") + gzip.compress(b"b")]
    paths = [recorded(folder, "Nes", 1), recorded(folder, "Genesis", 2)]
    if kind == "movie":
        result = []
        for path in paths:
            with zipfile.ZipFile(path) as archive:
                names = ("Header.txt", "Input Log.txt", "Toolkit.json", "Checksums.txt", "Core.bin")
                result.append(SEPARATOR.join(archive.read(name) for name in names))
        return [*result, SEPARATOR.join([b"Platform GEN\nGameName G\n", b"[Input]\n|..|.......U..A.|\n[/Input]"])]
    kinds = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    movie = {"Header.txt": "Platform GEN\n", "Input Log.txt": "|..|............|\n"}
    return [path.read_bytes() for path in paths] + [packed({**movie, "rom.nes": "NES"}, kind) for kind in kinds]


@pytest.fixture(scope="module")
def atheris():
    """Nothing; but it is there."""
    if importlib.util.find_spec("atheris") is not None:
        return
    if sys.version_info < (3, 14) and platform.machine() == "x86_64":
        pytest.fail("the tests need Atheris: pip install -e '.[dev]'", pytrace=False)
    pytest.skip(f"Atheris has no build for Python {platform.python_version()} on {platform.machine()}")


@pytest.mark.parametrize("kind", RUNS)
def test_files_under_libfuzzer(atheris, kind, tmp_path):
    runs, least = RUNS[kind]
    (tmp_path / "seeds").mkdir()
    (tmp_path / "found").mkdir()
    (tmp_path / "made").mkdir()
    for number, content in enumerate(seeds(kind, tmp_path / "made")):
        (tmp_path / "seeds" / str(number)).write_bytes(content)
    limits = (f"-runs={runs}", "-seed=1", "-max_len=8000", "-timeout=20", "-rss_limit_mb=2048")
    done = subprocess.run(
        [sys.executable, TARGET, kind, *limits, "found", "seeds"],
        cwd=tmp_path,
        # Sets in another order would be other branches.
        env={**os.environ, "PYTHONHASHSEED": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=110,
        check=False,
    )
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    said = "\n".join(line for line in said.splitlines() if not line.startswith("INFO: Instrumenting"))
    assert done.returncode == 0, said[-5000:]
    assert f"Done {runs} runs" in said
    assert max(int(covered) for covered in re.findall(r"cov: (\d+)", said)) > least, said[-2000:]
