"""Folders of integrations, made as a test needs them."""

import gzip
import json

import pytest

VARIABLES = {"score": {"address": 0, "type": "|u1"}, "lives": {"address": 2, "type": ">u2"}}
SCENARIO = {
    "reward": {"variables": {"score": {"reward": 1.0, "penalty": 0.5}}},
    "done": {"variables": {"lives": {"op": "zero"}}},
}


@pytest.fixture
def collection(tmp_path, monkeypatch):
    """A function: writes a game, and returns its folder. Of stable-retro's games none can be found."""
    folder = tmp_path / "games"
    folder.mkdir()
    monkeypatch.setenv("TOOLKIT_INTEGRATIONS", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("toolkit.retro.integrations.stable_retro_data", lambda: None)

    def write(game="Tiny-Nes-v0", data=None, scenario=None, metadata=None, rom=b"NES\x1a" + bytes(28), states=()):
        where = folder / game
        where.mkdir(exist_ok=True)
        files = {"data": data or {"info": VARIABLES}, "scenario": scenario or SCENARIO, "metadata": metadata or {}}
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (where / f"{name}.json").write_text(text)
        (where / "rom.sha").write_text("0" * 40)
        if rom is not None:
            (where / "rom.nes").write_bytes(rom)
        for name in states:
            (where / f"{name}.state").write_bytes(gzip.compress(f"state {name}".encode()))
        return where

    return write
