"""What the core sees of what is held."""

import numpy as np
import pytest

from toolkit.emulator import Action, Address
from toolkit.errors import ConfigError
from toolkit.retro.emulator import BUTTONS

RAM = ":ram"


@pytest.fixture
def echo(make):
    return make("echo", players=8)


def words(emulator, address, count):
    return emulator.read_memory(address, 2 * count, device=RAM, space="raw").view("<i2").tolist()


def test_every_button_of_every_player(echo):
    ports = {}
    for entry in echo.list_fields():
        ports.setdefault(entry["port"], []).append(entry["field"])
    names = [field for field in ports[":joypad1"] if field != "BUTTONS"]
    assert len(names) == 16
    for player in range(1, 9):
        seen = set()
        for name in names:
            echo.step([Action(f":joypad{player}", name)])
            masks = words(echo, 16, 8)
            assert [n for n, mask in enumerate(masks) if mask] == [player - 1]
            seen.add(masks[player - 1] & 0xFFFF)
        assert seen == {1 << bit for bit in range(16)}
    echo.step()
    assert words(echo, 16, 8) == [0] * 8


def test_buttons_have_the_names_of_the_masks(echo):
    for bit, name in enumerate(BUTTONS):
        echo.step([Action(":joypad1", name)])
        assert words(echo, 16, 1)[0] & 0xFFFF == 1 << bit


def test_masks_of_all_players(echo):
    masks = [0x8001, 2, 4, 0xFFFF, 16, 32, 64, 0x7FFF]
    echo.step_buttons(masks)
    assert [mask & 0xFFFF for mask in words(echo, 16, 8)] == masks
    # The same in one call, where a core prefers that.
    assert echo.read_memory(122, 1, device=RAM, space="raw")[0] == 1
    assert words(echo, 120, 1)[0] & 0xFFFF == 0x8001
    echo.step_buttons([1])
    assert words(echo, 16, 8) == [1, 0, 0, 0, 0, 0, 0, 0]
    echo.step_buttons([])
    assert words(echo, 16, 8) == [0] * 8


def test_masks_and_actions_are_the_same(echo):
    echo.step_buttons([0b100000001])
    assert words(echo, 16, 1) == [0b100000001]
    echo.step([Action(":joypad1", "A"), Action(":joypad1", "B")])
    assert words(echo, 16, 1) == [0b100000001]
    echo.step_buttons([0b100000001])
    assert words(echo, 128, 1) == [1]  # A was never let go


@pytest.mark.parametrize("masks", [[0] * 9, [0x10000], [-1], [2**31]])
def test_wrong_masks(echo, masks):
    with pytest.raises(ConfigError):
        echo.step_buttons(masks)
    echo.step()


def test_held_without_a_gap_and_released(make):
    watched = {"held": Address(124, "u32", device=RAM), "pressed": Address(128, "u32", device=RAM)}
    emulator = make("echo", watched, 3)
    a, b = Action(":joypad1", "A"), Action(":joypad1", "B")
    for _ in range(4):
        data = emulator.step([a])
    assert data["held"] == 12
    assert data["pressed"] == 1
    data = emulator.step([b, a])
    assert (data["held"], data["pressed"]) == (15, 1)
    data = emulator.step([b])
    assert (data["held"], data["pressed"]) == (15, 1)
    data = emulator.step([a])
    assert (data["held"], data["pressed"]) == (18, 2)
    emulator.run(0, [])
    data = emulator.step([a])
    assert data["held"] == 21


def test_pressed_twice_in_one_step_is_pressed_once(echo):
    a = Action(":joypad1", "A")
    echo.step([a, a])
    assert words(echo, 128, 1) == [1]
    echo.step([a])
    assert words(echo, 128, 1) == [1]


def test_a_value_of_0_presses_nothing(echo):
    echo.step([Action(":joypad1", "A", 0)])
    assert words(echo, 16, 1) == [0]


def fields(emulator, port):
    return {entry["field"]: entry for entry in emulator.list_fields() if entry["port"] == port}


@pytest.mark.parametrize(("port", "at"), [(":analog1", 32), (":analog2", 48)])
def test_analog(echo, port, at):
    entries = {name: entry for name, entry in fields(echo, port).items() if entry["analog"] and entry["minimum"] < 0}
    assert len(entries) == 4
    assert {entry["minimum"] for entry in entries.values()} <= {-0x8000, -0x7FFF}
    assert {entry["maximum"] for entry in entries.values()} == {0x7FFF}
    places = set()
    for name in entries:
        for value in (1, -1, 0x7FFF, entries[name]["minimum"], 1234):
            echo.step([Action(port, name, value)])
            seen = words(echo, at, 4)
            assert sorted(map(abs, seen)) == [0, 0, 0, abs(value)]
            assert sum(seen) == value
            places.add(seen.index(value))
    assert places == {0, 1, 2, 3}
    echo.step()
    assert words(echo, at, 4) == [0] * 4


@pytest.mark.parametrize("value", [0x8000, -0x8001, 2**31 - 1])
def test_analog_out_of_range(echo, value):
    [name, *_] = [name for name, entry in fields(echo, ":analog1").items() if entry["analog"]]
    with pytest.raises(ConfigError, match="takes"):
        echo.step([Action(":analog1", name, value)])


def test_an_analog_button_of_a_digital_one(echo):
    """Cores that ask how far a button is pressed see a digital one as pressed or not."""
    echo.step([Action(":joypad1", "B")])
    assert words(echo, 44, 1)[0] in (0, 0x7FFF)


@pytest.mark.parametrize(("port", "at", "count"), [(":mouse1", 64, 5), (":lightgun1", 80, 8), (":pointer1", 96, 3)])
def test_mouse_gun_and_pointer(echo, port, at, count):
    """Each field appears in a place of its own, and goes when it is released."""
    echo.step()
    idle = words(echo, at, count)
    places = {}
    for name, entry in fields(echo, port).items():
        value = 1 if not entry["analog"] else 100 if entry["minimum"] <= 100 <= entry["maximum"] else entry["maximum"]
        echo.step([Action(port, name, value)])
        seen = words(echo, at, count)
        changed = [n for n in range(count) if seen[n] != idle[n]]
        if changed:
            assert len(changed) <= 2, (name, seen)
            places.setdefault(changed[0], []).append(name)
            if entry["analog"]:
                assert value in seen
    assert len(places) >= count - 1, places
    echo.step()
    assert words(echo, at, count) == idle


def test_keyboard(echo):
    names = fields(echo, ":keyboard")
    assert len(names) > 80
    found = {}
    for name in names:
        if name.lower() in ("a", "return", "enter", "escape", "left shift", "lshift"):
            echo.step([Action(":keyboard", name)])
            found[name] = echo.read_memory(104, 4, device=RAM, space="raw").tolist()
    seen = [keys for keys in found.values() if any(keys)]
    assert sorted(seen) == [[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]]
    echo.step()
    assert not echo.read_memory(104, 4, device=RAM, space="raw").any()


def test_keyboard_callback(echo):
    """Told once that a key went down, and once that it went up."""
    [name] = [name for name in fields(echo, ":keyboard") if name in ("a", "A")]
    key = Action(":keyboard", name)
    for held, calls, down in (([], 0, 0), ([key], 1, 1), ([key], 1, 1), ([], 2, 0), ([], 2, 0), ([key], 3, 1)):
        echo.step(held)
        assert echo.read_memory(108, 4, device=RAM, space="raw").tolist() == [
            calls,
            down,
            *((97, 0) if calls else (0, 0)),
        ]


def test_players(make):
    emulator = make("echo", players=2)
    emulator.step([Action(":joypad2", "A")])
    with pytest.raises(ConfigError, match="joypad"):
        emulator.step([Action(":joypad3", "A")])


@pytest.mark.parametrize("action", [Action(":joypad1", "JUMP"), Action("joypad1", "A"), Action(":joypad1", "A", 2)])
def test_unknown_fields(echo, action):
    with pytest.raises(ConfigError, match=r"joypad1"):
        echo.step([action])
    echo.step()
    assert echo.frame_number == 1


# --- controllers ------------------------------------------------------------------------------------------------------


def plugged(emulator):
    emulator.step()
    return emulator.read_memory(112, 8, device=RAM, space="raw").tolist()


def test_controllers(make):
    assert plugged(make("echo", controllers={1: "mouse", 2: "none"}))[:2] == [2, 0]
    assert plugged(make("echo", controllers={1: "lightgun"}))[0] == 4
    # One of the core's own, by its name and by its number.
    zapper = 4 | 2 << 8
    assert plugged(make("echo", controllers={1: "Zapper"}))[0] == 4 | 2 << 4
    assert plugged(make("echo", controllers={1: zapper}))[0] == 4 | 2 << 4


def test_controllers_stay_after_a_reset(make):
    emulator = make("echo", controllers={1: "Zapper"})
    emulator.reset()
    assert plugged(emulator)[0] == 4 | 2 << 4


@pytest.mark.parametrize("controllers", [{0: "joypad"}, {9: "joypad"}, {1: "Spoon"}, {2: "Zapper"}, {1: None}, {1: -1}])
def test_wrong_controllers(make, controllers):
    with pytest.raises(ConfigError):
        make("echo", controllers=controllers)


def test_inputs_of_a_step_without_frames(echo):
    """They are held, until the next step says otherwise."""
    echo.run(0, [Action(":joypad1", "A")])
    assert echo.frame_number == 0
    assert words(echo, 16, 1) == [0]
    echo.step()
    assert words(echo, 16, 1) == [0]


def test_random_masks_arrive(echo):
    random = np.random.default_rng(1)
    for masks in random.integers(0, 2**16, (50, 8)).tolist():
        echo.step_buttons(masks)
        assert [mask & 0xFFFF for mask in words(echo, 16, 8)] == masks
