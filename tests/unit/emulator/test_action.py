import dataclasses

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


@pytest.mark.parametrize(
    "arguments", [(None, "A"), (":IN", 3), (":IN", "A", "1"), (":IN", "A", 1.0), (":IN", "A", 2**31)]
)
def test_what_is_no_action(arguments):
    with pytest.raises(ConfigError):
        Action(*arguments)
