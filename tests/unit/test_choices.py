"""The same actions are actions everywhere: alone, in batches, for games of our own and of integrations."""

from __future__ import annotations

import importlib
import math
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from tests.unit.environment.tiny import started
from toolkit.checks import check_choice
from toolkit.choices import Choices
from toolkit.errors import ConfigError
from toolkit.vector.actions import checker

ONE = (
    *(1, 1.0, True, [1], (1.0,), [[True]]),
    *(kind(1) for kind in (np.int8, np.uint64, np.float16, np.float64, np.bool_)),
    *(np.array(value) for value in (1, 1.0, True, [1], [[1.0]])),
)
NOT_ONE = (
    *(-1, 3, 0.5, 2.5, math.nan, math.inf, -math.inf, 1e300, 10**40, 1j),
    *(None, "1", b"1", [], [1, 1], {}, {1: 1}, {1}, object(), np.str_("1"), np.datetime64(1, "s")),
    *(np.array(value) for value in (0.5, math.nan, [1, 1], [], "1", None)),
)
FLAGS = [1, 0, 1]


def several() -> list[Any]:
    kinds = (np.int8, np.int64, np.uint8, np.float32, np.float64, np.bool_, object)
    return [FLAGS, tuple(FLAGS), [1.0, 0.0, True], [np.float32(1), np.int64(0), np.array(1)]] + [
        np.array(FLAGS, kind) for kind in kinds
    ]


NOT_SEVERAL = (
    *([1, 0], [1, 0, 1, 0], [1, 0, 2], [1, 0, -1], [1, 0, 0.5], [1, 0, math.nan], [1, 0, math.inf], [1, 0, "1"]),
    *([1, 0, None], [1, 0, [1]], "101", b"\x01\x00\x01", {1: 0, 0: 0, 2: 0}, {0, 1, 2}, 1, None, math.nan),
    *(np.ones((1, 3)), np.ones((3, 1)), np.full(3, 0.5), np.full(3, np.nan), np.full(3, "1"), np.array(1)),
)


def refuse(read: Any, action: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        print(f"{action!r} was read as {read(action)}")  # Shown if it does not raise.


def test_one_number() -> None:
    choices, batches = Choices([3], single=True), checker(spaces.Discrete(3))
    for action in ONE:
        assert [type(number) for number in choices.read(action)] == [int], action
        assert choices.read(action) == [1], action
        assert batches([action, action], 2) == [1, 1], action
    for action in NOT_ONE:
        refuse(choices.read, action, "^an action of this environment is a whole number from 0 to 2, got ")
        refuse(lambda action: batches([action, 1], 2), action, "a whole number from 0 to 2")


def test_several_numbers() -> None:
    choices, batches = Choices([2, 2, 2]), checker(spaces.MultiBinary(3))
    for action in several():
        assert choices.read(action) == FLAGS, action
        assert {type(number) for number in choices.read(action)} == {int}
        assert np.array_equal(list(batches([action, action], 2)), [FLAGS, FLAGS]), action
    for action in NOT_SEVERAL:
        refuse(choices.read, action, "^an action of this environment is 3 numbers, each 0 or 1, got ")
        refuse(lambda action: batches([action, FLAGS], 2), action, "3 numbers, each 0 or 1")


def test_limits_of_their_own() -> None:
    choices, batches = Choices([2, 4], [0, 10]), checker(spaces.MultiDiscrete([2, 4], start=[0, 10]))
    assert choices.read(np.array([1.0, 13.0])) == [1, 13]
    for wrong in ([2, 10], [-1, 10], [0, 9], [0, 14]):
        for kind in (np.int64, np.float64):
            refuse(choices.read, np.array(wrong, kind), "2 whole numbers, from 0 to 1, from 10 to 13, got")
            refuse(lambda action: batches([[0, 10], action], 2), np.array(wrong, kind), "from 10 to 13")
    shifted = checker(spaces.Discrete(3, start=-1))
    assert shifted(np.array([-1.0, 1.0]), 2) == [-1, 1]
    refuse(lambda action: shifted([action], 1), 2.0, "from -1 to 1")
    assert str(Choices([4, 4])) == "2 whole numbers, each from 0 to 3"


def test_batches() -> None:
    check = checker(spaces.Discrete(3))
    for batch in (np.array([[1], [2]]), np.array([1, 2], np.float32), [np.array([1]), 2.0], (True, np.array(2))):
        assert check(batch, 2) == [1, 2], batch
    for wrong in ([1], [1, 2, 0], [], 1, None, "12", np.array([[1, 2]]), np.array([[1, 2], [0, 1]]), [[1, 2], [0]]):
        refuse(lambda batch: check(batch, 2), wrong, "a whole number from 0 to 2")
    refuse(lambda batch: check(batch, 0), np.array([], np.int64), "expected 0 actions")
    wide = checker(spaces.MultiBinary((2, 2)))
    assert np.array_equal(list(wide(np.ones((3, 2, 2), np.float32), 3)), np.ones((3, 2, 2)))
    refuse(lambda batch: wide(batch, 3), np.ones((3, 4)), "expected|is 4 numbers")


def test_games_read_them_alike() -> None:
    with started() as game:
        for action in ONE:
            if not isinstance(action, (list, tuple)):
                game.step(action)
        ran = game.emulator.frame_number
        for action in NOT_ONE:
            refuse(game.step, action, "choice 1 is a whole number from 0 to 2, got ")
        assert game.emulator.frame_number == ran
    assert check_choice("it", np.float32(1), 0, 2) == 1


def test_pytorchs_tensors_are_actions(sb3: Any) -> None:
    torch = importlib.import_module("torch")
    one, batches = Choices([3], single=True), checker(spaces.Discrete(3))
    for tensor in (torch.tensor(1), torch.tensor([1.0]), torch.tensor(True), torch.tensor(1.0, requires_grad=True)):
        assert one.read(tensor) == [1]
        assert batches([tensor, tensor], 2) == [1, 1]
    for tensor in (torch.tensor([1, 2]), torch.tensor([1.0, 2.0], requires_grad=True)):
        assert batches(tensor, 2) == [1, 2]
    flags = torch.tensor(FLAGS, dtype=torch.float32, requires_grad=True)
    assert Choices([2, 2, 2]).read(flags) == FLAGS
    assert np.array_equal(list(checker(spaces.MultiBinary(3))(torch.stack([flags, flags]), 2)), [FLAGS, FLAGS])
    refuse(one.read, torch.tensor(math.nan), "a whole number from 0 to 2")
