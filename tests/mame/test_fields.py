"""Every kind of input field that MAME knows: each that is listed can be used, or says why not."""

import numpy as np
import pytest

from games.homebrew import rom_path
from toolkit.emulator import Action, Emulator, list_actions
from toolkit.emulator.fields import usable_value
from toolkit.errors import ConfigError

KNOB = ":VR1", "VR1 - 50k, Paddle 1 adjustment"
PADDLE = Action(":PADDLE0", "Paddle", 128)
# Machines with positional controls; gambling and coins with impulse; pedals and a toggle.
BLANK = ("ikari", "goldnpkr", "outrun")


@pytest.fixture(scope="module")
def pong(mame):
    """In the middle of a game."""
    with Emulator("fields", [], "pong", {}, binary_path=mame) as emulator:
        emulator.run(60, [Action(":IN0", "Coin 1")])
        emulator.run(60)
        yield emulator


def by_name(fields):
    return {(entry["port"], entry["field"]): entry for entry in fields}


def use(emulator, fields):
    """Holds each field at each of its values, or at both ends of its range, alone and all together."""
    for entry in fields:
        name = entry["port"], entry["field"]
        if not entry["settable"]:
            assert entry["reason"]
            with pytest.raises(ConfigError, match="cannot be set: MAME"):
                emulator.step([Action(*name, usable_value(entry))])
            continue
        if "settings" in entry:
            values = [setting["value"] for setting in entry["settings"]]
            assert all(setting["name"] for setting in entry["settings"])
        else:
            values = [entry.get("minimum", 0), entry.get("maximum", 1)]
            for value in (values[0] - 1, values[1] + 1):
                with pytest.raises(ConfigError, match=f"takes {values[0]} to {values[1]}, got {value}"):
                    emulator.run(0, [Action(*name, value)])
        assert values
        for value in values:
            emulator.run(0, [Action(*name, value)])
    usable = [Action(entry["port"], entry["field"], usable_value(entry)) for entry in fields if entry["settable"]]
    emulator.run(1, usable)
    emulator.run(1)


def test_an_adjuster_is_set_and_goes_back(pong):
    state = pong.save_state()

    def picture(*actions):
        pong.load_state(state)
        return pong.run(10, [PADDLE, *actions])["frame"]

    usual = picture()
    assert not np.array_equal(picture(Action(*KNOB, 90)), usual)
    assert np.array_equal(picture(Action(*KNOB, 50)), usual)
    assert np.array_equal(picture(), usual)


def test_an_adjuster_for_good(mame, pong):
    with Emulator("fields", [], "pong", {}, settings=[Action(*KNOB, 90)], binary_path=mame) as emulator:

        def play():
            emulator.run(60, [Action(":IN0", "Coin 1")])
            emulator.run(60)
            return emulator.run(10, [PADDLE])["frame"]

        first = play()
        assert not np.array_equal(first, pong.run(10, [PADDLE])["frame"])
        emulator.reset()
        assert np.array_equal(play(), first)


@pytest.mark.parametrize("value", [-1, 101])
def test_an_adjusters_range(pong, value):
    with pytest.raises(ConfigError, match=f":VR1 VR1 - 50k, Paddle 1 adjustment takes 0 to 100, got {value}"):
        pong.step([Action(*KNOB, value)])


def test_pong(pong):
    fields = pong.list_fields()
    named = by_name(fields)
    assert named[KNOB]["kind"] == "adjuster"
    assert (named[KNOB]["minimum"], named[KNOB]["maximum"], named[KNOB]["default"]) == (0, 100, 50)
    assert named[":IN0", "Game Won"]["kind"] == "dipswitch"
    assert named[":IN0", "Game Won"]["settings"] == [{"value": 0, "name": "11"}, {"value": 6, "name": "15"}]
    assert named[":fixfreq:ENABLE", "Interlace mode"]["kind"] == "config"
    wide = named[":fixfreq:GAIN", "Monitor - Signal Gain"]
    assert (wide["minimum"], wide["maximum"], wide["enabled"]) == (10, 1000, False)
    # The monitor's own switches change the picture's shape, which the other tests compare.
    use(pong, [entry for entry in fields if not entry["port"].startswith(":fixfreq")])


def test_a_switch_brings_others_into_effect(pong):
    sliders = Action(":fixfreq:ENABLE", "Display Monitor sliders", 1)
    pong.run(1, [sliders])
    assert by_name(pong.list_fields())[":fixfreq:GAIN", "Monitor - Signal Gain"]["enabled"]
    pong.run(1)


@pytest.mark.parametrize("game", ["breakout", "sfiii3n", "nes"])
def test_what_is_listed_can_be_used(mame, bout_roms, game):
    hop = rom_path("hop")
    roms, media = {"sfiii3n": (bout_roms, {}), "nes": (hop, {"cart": hop / "hop.nes"})}.get(game, ([], {}))
    actions = list_actions(roms, game, mame, media=media)
    assert all(entry["settable"] for entry in actions)
    assert not [entry for entry in actions if "%p" in entry["field"]]
    with Emulator("fields", roms, game, {}, binary_path=mame, media=media) as emulator:
        use(emulator, actions)


@pytest.mark.parametrize("game", BLANK)
def test_rare_kinds(mame, blank_roms, game):
    with Emulator("fields", blank_roms(mame, game), game, {}, binary_path=mame) as emulator:
        fields = emulator.list_fields()
        named = by_name(fields)
        if game == "ikari":
            # Its 12 positions lie in the upper four bits of a port.
            assert (named[":IN1", "Positional"]["maximum"], named[":IN1", "Positional"]["settable"]) == (11, False)
        elif game == "outrun":
            assert named[":SERVICE", "Gear Shift"]["kind"] == "toggle"
            assert (named[":ADC.0", "Paddle"]["minimum"], named[":ADC.0", "Paddle"]["maximum"]) == (32, 224)
        elif game == "goldnpkr":
            assert (named[":IN0-3", "Coin In"]["kind"], named[":IN0-3", "Coin In"]["impulse"]) == ("digital", 3)
        use(emulator, fields)
