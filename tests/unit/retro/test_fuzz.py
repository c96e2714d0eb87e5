"""Malformed integrations: a ConfigError, never anything else. A fixed number of them, the same in every run."""

import json
import random

import numpy as np
import pytest

from toolkit.errors import ConfigError
from toolkit.retro.game_data import GameData
from toolkit.retro.memory import Memory
from toolkit.retro.systems import SYSTEMS

COUNT = 1000
STRANGE = [
    None, True, False, 0, 1, -1, 0.5, -0.0, 1e308, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, "", "x", "\ud800", "\0",
    "|u1", ">u9", "lua:x", "equal", "all", "delta", [], [[]], [[[]]], {}, {"": {}}, [None], "A" * 5000, 1e-400,
]  # fmt: skip
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


def damage(random, value, chance):
    """A copy in which some of the values are others."""
    if random.random() < chance:
        return random.choice(STRANGE)
    if isinstance(value, dict):
        return {
            (random.choice(["", "op", "type", "address", "\u2028"]) if random.random() < chance else name): damage(
                random, member, chance
            )
            for name, member in value.items()
            if random.random() > chance
        }
    if isinstance(value, list):
        return [damage(random, item, chance) for item in value if random.random() > chance]
    return value


def cut(random, text):
    """The text with bytes missing, changed or added."""
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(random.randint(1, 4)):
        place = random.randrange(len(data) + 1)
        match random.randrange(4):
            case 0:
                del data[place:]
            case 1:
                data[place : place + random.randint(1, 9)] = b""
            case 2:
                data[place:place] = random.randbytes(random.randint(1, 4))
            case _:
                data[place:place] = random.choice([b"{", b"]", b"NaN", b"1e999", b"-", b'"', b"\xff", b"[" * 2000])
    return bytes(data)


@pytest.mark.parametrize("kind", ["values", "bytes"])
def test_malformed_integrations(tmp_path, kind):
    random_ = random.Random(kind)
    accepted = 0
    refusals = []
    paths = {"data": tmp_path / "data.json", "scenario": tmp_path / "scenario.json"}
    for _ in range(COUNT):
        for name, original in (("data", DATA), ("scenario", SCENARIO)):
            # Often only one of the files is bad: the other's faults would hide it.
            if kind == "values":
                spoilt = damage(random_, original, random_.choice([0, 0.02, 0.1]))
                paths[name].write_text(json.dumps(spoilt))
            else:
                text = json.dumps(original)
                paths[name].write_bytes(text.encode() if random_.random() < 0.5 else cut(random_, text))
        game = GameData(SYSTEMS["Nes"], Memory([(0, 64)], ("=", "=", 1)))
        try:
            game.load(paths["data"], paths["scenario"])
        except ConfigError as error:
            refusals.append(str(error))
            continue
        accepted += 1
        # What is accepted works.
        for byte in (0, 255, 7):
            game.update_ram(np.full(64, byte, np.uint8))
        assert isinstance(game.current_reward(), float)
        assert isinstance(game.is_done(), bool)
        assert all(isinstance(value, int) for value in game.lookup_all().values())
        assert all(group for group in game.valid_actions())
        assert game.filter_action(0xFFF) < 2**12
        assert len(game.crop_info(1)) == 4
    assert accepted > 50
    assert len(refusals) > 100
    assert all(str(tmp_path) in text for text in refusals)
