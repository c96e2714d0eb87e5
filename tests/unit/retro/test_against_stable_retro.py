"""Types, operators, conditions, rewards and actions, compared with what stable-retro itself computes.

Random integrations over random memory, in one process of stable-retro per console: one whose memory is swapped in
pairs of bytes, and one whose is not.
"""

import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from toolkit.retro.game_data import GameData
from toolkit.retro.memory import Memory
from toolkit.retro.operators import OPERATORS
from toolkit.retro.systems import SYSTEMS

CASES = 150
SIZE = 48
ORDERS = ["|", "=", "<", ">", "<>", "><", "<=", ">="]
MEASUREMENTS = ["absolute", "delta"]
AIRSTRIKER = "Airstriker-Genesis-v0"


@pytest.fixture(scope="module")
def stable_retro_data():
    spec = importlib.util.find_spec("stable_retro")
    assert spec, "stable-retro is a test dependency: pip install -e '.[dev]'"
    return Path(spec.submodule_search_locations[0]) / "data"


@pytest.fixture(params=["Genesis", "Atari2600"])
def console(request, stable_retro_data, tmp_path):
    """A console, a ROM for it, and an address in its memory."""
    if request.param == "Genesis":
        return SYSTEMS["Genesis"], stable_retro_data / "stable" / AIRSTRIKER / "rom.md", 0xFF0000 + 0x1000
    # 4 KiB of nothing but a jump to itself.
    rom = tmp_path / "rom.a26"
    rom.write_bytes(b"\x4c\x00\xf0".ljust(4090, b"\0") + b"\x00\xf0" * 3)
    return SYSTEMS["Atari2600"], rom, 0x80 + 7


class Author:
    """Writes integrations that make sense, at random."""

    def __init__(self, seed, start, buttons):
        self.random = random.Random(seed)
        self.start = start
        self.buttons = [button for button in buttons if button]

    def some(self, most):
        return range(self.random.randint(0, most))

    def variable(self):
        width = self.random.choice([1, 1, 2, 2, 3, 4, 4, 5, 6, 7, 8])
        kind = self.random.choice("uuuiidn")
        # Even places and even widths, so that pairs of bytes are complete.
        place = self.random.randint(0, SIZE - 10)
        node = {"address": self.start + place, "type": self.random.choice(ORDERS) + kind + str(width)}
        if self.random.random() < 0.2:
            node["mask"] = self.random.choice([1, 15, 240, 255, 65535, 2**63, self.random.getrandbits(32)])
        return node

    def test(self, names, reward):
        node = {}
        if self.random.random() < 0.8:
            node["op"] = self.random.choice(list(OPERATORS))
        if self.random.random() < 0.7:
            node["reference"] = self.random.choice([0, 1, -1, 2, 5, 128, 255, self.random.randint(-70000, 70000)])
        if self.random.random() < 0.6:
            node["measurement"] = self.random.choice(MEASUREMENTS)
        if reward:
            for name in ("reward", "penalty"):
                if self.random.random() < 0.7:
                    node[name] = self.random.choice([1, 1.0, -1.5, 0.1, 1 / 3, 1e-3, 12345.678, 0])
        return node

    def condition(self, names, depth=0):
        node = {"variables": {self.random.choice(names): self.test(names, False) for _ in self.some(4)}}
        if self.random.random() < 0.6:
            node["condition"] = self.random.choice(["any", "all"])
        if depth < 3 and self.random.random() < 0.6:
            node["nodes"] = {f"node {n}": self.condition(names, depth + 1) for n in self.some(3)}
        return node

    def reward(self, names):
        node = {"variables": {self.random.choice(names): self.test(names, True) for _ in self.some(12)}}
        if self.random.random() < 0.3:
            node["time"] = self.test(names, True)
        return node

    def scenario(self, names):
        scenario = {"done": self.condition(names)}
        if self.random.random() < 0.3:
            scenario["rewards"] = [self.reward(names) for _ in self.some(3)]
        else:
            scenario["reward"] = self.reward(names)
        if self.random.random() < 0.5:
            scenario["actions"] = [
                [self.random.sample(self.buttons, self.random.randint(0, 3)) for _ in range(self.random.randint(1, 5))]
                for _ in range(self.random.randint(1, 4))
            ]
        if self.random.random() < 0.3:
            scenario["crop"] = [self.random.randint(0, 200) for _ in range(4)]
        return scenario

    def memory(self):
        kind = self.random.random()
        if kind < 0.2:
            return bytes(SIZE)
        if kind < 0.4:
            return bytes(self.random.choice([0, 1, 0x99, 0xFF, 0x80, 0x12]) for _ in range(SIZE))
        return self.random.randbytes(SIZE)

    def case(self):
        names = [f"{self.random.choice('abcxyz')}{n}" * self.random.randint(1, 6) for n in range(14)]
        data = {name: self.variable() for name in names}
        writes = [self.memory().hex() for _ in range(4)]
        # Twice the same, so that nothing changes.
        writes.insert(2, writes[1])
        settable = [name for name in names if "mask" not in data[name]]
        return {
            "data": {"info": data},
            "scenario": self.scenario(names),
            "writes": writes,
            "actions": [self.random.getrandbits(12) for _ in range(20)],
            "set": {name: self.random.choice([0, 7, 255, 90210, 2**31, 2**62 + 5]) for name in settable[:4]},
        }


def test_the_same_as_stable_retro(console, tmp_path):
    system, rom, start = console
    author = Author(7, start, system.buttons)
    cases = [author.case() for _ in range(CASES)]
    request = {"rom": str(rom), "folder": str(tmp_path), "window": [start, SIZE], "cases": cases}
    script = Path(__file__).with_name("stable_retro_data.py")
    answer = subprocess.run(
        [sys.executable, script], input=json.dumps(request), capture_output=True, text=True, timeout=100
    )
    assert answer.returncode == 0, answer.stderr
    reference = json.loads(answer.stdout[answer.stdout.index("{") :])
    assert all(base <= start for base, _ in reference["blocks"][:1])
    blocks = [(base, size) for base, size in reference["blocks"] if base <= start < base + size]
    offset = start - blocks[0][0]
    ends = 0
    for case, expected in zip(cases, reference["cases"], strict=True):
        written = []
        memory = Memory(blocks, system.overlay, lambda place, data, written=written: written.append((place, data)))
        data = GameData(system, memory)
        for name in ("data", "scenario"):
            (tmp_path / f"ours-{name}.json").write_text(json.dumps(case[name]))
        data.load(tmp_path / "ours-data.json", tmp_path / "ours-scenario.json")
        data.reset()
        raw = np.zeros(blocks[0][1], np.uint8)
        for update in expected["updates"]:
            raw = raw.copy()
            raw[offset : offset + SIZE] = np.frombuffer(bytes.fromhex(update["memory"]), np.uint8)
            data.update_ram(raw)
            assert data.lookup_all() == update["values"], case["data"]
            assert [data.current_reward(p) for p in range(2)] == update["rewards"], case["scenario"]
            assert [data.total_reward(p) for p in range(2)] == update["totals"]
            assert data.is_done() == update["done"], case["scenario"]["done"]
            ends += update["done"]
        for name, after in expected["encoded"].items():
            data.set_value(name, case["set"][name])
            assert memory.data[offset : offset + SIZE].tobytes().hex() == after, case["data"]["info"][name]
            place, new = written[-1]
            assert memory.data[place : place + len(new)].tobytes() == new
        assert data.valid_actions() == expected["valid_actions"]
        assert [data.filter_action(action) for action in case["actions"]] == expected["filtered"]
        assert [list(data.crop_info(player)) for player in range(2)] == expected["crops"]
    # Both answers were compared.
    assert CASES < ends < 4 * CASES


def test_every_console_is_as_there(stable_retro_data):
    seen = set()
    for file in (stable_retro_data.parent / "cores").glob("*.json"):
        for name, core in json.loads(file.read_text()).items():
            system = SYSTEMS[name]
            assert list(system.buttons) == core["buttons"]
            assert list(system.extensions) == core["ext"]
            assert system.cores[0] == core["lib"]
            assert system.ram_base == core.get("rambase", 0)
            assert list(system.overlay) == core.get("overlay", ["=", "=", 1])
            assert [[list(combo) for combo in group] for group in system.combinations] == core["actions"]
            seen.add(name)
    assert seen == set(SYSTEMS)
