import numpy as np
import pytest
from gymnasium import spaces

from toolkit.errors import ConfigError
from toolkit.retro import Actions, actions
from toolkit.retro.actions import ActionReader, as_array, names
from toolkit.retro.combinations import Combinations, combination
from toolkit.retro.systems import SYSTEMS

NES = SYSTEMS["Nes"]
UP, DOWN, LEFT, RIGHT, A, B = (combination([name], NES.buttons) for name in ("UP", "DOWN", "LEFT", "RIGHT", "A", "B"))
COMBINATIONS = Combinations([combination(names, NES.buttons) for names in group] for group in NES.combinations)


def reader(kind, players=1):
    return ActionReader(kind, COMBINATIONS, len(NES.buttons), players)


def test_all():
    every = reader(Actions.ALL, 2)
    assert every.space == spaces.MultiBinary(18)
    action = np.zeros(18, np.int8)
    action[[4, 5, 9]] = 1
    assert every.read(action) == [UP | DOWN, B]
    assert every.read(list(action)) == [UP | DOWN, B]
    assert every.read([1] * 18) == [511, 511]


def test_arrays_that_were_given_before():
    """What they press is remembered, by all that makes them what they are."""
    every = reader(Actions.ALL)
    for kind in (np.int8, np.uint8, np.bool_, np.int64, np.float32, object):
        for place in (4, 5):
            action = np.zeros(9, kind)
            action[place] = 1
            for _ in range(3):
                got = every.read(action)
                assert got == [1 << place]
                got[0] = 0
    # The same bytes, but not the same array.
    ones = np.ones(9, np.int8)
    assert every.read(ones) == [511]
    with pytest.raises(ConfigError, match="action"):
        every.read(ones.reshape(3, 3))
    tiny = np.ones(9, np.int64)
    assert every.read(tiny) == [511]
    with pytest.raises(ConfigError, match="action"):
        every.read(tiny.view(np.float64))
    with pytest.raises(ConfigError, match="action"):
        every.read(np.zeros(18, np.int8))
    halves = np.full(9, 0.5)
    for _ in range(2):
        with pytest.raises(ConfigError, match="action"):
            every.read(halves)


def test_objects_that_change():
    class Button:
        pressed = 0

        def __int__(self):
            return self.pressed

        def __eq__(self, other):
            return self.pressed == other

    button, every = Button(), reader(Actions.ALL)
    action = np.array([button] * 9, object)
    assert every.read(action) == [0]
    button.pressed = 1
    assert every.read(action) == [511]


def test_more_arrays_than_are_remembered(monkeypatch):
    monkeypatch.setattr(actions, "MAX_KNOWN", 10)
    every = reader(Actions.ALL)
    for _ in range(2):
        for number in range(100):
            assert every.read(as_array(number, 9)) == [number]
    assert len(every._known) == 10


def test_filtered():
    action = np.zeros(9, np.int8)
    action[[0, 2, 4, 5, 6, 8]] = 1
    # UP and DOWN together are no combination; SELECT is in no group.
    assert reader(Actions.FILTERED).read(action) == [LEFT | A | B]


def test_discrete():
    one, two = reader(Actions.DISCRETE), reader(Actions.DISCRETE, 2)
    assert one.space == spaces.Discrete(36)
    assert two.space == spaces.Discrete(36**2)
    assert one.read(0) == [0]
    assert one.read(1) == [UP]
    for left in (np.int64(3), np.array(3), np.array([3]), 3.0, np.float32(3), [3]):
        assert one.read(left) == [LEFT]
    assert one.read(True) == one.read(1.0) == [UP]
    assert one.read(35) == [DOWN | RIGHT | A | B]
    assert two.read(36 * 2 + 1) == [UP, DOWN]
    assert len({one.read(action)[0] for action in range(36)}) == 36


def test_multi_discrete():
    both = reader(Actions.MULTI_DISCRETE, 2)
    assert both.space == spaces.MultiDiscrete([3, 3, 4, 3, 3, 4])
    assert both.read([1, 0, 3, 0, 2, 0]) == [UP | A | B, RIGHT]
    assert all(len(both.read(both.space.sample())) == 2 for _ in range(50))


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (Actions.ALL, [0] * 8),
        (Actions.ALL, 3),
        (Actions.ALL, None),
        (Actions.ALL, ["A"] * 9),
        (Actions.ALL, np.zeros((3, 3), np.int8)),
        (Actions.ALL, [0] * 8 + [2]),
        (Actions.ALL, np.full(9, np.inf)),
        (Actions.FILTERED, np.zeros(10)),
        (Actions.DISCRETE, 36),
        (Actions.DISCRETE, -1),
        (Actions.DISCRETE, 1.5),
        (Actions.DISCRETE, float("nan")),
        (Actions.DISCRETE, [1, 1]),
        (Actions.MULTI_DISCRETE, [0, 0]),
        (Actions.MULTI_DISCRETE, [0, 0, 4]),
        (Actions.MULTI_DISCRETE, [0, 0, -1]),
        (Actions.MULTI_DISCRETE, 0),
    ],
)
def test_actions_that_there_are_not(kind, action):
    with pytest.raises(ConfigError, match="action"):
        reader(kind).read(action)


def test_shown():
    assert as_array(0b101, 4).tolist() == [1, 0, 1, 0]
    assert names(UP | A, NES.buttons) == ["UP", "A"]
    with pytest.raises(ConfigError, match="no button 'C'; it has B, SELECT"):
        combination(["C"], NES.buttons)
    with pytest.raises(ConfigError, match="no button ''"):
        combination([""], NES.buttons)
