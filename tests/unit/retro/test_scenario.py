import json

import pytest

from toolkit.errors import ConfigError
from toolkit.retro.conditions import parse_condition
from toolkit.retro.json_file import Node
from toolkit.retro.native_order import native_order
from toolkit.retro.operators import parse_operator
from toolkit.retro.rewards import float32, parse_reward
from toolkit.retro.scenario import load_scenario
from toolkit.retro.systems import SYSTEMS

BUTTONS = SYSTEMS["Nes"].buttons


def node(value):
    return Node("file.json", "", value)


def load(path, content):
    path.write_text(json.dumps(content))
    return load_scenario(path, {"x", "y"}, BUTTONS)


@pytest.mark.parametrize(
    ("operator", "reference", "holding", "failing"),
    [
        (None, 0, [1, 5], [0, -1]),
        ("equal", 3, [3], [2, 4, -3]),
        ("negative-equal", 3, [-3], [3, 0]),
        ("not-equal", 3, [2, -3], [3]),
        ("less-than", 3, [2, -9], [3, 4]),
        ("greater-than", 3, [4], [3, -4]),
        ("less-or-equal", 3, [3, 2], [4]),
        ("greater-or-equal", 3, [3, 4], [2]),
        ("nonzero", 9, [1, -1], [0]),
        ("zero", 9, [0], [1, -1]),
        ("positive", 9, [1], [0, -1]),
        ("negative", 9, [-1], [0, 1]),
        ("sign", 9, [1, 7], [0, -7]),
    ],
)
def test_operators(operator, reference, holding, failing):
    function = parse_operator(node({} if operator is None else {"op": operator}))
    assert all(function(value, reference) > 0 for value in holding)
    assert not any(function(value, reference) > 0 for value in failing)


def test_the_sign_counts_both_ways():
    assert [parse_operator(node({"op": "sign"}))(value, 0) for value in (-5, 0, 5)] == [-1, 0, 1]


ZERO, ONE = {"op": "zero"}, {"op": "equal", "reference": 1}


@pytest.mark.parametrize(
    ("done", "values", "over"),
    [
        ({}, (0, 0), False),
        ({"condition": "all"}, (0, 0), True),
        ({"variables": {"x": ZERO}}, (0, 5), True),
        ({"variables": {"x": ZERO, "y": ONE}}, (5, 1), True),
        ({"variables": {"x": ZERO, "y": ONE}, "condition": "any"}, (5, 5), False),
        ({"variables": {"x": ZERO, "y": ONE}, "condition": "all"}, (0, 5), False),
        ({"variables": {"x": ZERO, "y": ONE}, "condition": "all"}, (0, 1), True),
        ({"nodes": {"a": {"condition": "all", "variables": {"x": ZERO, "y": ONE}}}}, (0, 1), True),
        ({"nodes": {"a": {}}, "condition": "all"}, (0, 1), False),
        ({"nodes": {"a": {}, "b": {"condition": "all"}}}, (0, 1), True),
        ({"variables": {"x": ONE}, "nodes": {"a": {"nodes": {"b": {"variables": {"y": ONE}}}}}}, (0, 1), True),
        ({"variables": {"x": {"op": "negative", "measurement": "delta"}}}, (5, 0), True),
        ({"variables": {"y": {"op": "negative", "measurement": "delta"}}}, (5, 0), False),
    ],
)
def test_conditions(done, values, over):
    deltas = {"x": -2, "y": 2}
    assert parse_condition(node(done)).holds(dict(zip("xy", values, strict=True)), deltas) is over


@pytest.mark.parametrize(
    ("reward", "amount"),
    [
        ({}, 0.0),
        ({"variables": {"x": {"reward": 2}}}, 6.0),
        ({"variables": {"x": {"penalty": 2}}}, 0.0),
        ({"variables": {"y": {"reward": 2}}}, 0.0),
        ({"variables": {"y": {"penalty": 2}}}, -8.0),
        ({"variables": {"x": {"reward": 1}, "y": {"penalty": 1}}}, -1.0),
        ({"variables": {"x": {"reward": 1, "measurement": "absolute"}}}, 10.0),
        ({"variables": {"x": {"reward": 1, "op": "sign"}}}, 1.0),
        ({"variables": {"y": {"penalty": 0.25, "op": "sign"}}}, -0.25),
        ({"variables": {"x": {"reward": None, "penalty": None}}}, 0.0),
        ({"time": {"penalty": 1}}, 0.0),
        ({"time": {"reward": -0.1}}, float32(-0.1)),
        ({"time": {"reward": 1}, "variables": {"x": {"reward": 1}}}, 4.0),
    ],
)
def test_rewards(reward, amount):
    assert parse_reward(node(reward)).amount({"x": 10, "y": 20}, {"x": 3, "y": -4}) == amount


def test_rounding_to_32_bits_happens_once():
    # By way of a double the last 1 would be lost, and the tie would go the other way.
    assert float32(2**60 + 2**36 + 1) == 2**60 + 2**37
    assert float32(-(2**60) - 2**36 - 1) == -(2**60) - 2**37
    assert float32(2**60 + 2**36) == 2**60
    assert float32(2**60 + 3 * 2**36) == 2**60 + 2**38
    assert float32(2**63 - 1) == 2.0**63


def test_native_order():
    # As a hash table of GNU's C++ library listed them.
    assert native_order(["gameover", "lives", "score"]) == ["score", "lives", "gameover"]
    assert native_order([]) == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ({"reward": {"script": "lua:reward"}}, "Lua"),
        ({"done": {"script": "lua:done"}}, "Lua"),
        ({"rewards": [{}, {"script": "lua:reward"}]}, "Lua"),
        ({"reward": {"variables": {"x": {"op": "above"}}}}, r"reward\.variables\.x\.op must be one of"),
        ({"reward": {"variables": {"z": {}}}}, "needs 'z'"),
        ({"done": {"nodes": {"a": {"variables": {"z": {}}}}}}, "needs 'z'"),
        ({"done": {"condition": "some"}}, '"any" or "all"'),
        ({"done": {"variables": {"x": {"reference": 1.5}}}}, "whole number"),
        ({"done": {"variables": {"x": {"reference": True}}}}, "whole number"),
        ({"done": {"variables": {"x": {"reference": 2**63}}}}, "whole number"),
        ({"done": {"variables": {"x": {"measurement": "both"}}}}, '"absolute" or "delta"'),
        ({"reward": {"variables": {"x": {"reward": "1"}}}}, "a number"),
        ({"reward": {"variables": {"x": {"reward": 1e39}}}}, "32-bit"),
        ({"reward": []}, "an object"),
        ({"rewards": {}}, "an array"),
        ({"actions": [[["JUMP"]]]}, "no button 'JUMP'"),
        ({"actions": [[["C"]]]}, "no button 'C'"),
        ({"actions": [[]]}, "array of combinations"),
        ({"actions": [["A"]]}, "an array"),
        ({"crop": [0, 0, 1]}, "four numbers"),
        ({"crop": [0, 0, 1, -1]}, "whole number"),
        ({"crops": [5]}, "an array"),
    ],
)
def test_what_is_refused(tmp_path, content, complaint):
    with pytest.raises(ConfigError, match=complaint) as caught:
        load(tmp_path / "scenario.json", content)
    assert "scenario.json" in str(caught.value)


def test_deep_nesting_is_refused(tmp_path):
    path = tmp_path / "scenario.json"
    for levels in (25, 400):
        path.write_text('{"done":' + '{"nodes":{"a":' * levels + "{}" + "}}" * levels + "}")
        with pytest.raises(ConfigError, match=r"scenario\.json: its conditions are nested too deeply; 24"):
            load_scenario(path, set(), BUTTONS)
    path.write_text("[" * 100_000)
    with pytest.raises(ConfigError):
        load_scenario(path, set(), BUTTONS)


def test_crops(tmp_path):
    path = tmp_path / "scenario.json"
    assert load(path, {"crop": [1, 2, 3, 4]}).crops[1] == (1, 2, 3, 4)
    assert load(path, {"crops": [[1, 2, 3, 4], [5, 6, 7, 8.0]]}).crops == ((1, 2, 3, 4), (5, 6, 7, 8))


def test_actions_in_the_scenario(tmp_path):
    actions = load(tmp_path / "scenario.json", {"actions": [[["RIGHT"], []], [["A"], ["B", "A"]]]}).actions
    assert actions.groups == [[0, 128], [256, 257]]
    assert actions.filter(128 | 256 | 4) == 128 | 256
    assert actions.filter(1) == 0
    assert actions.pick([1, 1]) == 128 | 257
    assert load(tmp_path / "scenario.json", {"actions": []}).actions is None
