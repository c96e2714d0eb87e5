"""Actions: digital, analog, switches; held without a gap, and released."""

import pytest

from toolkit.emulator import Action, Address, Emulator
from toolkit.errors import ConfigError

COIN = Action(":INPUTS", "Coin 1")
CREDITS = {"credits": Address(0x0202000B, "u8")}
BOOT = 150
# Where Pac-Man's processor sees its inputs and DIP switches (MAME's src/mame/pacman/pacman.cpp); pressed is 0.
IN0, DSW1 = 0x5000, 0x5080
LEFT = 1 << 1


@pytest.fixture
def bout(mame, bout_roms):
    with Emulator("inputs", bout_roms, "sfiii3n", CREDITS, binary_path=mame) as emulator:
        emulator.run(BOOT)
        yield emulator


@pytest.fixture
def pacman(mame, blank_roms):
    with Emulator(
        "inputs", blank_roms(mame, "pacman"), "pacman", {"in0": Address(IN0, "u8")}, binary_path=mame
    ) as emulator:
        yield emulator


@pytest.fixture
def circus(mame, blank_roms):
    """Circus, of 1977, whose program reads its paddle at 0xd000."""
    roms, paddle = blank_roms(mame, "circus"), {"paddle": Address(0xD000, "u8")}
    with Emulator("inputs", roms, "circus", paddle, binary_path=mame) as emulator:
        yield emulator


def test_an_action_sent_again_stays_down(bout):
    # The game counts a coin when the switch closes: a gap between steps would be another coin.
    for _ in range(20):
        data = bout.step([COIN])
    assert data["credits"] == 1


def test_an_action_not_sent_again_is_released(bout):
    for _ in range(3):
        bout.step([COIN])
        data = bout.step()
    assert data["credits"] == 3


def test_pressed_and_released_as_the_machine_sees_it(pacman):
    left, right = Action(":IN0", "P1 Left"), Action(":IN0", "P1 Right")
    assert pacman.step()["in0"] & LEFT
    assert not pacman.step([left])["in0"] & LEFT
    assert not pacman.step([left, right])["in0"] & LEFT
    assert pacman.step([right])["in0"] & LEFT
    assert pacman.step()["in0"] == 0xFF


def test_value_zero_is_not_pressed(pacman):
    assert pacman.step([Action(":IN0", "P1 Left", 0)])["in0"] & LEFT


def test_switches_are_held_and_go_back(pacman):
    lives = Action(":DSW1", "Lives", 0x0C)
    before = pacman.read_memory(DSW1, 1)[0]
    assert before & 0x0C != 0x0C
    pacman.step([lives])
    assert pacman.read_memory(DSW1, 1)[0] & 0x0C == 0x0C
    pacman.step()
    assert pacman.read_memory(DSW1, 1)[0] == before


def test_settings_hold_for_good(mame, blank_roms):
    roms = blank_roms(mame, "pacman")
    settings = [Action(":DSW1", "Lives", 0x0C)]
    with Emulator(
        "inputs", roms, "pacman", {"dsw": Address(DSW1, "u8")}, settings=settings, binary_path=mame
    ) as emulator:
        assert {emulator.step()["dsw"] & 0x0C for _ in range(3)} == {0x0C}
        emulator.reset()
        assert emulator.step()["dsw"] & 0x0C == 0x0C


def test_analog_values(circus):
    for position in (64, 100, 150, 167):
        for _ in range(2):
            assert circus.step([Action(":PADDLE", "Paddle", position)])["paddle"] == position
    # Let go of, a paddle goes back to where its spring holds it.
    assert circus.step()["paddle"] == 115


@pytest.mark.parametrize("value", [63, 168, -1, 2**20])
def test_analog_value_out_of_range(circus, value):
    with pytest.raises(ConfigError, match=rf"takes 64 to 167, got {value}"):
        circus.step([Action(":PADDLE", "Paddle", value)])
    assert circus.step()["paddle"] == 115


def test_setting_that_does_not_exist(pacman):
    with pytest.raises(ConfigError, match=r"no setting 3; its settings are .*0: '1'"):
        pacman.step([Action(":DSW1", "Lives", 3)])


def test_settings_are_switches(mame, blank_roms):
    with pytest.raises(ConfigError, match="is no switch"):
        Emulator(
            "inputs", blank_roms(mame, "pacman"), "pacman", {}, settings=[Action(":IN0", "P1 Left")], binary_path=mame
        )
