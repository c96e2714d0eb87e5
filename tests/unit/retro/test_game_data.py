"""What frames earn, however it is computed: most of them, in which nothing changes, are not computed again."""

import json
import random

import numpy as np
import pytest

from toolkit.retro.game_data import GameData
from toolkit.retro.memory import Memory
from toolkit.retro.systems import SYSTEMS

VARIABLES = {"x": {"address": 0, "type": "|u1"}, "y": {"address": 2, "type": "<i2"}}
SCENARIOS = [
    {"reward": {"time": {"reward": 0.1}}, "done": {"variables": {"x": {"op": "equal", "reference": 2}}}},
    {"reward": {"variables": {"x": {"reward": 3, "penalty": 1}, "y": {"reward": 0.3, "measurement": "absolute"}}}},
    {
        "rewards": [
            {"variables": {"x": {"reward": 1}}},
            {"variables": {"y": {"reward": 1, "measurement": "absolute"}}},
        ],
        "done": {"variables": {"y": {"op": "positive", "measurement": "delta"}}},
    },
]


class Anew(GameData):
    """Computes every frame."""

    def update_ram(self, data=None):
        self._quiet = False
        super().update_ram(data)


@pytest.fixture(params=SCENARIOS)
def pair(request, tmp_path):
    (tmp_path / "data.json").write_text(json.dumps({"info": VARIABLES}))
    (tmp_path / "scenario.json").write_text(json.dumps(request.param))
    made = []
    for kind in (GameData, Anew):
        game = kind(SYSTEMS["Nes"], Memory([(0, 8)], SYSTEMS["Nes"].overlay))
        game.load(str(tmp_path / "data.json"), str(tmp_path / "scenario.json"))
        made.append(game)
    return made


def shown(game):
    return [
        *([game.current_reward(player), game.total_reward(player)] for player in range(3)),
        game.is_done(),
        game.lookup_all(),
        dict(game.values),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_frames_in_which_nothing_changes(pair, seed):
    chance = random.Random(seed)
    memory = bytearray(8)
    quiet = 0
    for _ in range(300):
        event = chance.random()
        if event < 0.2:
            memory[0] = chance.randrange(3)
        elif event < 0.3:
            memory[2:4] = chance.choice([-1, 0, 1]).to_bytes(2, "little", signed=True)
        elif event < 0.35:
            # Not one of the variables.
            memory[1] ^= 1
        for game in pair:
            if 0.4 < event < 0.43:
                game.reset()
            elif 0.5 < event < 0.52:
                game["x"] = 2
                memory = bytearray(game.memory.data)
            elif 0.6 < event < 0.62:
                game["mine"] = 7
            quiet += game._quiet
            game.update_ram(np.frombuffer(bytes(memory), np.uint8))
        assert shown(pair[0]) == shown(pair[1])
    assert quiet > 50
