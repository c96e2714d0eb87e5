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


def test_masks_and_frames_that_are_none(echo):
    before = echo.frame_number
    for masks, frames in (([0.5], 1), ([-1], 1), ([2**16], 1), (["1"], 1), ([None], 1), ([1], 0.5), ([1], -1)):
        with pytest.raises(ConfigError, match=r"a mask is a number of 16 bits|frames is a whole number"):
            echo.step_buttons(masks, frames)
    assert echo.frame_number == before
    assert echo.step_buttons([np.uint16(1)], np.int64(2)).frame_number == before + 2


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
    """Cores that ask how far a button is pressed see a digital one as pressed all the way, or not."""
    for name, place in (("L2", 40), ("R2", 42), ("B", 44)):
        echo.step([Action(":joypad1", name)])
        assert words(echo, place, 1) == [0x7FFF]
        echo.step()
        assert words(echo, place, 1) == [0]


def test_triggers(echo):
    for name, place in (("L2", 40), ("R2", 42)):
        for value in (0, 1, 12345, 0x7FFF):
            echo.step([Action(":analog1", name, value)])
            assert words(echo, place, 1) == [value]
        with pytest.raises(ConfigError, match=f"{name} takes 0 to 32767, got -1"):
            echo.step([Action(":analog1", name, -1)])
    assert words(echo, 32, 4) == [0] * 4
    # They are no buttons; with the button it is pressed all the way.
    assert words(echo, 16, 1) == [0]
    echo.step([Action(":analog1", "L2", 5), Action(":joypad1", "L2")])
    assert words(echo, 40, 1) == [0x7FFF]


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
            assert len(changed) <= (3 if name == "offscreen" else 2), (name, seen)
            places.setdefault(changed[0], []).append(name)
            if entry["analog"]:
                assert value in seen
    assert len(places) >= count - 1, places
    echo.step()
    assert words(echo, at, count) == idle


def test_wheels_and_more_buttons(echo):
    names = ("wheel up", "wheel down", "horizontal wheel up", "horizontal wheel down", "button 4", "button 5")
    for place, name in enumerate(names):
        echo.step([Action(":mouse1", name)])
        assert words(echo, 132, 6) == [int(place == n) for n in range(6)]
        assert words(echo, 64, 5) == [0] * 5


def test_a_mouse_moves_in_every_frame(make):
    echo = make("echo", frame_ratio=4)
    echo.step([Action(":mouse1", "x", -7), Action(":mouse1", "y", 9)])
    assert words(echo, 64, 2) == [-7, 9]


def test_the_rest_of_a_gun(echo):
    for place, name in enumerate(("aux c", "up", "down", "left", "right", "start")):
        echo.step([Action(":lightgun1", name)])
        assert words(echo, 144, 6) == [int(place == n) for n in range(6)]


OUTSIDE = -0x8000


@pytest.mark.parametrize(
    ("held", "seen"),
    [
        ({"x": 100, "y": -200}, [100, -200, 0, 0]),
        ({"x": 0x7FFF, "y": -0x7FFF, "trigger": 1}, [0x7FFF, -0x7FFF, 1, 0]),
        # However it is said that it points beside the screen, a core sees it in both ways.
        ({"x": 100, "y": 200, "offscreen": 1}, [OUTSIDE, OUTSIDE, 0, 1]),
        ({"x": OUTSIDE, "y": 200, "trigger": 1}, [OUTSIDE, OUTSIDE, 1, 1]),
        ({"y": OUTSIDE}, [OUTSIDE, OUTSIDE, 0, 1]),
        ({}, [0, 0, 0, 0]),
    ],
)
def test_a_gun_points_at_the_screen_or_beside_it(echo, held, seen):
    echo.step([Action(":lightgun1", name, value) for name, value in held.items()])
    assert words(echo, 80, 4) == seen


def test_a_pointer_has_no_place_beside_the_screen(echo):
    echo.step([Action(":pointer1", "x", -0x7FFF), Action(":pointer1", "y", 0x7FFF), Action(":pointer1", "pressed")])
    assert words(echo, 96, 4) == [-0x7FFF, 0x7FFF, 1, 1]
    with pytest.raises(ConfigError, match="x takes -32767 to 32767"):
        echo.step([Action(":pointer1", "x", OUTSIDE)])


def test_kinds_of_the_cores_own(echo):
    """What a core asks of a kind of its own is what the ordinary device holds."""
    echo.step([Action(":lightgun1", "x", 77), Action(":joypad1", "B"), Action(":analog1", "left x", -5)])
    assert words(echo, 156, 3) == [77, 1, -5]


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


def key(name):
    return Action(":keyboard", name)


def character(emulator):
    return chr(emulator.read_memory(164, 4, device=RAM, space="raw").view("<u4")[0])


@pytest.mark.parametrize(
    ("names", "text"),
    [
        *((name, name.lower()) for name in ("A", "Z", "0", "9")),
        *((f"{shift} A", "A") for shift in ("LSHIFT", "RSHIFT")),
        *((f"LSHIFT {number}", text) for number, text in enumerate(")!@#$%^&*(")),
        *(
            (f"LSHIFT {name}", text)
            for name, text in (
                *(("MINUS", "_"), ("EQUALS", "+"), ("LEFTBRACKET", "{"), ("RIGHTBRACKET", "}"), ("BACKSLASH", "|")),
                *(("SEMICOLON", ":"), ("QUOTE", '"'), ("COMMA", "<"), ("PERIOD", ">"), ("SLASH", "?")),
                *(("BACKQUOTE", "~"), ("SPACE", " "), ("RETURN", "\r"), ("PLUS", "+")),
            )
        ),
        *(("RETURN", "\r"), ("TAB", "\t"), ("BACKSPACE", "\b"), ("ESCAPE", "\x1b"), ("DELETE", "\x7f")),
        *(("SLASH", "/"), ("QUESTION", "?"), ("SPACE", " ")),
        *(("KP0", "0"), ("KP9", "9"), ("KP_PERIOD", "."), ("KP_MINUS", "-"), ("KP_ENTER", "\r"), ("KP_EQUALS", "=")),
        # Keys without a character, and commands.
        *((name, "\0") for name in ("F1", "UP", "LSHIFT", "CAPSLOCK", "PAUSE", "OEM_102", "LSUPER")),
        *((f"{name} C", "\0") for name in ("LCTRL", "RCTRL", "LALT", "RALT", "LMETA", "RMETA")),
    ],
)
def test_characters(echo, names, text):
    for name in names.split():
        echo.step([key(held) for held in names.split()[: names.split().index(name) + 1]])
    assert character(echo) == text


def events(emulator, held):
    """What the core is told when a step holds these: keys, whether down, modifiers."""
    emulator.step([key(name) for name in held.split()])
    count = int(emulator.read_memory(168, 1, device=RAM, space="raw")[0])
    raw = emulator.read_memory(172, 64, device=RAM, space="raw").view("<u2, u1, u1")[:count].tolist()
    return [(code, bool(down), modifiers) for code, down, modifiers in raw]


SHIFT, CTRL, ALT, META = 1, 2, 4, 8
A_KEY, B_KEY, LSHIFT, RSHIFT, LCTRL, LALT, RMETA = 97, 98, 304, 303, 306, 308, 309


def test_keys_in_the_order_of_fingers(echo):
    """Shift is down before the letter, though its code is larger, and goes up after it."""
    assert events(echo, "A LSHIFT") == [(LSHIFT, True, SHIFT), (A_KEY, True, SHIFT)]
    assert character(echo) == "A"
    assert events(echo, "B") == [(A_KEY, False, SHIFT), (LSHIFT, False, 0), (B_KEY, True, 0)]
    assert character(echo) == "b"
    assert events(echo, "RSHIFT LSHIFT B") == [(RSHIFT, True, SHIFT), (LSHIFT, True, SHIFT)]
    assert events(echo, "RSHIFT") == [(B_KEY, False, SHIFT), (LSHIFT, False, SHIFT)]
    assert events(echo, "") == [(RSHIFT, False, 0)]


def test_modifiers(echo):
    seen = {code: modifiers for code, _, modifiers in events(echo, "LCTRL LALT RMETA")}
    assert seen == {LCTRL: CTRL, LALT: CTRL | ALT, RMETA: CTRL | ALT | META}
    assert events(echo, "LCTRL A") == [(LALT, False, CTRL | META), (RMETA, False, CTRL), (A_KEY, True, CTRL)]


def test_keys_that_go_up_for_a_state_are_no_part_of_it(echo):
    echo.step()
    state, calls = echo.save_state(), 108
    echo.step([key("A")])
    echo.load_state(state)
    assert echo.read_memory(calls, 1, device=RAM, space="raw")[0] == 0
    # And the core knows that it is up.
    assert events(echo, "A")[-1] == (A_KEY, True, 0)


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


def test_joypads_are_plugged_in(make):
    """In the ports that take one, of as many players as there are."""
    assert plugged(make("echo"))[:3] == [1, 1, 0]
    assert plugged(make("echo", players=1))[:2] == [1, 0]
    assert plugged(make("echo", controllers={1: "mouse"}))[:2] == [2, 1]


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
