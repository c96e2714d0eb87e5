import dataclasses

import numpy as np
import pytest

from toolkit.emulator import Action
from toolkit.errors import ConfigError


def test_an_action_presses_by_default():
    assert Action(":IN", "A").value == 1


def test_actions_are_values():
    assert Action(":IN", "A", 1) == Action(":IN", "A")
    assert len({Action(":IN", "A"), Action(":IN", "A"), Action(":IN", "A", 2)}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        Action(":IN", "A").value = 2


@pytest.mark.parametrize("value", [0, -1, 2**31 - 1, -(2**31)])
def test_values_of_32_bits(value):
    assert Action(":IN", "A", value).value == value


@pytest.mark.parametrize("value", [1.0, True, np.int64(1), np.float32(1), np.True_, np.array(1)])
def test_values_of_other_kinds_become_ints(value):
    action = Action(":IN", "A", value)
    assert type(action.value) is int
    assert hash(action) == hash(Action(":IN", "A"))


@pytest.mark.parametrize(
    "arguments",
    [
        (None, "A"),
        (":IN", 3),
        (":IN", "A", "1"),
        (":IN", "A", 1.5),
        (":IN", "A", None),
        (":IN", "A", float("nan")),
        (":IN", "A", 2**31),
    ],
)
def test_what_is_no_action(arguments):
    with pytest.raises(ConfigError):
        Action(*arguments)
