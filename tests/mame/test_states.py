"""Save states: run on, load, run on again; the same frames and the same values."""

import os

import numpy as np
import pytest

from games.homebrew import rom_path
from games.homebrew.hop import ADDRESSES
from toolkit.emulator import Action, Address, Emulator, Observation
from toolkit.emulator.state import pack_state, unpack_state
from toolkit.errors import StateError
from toolkit.mame.state_file import StateFile

WATCHED = {
    "counter": Address(0x02020000, "u32"),
    "random": Address(0x02020004, "u32"),
    "health1": Address(0x02068D0A, "s16"),
    "health2": Address(0x020691A2, "s16"),
    "fighting": Address(0x02011389, "u8"),
}
COIN, START = Action(":INPUTS", "Coin 1"), Action(":INPUTS", "1 Player Start")
JAB, LEFT, RIGHT = (Action(":INPUTS", f"P1 {name}") for name in ("Jab Punch", "Left", "Right"))


@pytest.fixture
def fight(mame, bout_roms):
    """A machine in the middle of a round."""
    with Emulator("states", bout_roms, "sfiii3n", WATCHED, binary_path=mame) as emulator:
        emulator.run(300)
        for action in (COIN, START, JAB, JAB, JAB):
            emulator.step([action])
            emulator.run(60)
        for _ in range(300):
            if emulator.step()["fighting"]:
                break
        else:
            pytest.fail("the round did not begin")
        emulator.run(90)
        yield emulator


def play(emulator, steps=60):
    random = np.random.default_rng(3)
    return [emulator.step([action for action in (JAB, LEFT, RIGHT) if random.random() < 0.4]) for _ in range(steps)]


def same(a, b):
    return all(
        np.array_equal(x.pop("frame"), y.pop("frame")) and x == y
        for x, y in zip(map(dict, a), map(dict, b), strict=True)
    )


def test_the_same_again(fight):
    state = fight.save_state()
    number = fight.frame_number
    first = play(fight)
    assert len({step["random"] for step in first}) > 1  # something happens
    assert len({step["frame"].tobytes() for step in first}) > 30
    fight.load_state(state)
    assert fight.frame_number == number
    assert same(first, play(fight))
    fight.load_state(state)
    assert same(first, play(fight))


def test_saving_changes_nothing(fight):
    before = fight.run(0)
    state = fight.save_state()
    assert fight.run(0) == before
    first = play(fight, 20)
    fight.load_state(state)
    assert fight.run(0) == before
    fight.save_state()
    assert same(first, play(fight, 20))


def test_loads_into_another_emulator(fight, mame, bout_roms):
    state = fight.save_state()
    first = play(fight, 30)
    with Emulator("other", bout_roms, "sfiii3n", WATCHED, binary_path=mame) as other:
        other.load_state(state)
        assert same(first, play(other, 30))


def test_loading_releases_what_was_held(fight):
    state = fight.save_state()
    free = [fight.step() for _ in range(20)]
    fight.step([LEFT, JAB])
    fight.load_state(state)
    assert same(free, [fight.step() for _ in range(20)])


def test_states_that_are_none(fight):
    state = fight.save_state()
    reference = play(fight, 5)
    for bad in (b"", b"garbage" * 100, state[:-1], state[: len(state) // 2], state + b"x", state[:40], "text"):
        with pytest.raises(StateError):
            fight.load_state(bad)
    with pytest.raises(StateError, match=r"saved by MAME .* pong, and this is MAME .* sfiii3n"):
        fight.load_state(state.replace(b" sfiii3n", b" pong", 1))
    fight.load_state(state)
    assert same(reference, play(fight, 5))


def test_a_damaged_state_is_refused_before_it_does_harm(fight):
    state = bytearray(fight.save_state())
    state[-1000] ^= 1
    fight.step()
    before = fight.run(0)
    with pytest.raises(StateError, match="damaged"):
        fight.load_state(state)
    assert fight.run(0) == before


def test_before_the_first_frame(mame, bout_roms):
    with Emulator("states", bout_roms, "sfiii3n", WATCHED, binary_path=mame) as emulator:
        state = emulator.save_state()
        assert emulator.frame_number == 0
        first = [emulator.step() for _ in range(60)]
        emulator.load_state(state)
        assert same(first, [emulator.step() for _ in range(60)])


def test_off_and_on_again(mame, bout_roms):
    with Emulator("states", bout_roms, "sfiii3n", WATCHED, binary_path=mame) as emulator:
        first = [emulator.step([COIN]) for _ in range(70)]
        emulator.reset()
        assert emulator.frame_number == 0
        assert same(first, [emulator.step([COIN]) for _ in range(70)])


@pytest.fixture(scope="module")
def console(mame):
    """A console in the middle of a game, which blends each frame with the one before."""
    folder, watched = rom_path("hop"), {name: Address(*ADDRESSES[name]) for name in ("frame_counter", "state", "rng")}
    view = Observation(blend=True)
    media = {"cart": folder / "hop.nes"}
    with Emulator("nes", folder, "nes", watched, 1, binary_path=mame, media=media, observation=view) as emulator:
        emulator.run(200)
        yield emulator


@pytest.fixture(scope="module")
def foreign(mame):
    """What MAME itself saves of another machine."""
    with Emulator("states", [], "pong", {}, binary_path=mame) as emulator:
        return unpack_state(emulator.save_state(), emulator.identity)[2]


def go_on(emulator, between=lambda: None):
    """Some steps, with something done between them."""
    buttons = [Action(":ctrl1:joypad:JOYPAD", f"P1 {name}") for name in ("A", "Right")]
    steps = [emulator.step(buttons) for _ in range(3)]
    number = emulator.frame_number
    between()
    assert emulator.frame_number == number
    return [*steps, emulator.run(0, buttons), *(emulator.step(buttons) for _ in range(5))]


def assert_equal(first, second):
    """But for the very first frame, which is blended with one of before the state."""
    for one, other in zip(first[1:], second[1:], strict=True):
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize("how", ["garbage", "foreign", "empty", "a little"])
def test_a_refused_state_changes_nothing(console, foreign, how):
    state = console.save_state()
    expected = go_on(console)
    head = unpack_state(state, console.identity)[2][:40]
    data = {"garbage": b"garbage" * 100, "foreign": foreign, "empty": b"", "a little": b"MAMESAVE" + head[8:20]}[how]
    bad = pack_state(console.identity, 5, {"time": 1.5}, data)

    def refuse():
        with pytest.raises(StateError, match="MAME refuses this state"):
            console.load_state(bad)

    console.load_state(state)
    assert_equal(expected, go_on(console, refuse))


def test_a_refused_state_before_the_first_frame(mame, foreign):
    """There MAME's nes is not ready to load anything."""
    folder = rom_path("hop")
    watched = {"frames": Address(*ADDRESSES["frame_counter"])}
    with Emulator("nes", folder, "nes", watched, binary_path=mame, media={"cart": folder / "hop.nes"}) as emulator:
        with pytest.raises(StateError, match="MAME refuses this state"):
            emulator.load_state(pack_state(emulator.identity, 5, {"time": 1.5}, foreign))
        assert emulator.frame_number == 0
        first = [emulator.step() for _ in range(40)]
        emulator.reset()
        assert same(first, [emulator.step() for _ in range(40)])


def test_a_state_that_cannot_be_written_changes_nothing(console, monkeypatch):
    state = console.save_state()
    expected = go_on(console)

    def fail():
        with monkeypatch.context() as patch:
            patch.setattr(StateFile, "path", "/nowhere/at/all")
            with pytest.raises(StateError, match="cannot open the file for a state: /nowhere/at/all: No such file"):
                console.save_state()

    console.load_state(state)
    assert_equal(expected, go_on(console, fail))


def test_frames_that_ran_in_vain_are_counted(console):
    number, child = console.frame_number, console._require()
    with pytest.raises(StateError, match="did not save the state within 60 frames"):
        child.call("save_state", name="elsewhere", path=console._state_file.path)
    console._recount(child)
    assert console.frame_number == number + 60


def test_states_need_no_room_on_any_disk(console):
    before = sorted(console._workspace.path.rglob("*"))
    state = console.save_state()
    console.load_state(state)
    assert sorted(console._workspace.path.rglob("*")) == before
    assert os.fstat(console._state_file.descriptor).st_size == 0


def test_boot_frames(mame, bout_roms):
    """They run before the constructor returns, and again after reset; what they show is what others see who wait."""
    with Emulator("env1", bout_roms, "sfiii3n", WATCHED, binary_path=mame) as waiting:
        later = waiting.run(100)
    with Emulator("env1", bout_roms, "sfiii3n", WATCHED, boot_frames=97, binary_path=mame) as booted:
        assert booted.frame_number == 97
        first = booted.step()
        assert first["counter"] == later["counter"]
        assert np.array_equal(first["frame"], later["frame"])
        booted.reset()
        assert booted.frame_number == 97
        assert booted.step()["counter"] == first["counter"]


def test_a_console_that_has_not_run_yet_takes_the_state_of_another(mame):
    """Before its first frame MAME's nes forgets that it was told to load."""
    folder = rom_path("hop")
    watched = {name: Address(*ADDRESSES[name]) for name in ("frame_counter", "state", "rng")}

    def console():
        return Emulator("nes", folder, "nes", watched, 4, binary_path=mame, media={"cart": folder / "hop.nes"})

    with console() as one, console() as other:
        one.run(200)
        other.load_state(one.save_state())
        assert other.frame_number == one.frame_number
        for _ in range(30):
            expected, seen = one.step(), other.step()
            assert np.array_equal(seen.pop("frame"), expected.pop("frame"))
            assert seen == expected
            assert seen["frame_counter"]
