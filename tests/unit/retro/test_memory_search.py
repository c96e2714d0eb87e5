"""Searches in memory: what they find, compared with what stable-retro itself finds, and what they refuse."""

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from toolkit.errors import ConfigError
from toolkit.retro.data import GameData
from toolkit.retro.datatype import DataType
from toolkit.retro.memory import Memory
from toolkit.retro.memory_search import Search, types_of
from toolkit.retro.systems import SYSTEMS

SIZE = 64
ROUNDS = 24


@pytest.fixture
def rom(tmp_path):
    """For an Atari: 4 KiB of nothing but a jump to itself. stable-retro finds nothing where the core swaps bytes."""
    path = tmp_path / "rom.a26"
    path.write_bytes(b"\x4c\x00\xf0".ljust(4090, b"\0") + b"\x00\xf0" * 3)
    return path


def in_decimal(value, digits):
    text = f"{value:0{digits}}"
    return bytes.fromhex(text if len(text) % 2 == 0 else f"0{text}")


def rounds(seed):
    """Numbers that change, kept in several ways among random bytes, and searched for."""
    chance = random.Random(seed)
    made = []
    for number in range(ROUNDS // 4):
        value = chance.choice([0, 1, 9, 10, 80, 99, 160, 255, 256, 300, 1600, 12000, 65535, 70000, 1234560, -1, -300])
        for _ in range(4):
            content = bytearray(chance.choices(range(4), k=SIZE) if chance.random() < 0.5 else chance.randbytes(SIZE))
            low = value % 2**32
            for kept in (low.to_bytes(4, "big"), low.to_bytes(4, "little"), (value * 2 % 2**32).to_bytes(4, "big")):
                place = chance.randrange(SIZE - 4)
                content[place : place + 4] = kept
            if value >= 0:
                digits = in_decimal(value, 4)
                content[50 : 50 + len(digits)] = digits
            steps = [["search", value]]
            if chance.random() < 0.3:
                steps = [["delta", chance.choice(["equal", "less-than", "positive", "nonzero"]), chance.randint(-5, 5)]]
            made.append({"name": f"search {number}", "bytes": content.hex(), "steps": steps})
            value += chance.choice([0, 0, 1, -1, 10])
    return made


def test_the_same_as_stable_retro_finds(rom):
    system = SYSTEMS["Atari2600"]
    request = {"rom": str(rom), "start": 0x80 + 7, "rounds": rounds(seed=7)}
    program = Path(__file__).parent / "stable_retro_searches.py"
    done = subprocess.run(
        [sys.executable, program], input=json.dumps(request), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    searches = {}
    for made, theirs in zip(request["rounds"], json.loads(done.stdout), strict=True):
        blocks = {int(base): bytes.fromhex(block) for base, block in theirs["blocks"].items()}
        memory = Memory([(base, len(block)) for base, block in blocks.items()], system.overlay)
        memory.update(np.frombuffer(b"".join(blocks[base] for base in sorted(blocks)), np.uint8))
        search = searches.setdefault(made["name"], Search(types_of(system.name)))
        for kind, *arguments in made["steps"]:
            (search.search if kind == "search" else search.delta)(memory, *arguments)
        ours = [[list(place), sorted(types)] for place, types in search.typed_results()]
        assert ours == theirs["places"], made
        assert (search.num_results(), search.has_unique_result()) == (theirs["count"], theirs["unique"])
        if ours:
            assert search.unique_result()["address"] == theirs["first"]["address"]


@pytest.fixture
def data():
    """A console's memory of 16 bytes, and what is searched in it."""
    data = GameData()
    data.attach(SYSTEMS["Nes"], Memory([(0x100, 16)], ("=", "=", 1)))
    data.memory.update(np.zeros(16, np.uint8))
    return data


def hold(data, **places):
    content = np.zeros(16, np.uint8)
    for name, value in places.items():
        content[int(name[1:])] = value
    data.memory.update(content)


def test_a_number_is_found_by_its_changes(data):
    for score in (7, 12, 31):
        hold(data, _3=score, _9=7, _12=score // 2)
        data.searches["score"].search(score)
    assert "score" in data.searches
    handle = data.searches["score"]
    # It may be the last byte of wider numbers, too, which begin with zeros.
    ends = {
        place[0] + DataType(kind).width - 1
        for place, kinds in handle.typed_results()
        for kind in kinds
        if kind[0] == ">" and kind[1] in "uidn"
    }
    assert ends == {0x103}
    assert ((0x103, 1, 1, 0), ["|u1", "|i1"]) in [(place, kinds[-2:]) for place, kinds in handle.typed_results()]
    hold(data, _3=32)
    handle.delta("equal", 1)
    assert handle.num_results() > 0
    handle.delta("positive", 0)
    assert (handle.num_results(), handle.has_unique_result()) == (0, False)
    assert list(dict(data.searches)) == ["score"]
    del data.searches["score"]
    assert "score" not in data.searches


def test_where_the_core_swaps_bytes():
    memory = Memory([(0xFF0000, 64)], SYSTEMS["Genesis"].overlay)
    memory.assign(0xFF0010, ">u2", 300)
    memory.assign(0xFF0021, "|u1", 77)
    search = Search(types_of("Genesis"))
    search.search(memory, 300)
    assert ((0xFF0010, 1, 1, 0), [">u2", ">i2"]) in search.typed_results()
    search = Search(["|u1"])
    search.search(memory, 77)
    assert search.has_unique_result()
    assert search.unique_result() == {"address": 0xFF0021, "type": "|u1"}


def test_what_is_refused(data):
    with pytest.raises(ConfigError, match="greater"):
        data.delta_search("score", "greater", 0)
    for value in (1.5, True, "7", 2**63):
        with pytest.raises(ConfigError, match="what is searched for is a whole number"):
            data.search("score", value)
    with pytest.raises(KeyError):
        data.get_search("nothing")
    with pytest.raises(KeyError):
        data.searches["nothing"].num_results()


@pytest.mark.parametrize("text", ["|u1", ">i2", "<u4", "><u4", ">d3", "<n5", "=i8", "|d1"])
def test_many_numbers_at_once(text):
    kind = DataType(text)
    memory = Memory([(10, 64), (100, 32)], ("=", ">", 2))
    memory.update(np.random.default_rng(3).integers(0, 256, 96, np.uint8))
    addresses = np.array([10, 11, 20, 37, 100, 115], np.int64)
    assert memory.read_many(kind, addresses).tolist() == [memory.extract(int(place), text) for place in addresses]
