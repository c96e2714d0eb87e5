"""What a field can be held at, and what is said of one that there is not."""

import pytest

from toolkit.emulator import Action
from toolkit.emulator.fields import Fields, kind_of, usable_value
from toolkit.errors import ConfigError

DIAL = {"port": ":IN", "field": "Dial", "analog": True, "minimum": -5, "maximum": 99}
BUTTON = {"port": ":IN", "field": "Button", "analog": False}
SWITCH = {"port": ":DSW", "field": "Lives", "analog": False, "settings": [{"value": 4, "name": "3"}]}
KNOB = {
    "port": ":VR",
    "field": "Volume",
    "class": "adjuster",
    "analog": False,
    "minimum": 0,
    "maximum": 100,
    "default": 50,
}
LEVER = {"port": ":IN", "field": "Gear", "class": "misc", "analog": False, "toggle": True}
CONFIG = {**SWITCH, "port": ":CNF", "class": "config", "default": 9}
SILENT = {"port": ":CNF", "field": "Silent", "analog": False, "settings": [], "reason": "nobody knows how"}
FIELDS = Fields("tiny", [DIAL, BUTTON, SWITCH, KNOB, LEVER, CONFIG, SILENT])


@pytest.mark.parametrize(
    ("action", "entry"),
    [
        *((Action(":IN", "Dial", value), DIAL) for value in (-5, 0, 99)),
        *((Action(":IN", "Button", value), BUTTON) for value in (0, 1)),
        (Action(":DSW", "Lives", 4), SWITCH),
        *((Action(":VR", "Volume", value), KNOB) for value in (0, 50, 100)),
    ],
)
def test_what_there_is(action, entry):
    assert FIELDS.check(action) is entry


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Action(":OUT", "Dial"), "tiny has no port ':OUT'; its ports are :IN, :DSW, :VR, :CNF"),
        (Action(":IN", "Buton"), "port :IN of tiny has no field 'Buton'; did you mean Button"),
        (Action(":IN", "zzz"), "port :IN of tiny has no field 'zzz'; its fields are Dial, Button, Gear"),
        (Action(":IN", "Lives", 4), "port :IN of tiny has no field 'Lives'"),
        (Action(":IN", "Dial", -6), ":IN Dial takes -5 to 99, got -6"),
        (Action(":IN", "Dial", 100), ":IN Dial takes -5 to 99, got 100"),
        (Action(":IN", "Button", 2), ":IN Button takes 0 to 1, got 2"),
        (Action(":IN", "Button", -1), ":IN Button takes 0 to 1, got -1"),
        (Action(":VR", "Volume", 101), ":VR Volume takes 0 to 100, got 101"),
        (Action(":CNF", "Silent", 0), ":CNF Silent cannot be set: nobody knows how"),
        (Action(":DSW", "Lives", 1), ":DSW Lives has no setting 1; its settings are {4: '3'}"),
    ],
)
def test_what_there_is_not(action, words):
    with pytest.raises(ConfigError) as caught:
        FIELDS.check(action)
    assert words in str(caught.value)


def test_a_machine_without_inputs():
    with pytest.raises(ConfigError, match="tiny has no port ':IN'; there are none"):
        Fields("tiny", []).check(Action(":IN", "Dial"))


@pytest.mark.parametrize(
    ("entry", "kind", "value"),
    [
        (DIAL, "analog", 0),
        ({**DIAL, "minimum": 5}, "analog", 5),
        (BUTTON, "digital", 1),
        ({**SWITCH, "class": "dipswitch"}, "dipswitch", 4),
        (KNOB, "adjuster", 50),
        (LEVER, "toggle", 1),
        (CONFIG, "config", 4),
    ],
)
def test_kinds(entry, kind, value):
    assert kind_of(entry) == kind
    assert usable_value(entry) == value
