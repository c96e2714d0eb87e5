"""stable-retro's names: the table of docs/retro.md is complete and true, and what stands behind the names is alike."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import gymnasium
import numpy as np
import pytest

import toolkit.retro as retro
from toolkit.errors import ConfigError
from toolkit.retro.data import Integrations
from toolkit.retro.examples.discretizer import Discretizer, SonicDiscretizer
from toolkit.retro.scripts import import_path, playback_movie
from toolkit.retro.testing import tools

ROOT = Path(__file__).parents[3]
NAMES = ROOT / "tests" / "peers" / "stable_retro_names.py"
# What stable-retro knows of consoles, and of one game by another's name.
KNOWN = """
import json, stable_retro as retro
print(json.dumps([retro.data.EMU_INFO, retro.data.EMU_CORES, retro.data.EMU_EXTENSIONS,
                  str(retro.data.Integrations.CONTRIB), str(retro.data.Integrations.STABLE)]))
"""


@pytest.fixture
def as_before():
    """Custom folders and defaults are as they were afterwards."""
    yield
    Integrations.clear_custom_paths()
    retro.data.DefaultIntegrations.reset()


def run(*command):
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_tables_are_complete_and_true():
    assert run(NAMES) in (ROOT / "docs" / "retro.md").read_text("utf-8"), (
        f"paste what {NAMES} prints into docs/retro.md"
    )


def test_what_is_known_of_consoles():
    info, cores, extensions, contrib, stable = json.loads(run("-c", KNOWN))
    for name, console in info.items():
        del console["keybinds"]
        ours = retro.get_system_info(name)
        assert {"rambase": 0, **ours} == {"rambase": 0, **console}
    assert cores == retro.data.EMU_CORES
    assert extensions == retro.data.EMU_EXTENSIONS
    assert (str(Integrations.CONTRIB), str(Integrations.STABLE)) == (contrib, stable)
    assert str(Integrations.ALL) == "all"


@pytest.mark.usefixtures("as_before")
def test_paths(tmp_path):
    assert Integrations.ALL.paths == ["contrib", "experimental", "stable"]
    Integrations.add_custom_path("nowhere")
    Integrations.add_custom_path(tmp_path)
    assert Integrations.CUSTOM.paths == ["nowhere", str(tmp_path), "stable"]
    assert Integrations.DEFAULT.paths == ["stable"]
    retro.data.DefaultIntegrations.add(Integrations.CUSTOM_ONLY)
    assert Integrations.DEFAULT.paths == ["nowhere", str(tmp_path), "stable"]
    (tmp_path / "beside.md").touch()
    assert retro.data.get_file_path("", "beside.md", Integrations.CUSTOM_ONLY) == str(tmp_path / "beside.md")


@pytest.mark.usefixtures("as_before")
def test_a_relative_folder_may_be_one_of_stable_retros():
    Integrations.add_custom_path("stable")
    assert Path(retro.data.path(), "stable") in Integrations.CUSTOM_ONLY.folders


def test_roms_are_merged(collection, tmp_path):
    rom = b"NES\x1a" + bytes(12) + b"a game"
    folder = collection(rom=None)
    (folder / "rom.sha").write_text(hashlib.sha1(rom[16:]).hexdigest())
    assert retro.data.get_known_hashes()[hashlib.sha1(rom[16:]).hexdigest()] == (
        "Tiny-Nes-v0", ".nes", str(tmp_path / "home" / "coinop-toolkit" / "integrations"),
    )  # fmt: skip
    with zipfile.ZipFile(tmp_path / "games.zip", "w") as archive:
        archive.writestr("some.nes", rom)
    retro.data.merge(tmp_path / "games.zip", tmp_path / "nothing", quiet=False)
    assert Path(retro.data.get_original_romfile_path("Tiny-Nes-v0")).read_bytes() == rom
    assert retro.get_fbneo_rom_name("Tiny-Nes-v0") is None
    assert not retro.is_fbneo_game("Tiny-Nes-v0")


def test_arcade_games(collection):
    collection("Tiny-Arcade-v0", metadata={"original_rom_name": "tiny.zip", "system": "FBNeo"})
    assert retro.get_fbneo_rom_name("Tiny-Arcade-v0") == "tiny.zip"
    assert retro.is_fbneo_game("Tiny-Arcade-v0")
    collection("Broken-Arcade-v0", metadata="{")
    assert not retro.is_fbneo_game("Broken-Arcade-v0")


def test_integrations_are_checked(collection):
    collection(metadata={"default_state": "Level1"}, states=["Level1"])
    everything = Integrations.STABLE
    for check in (tools.verify_data, tools.verify_default_state):
        assert check("Tiny-Nes-v0", everything)[1] == []
    assert tools.verify_scenario("Tiny-Nes-v0", everything) == ([], [])
    assert [text for _, text in tools.verify_data("Tiny-Nes-v0", everything)[0]] == [
        "suspicious type >u2 for lives",
        "suspicious type |u1 for score",
    ]
    raw = json.dumps({"info": {"lives": {"type": "u1"}, "score": {"address": 1}}})
    found = {text for _, text in tools.verify_data("Tiny-Nes-v0", everything, raw)[1]}
    assert found == {"missing address for lives", "invalid type u1 for lives", "missing type for score"}
    raw = json.dumps({"reward": {"variables": {"coins": {}}}, "done": {"variables": {"lives": {"op": "negative"}}}})
    found = {text for _, text in tools.verify_scenario("Tiny-Nes-v0", everything, raw=raw)[1]}
    assert found == {"invalid variable coins", "invalid definition coins", "op: negative on unsigned lives"}
    assert tools.verify_default_state("Tiny-Nes-v0", everything, '{"default_state": "Level9"}')[1]
    assert tools.verify_data("Tiny-Nes-v0", everything, "[")[1]
    assert tools.verify_rom("Tiny-Nes-v0", everything) == ([], [])
    collection("Other-Nes-v0", metadata={"whitelist": {"data.json": ["missing cheese"]}})
    assert "missing warning" in tools.verify_data("Other-Nes-v0", everything)[1][0][1]
    assert ("Other-Nes-v0", "*.state") in tools.scan_missing()
    assert {game for game, _ in tools.verify_hash_collisions()[1]} == {"Tiny-Nes-v0", "Other-Nes-v0"}


class Pad(gymnasium.Env):
    """What the wrapper needs of an environment."""

    buttons = ("B", None, "LEFT", "RIGHT", "DOWN")
    action_space = gymnasium.spaces.MultiBinary(5)
    observation_space = gymnasium.spaces.Discrete(1)


def test_the_discretizer():
    env = Discretizer(Pad(), [[], ["B", "LEFT"]])
    assert env.action_space == gymnasium.spaces.Discrete(2)
    assert env.action(np.int64(1)).tolist() == [1, 0, 1, 0, 0]
    assert SonicDiscretizer(Pad()).action_space.n == 7
    with pytest.raises(ConfigError, match="JUMP"):
        Discretizer(Pad(), [["JUMP"]])
    with pytest.raises(ConfigError, match="number per button"):
        Discretizer(env, [[]])


def test_the_scripts_are_commands_of_toolkit(monkeypatch, tmp_path):
    calls = []
    for module in (import_path, playback_movie):
        monkeypatch.setattr(module, "toolkit", lambda arguments: calls.append(arguments) or 0)
    monkeypatch.setattr(sys, "argv", ["import", "a", "b"])
    assert import_path.main() == 0
    assert playback_movie.main(["-A", str(tmp_path / "one.bk2")]) == 0
    assert calls == [
        ["import-roms", "a"],
        ["import-roms", "b"],
        ["render", str(tmp_path / "one.bk2"), "-o", str(tmp_path / "one.mp4"), "--no-sound"],
    ]
