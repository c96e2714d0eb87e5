"""What is plugged into a machine: paddles on an Atari 2600, which needs no ROM, and no cartridge to start."""

import pytest

from toolkit.cli.entry import main
from toolkit.emulator import Action, Emulator, list_actions, list_slots
from toolkit.errors import ConfigError

PADDLE = Action(":joyport1:pad:POTX", "Paddle", 200)


@pytest.fixture
def atari(mame):
    def atari(**options):
        return Emulator("slots", [], "a2600", {}, binary_path=mame, **options)

    return atari


def test_slots_are_listed(mame, capsys):
    slots = {slot.name: slot for slot in list_slots("a2600", mame)}
    assert slots["joyport1"].default == "joy"
    assert {"joy", "pad", "wheel"} <= set(slots["joyport1"].options)
    assert "paddles" in slots["joyport1"].options["pad"]
    assert list_slots("pong", mame) == []
    assert main(["list-slots", "a2600", "--binary", str(mame)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert next(line.split() for line in lines if "(default)" in line)[:3] == ["joyport1", "joy", "(default)"]
    with pytest.raises(ConfigError, match="no machine 'nosuch'"):
        list_slots("nosuch", mame)
    assert main(["list-slots", "nosuch", "--binary", str(mame)]) == 1


def test_what_is_plugged_in_can_be_used(atari, mame):
    ports = {entry["port"] for entry in list_actions([], "a2600", mame, slots={"joyport1": "pad", "joyport2": None})}
    assert PADDLE.port in ports
    assert not [port for port in ports if port.startswith((":joyport1:joy", ":joyport2"))]
    with atari(slots={"joyport1": "pad"}) as emulator:
        emulator.step([PADDLE])
        state, paddles = emulator.save_state(), emulator.identity
        emulator.load_state(state)
    with atari() as emulator:
        assert emulator.identity != paddles
        with pytest.raises(ConfigError, match="no port ':joyport1:pad:POTX'"):
            emulator.step([PADDLE])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"slots": {"joyprt1": "pad"}}, "a2600 has no slot 'joyprt1'; did you mean joyport1"),
        ({"slots": {"joyport1": "pat"}}, "'pat' does not go into joyport1; did you mean pad"),
        # Options of MAME's that are no slots.
        ({"slots": {"video": "soft"}}, "a2600 has no slot 'video'; its slots are joyport1, joyport2"),
        ({"slots": {"cart": "game.bin"}}, "no slot 'cart'.*Files go into media="),
        ({"media": {"joyport1": "pad"}}, r"media= is for files: slots=\{'joyport1': 'pad'\}; what goes into it is joy"),
        ({"media": {"joyport1": "/bin/true"}}, "media= is for files"),
        ({"media": {"jport": "/bin/true"}}, "unknown option: -jport\n.*toolkit list-slots a2600"),
    ],
)
def test_what_there_is_not(atari, options, words):
    with pytest.raises(ConfigError, match=words):
        atari(**options)


@pytest.mark.parametrize(
    "slots",
    [3, "joyport1", ["joyport1"], {3: "pad"}, {"-video": "x"}, {"a b": "x"}, {"joyport1": "-x"}, {"joyport1": 5}],
)
def test_what_is_no_slot(slots):
    with pytest.raises(ConfigError, match=r"slot|plugged"):
        Emulator("slots", [], "a2600", {}, slots=slots)
