"""Save states: run on, load, run on again."""

from pathlib import Path

import numpy as np
import pytest

from toolkit.emulator import Address
from toolkit.errors import StateError, ToolkitError

WATCHED = {name: Address(at, "u32", device=":ram") for name, at in (("frames", 0), ("held", 4), ("mixed", 8))}


def play(emulator, steps=40, seed=3):
    masks = np.random.default_rng(seed).integers(0, 2**16, steps).tolist()
    result = []
    for mask in masks:
        view = emulator.step_buttons([mask])
        result.append((view.frame_number, view.values, view.frame.copy().tobytes()))
    return result


@pytest.mark.parametrize("core", ["counter", "growing_state"])
def test_the_same_again(make, core):
    emulator = make(core, WATCHED)
    play(emulator, seed=1)
    state = emulator.save_state()
    number = emulator.frame_number
    first = play(emulator)
    assert len({frame for _, _, frame in first}) == len(first)
    for _ in range(3):
        emulator.load_state(state)
        assert emulator.frame_number == number
        assert play(emulator) == first


def test_saving_changes_nothing(make):
    emulator, other = make("counter", WATCHED), make("counter", WATCHED)
    play(emulator)
    play(other)
    for _ in range(5):
        emulator.save_state()
    assert play(emulator) == play(other)


def test_loads_into_another_emulator(make):
    emulator = make("counter", WATCHED)
    play(emulator, 17)
    state = emulator.save_state()
    first = play(emulator)
    other = make("counter", WATCHED)
    other.load_state(state)
    assert play(other) == first


def test_growing(make):
    emulator = make("growing_state", WATCHED)
    sizes, states = [], []
    for _ in range(5):
        states.append(emulator.save_state())
        sizes.append(len(emulator.save_core_state()))
        emulator.run(10)
    assert sizes == [256 + 10000 * n for n in range(5)]
    for n, state in reversed(list(enumerate(states))):
        emulator.load_state(state)
        assert emulator.run(0)["frames"] == 10 * n
        assert emulator.frame_number == 10 * n


def test_before_the_first_frame(make):
    emulator = make("counter", WATCHED)
    state = emulator.save_state()
    first = play(emulator)
    emulator.load_state(state)
    assert play(emulator) == first
    emulator.reset()
    assert play(emulator) == first


def test_loading_releases_what_was_held(make):
    emulator = make("counter", WATCHED)
    state = emulator.save_state()
    emulator.step_buttons([0xFFFF])
    emulator.load_state(state)
    assert emulator.step()["held"] == 0


def test_core_states(make):
    emulator = make("counter", WATCHED)
    emulator.run(7)
    raw = emulator.save_core_state()
    assert len(raw) == 256
    assert raw[0] == 7
    emulator.run(5)
    emulator.load_core_state(raw, 100)
    assert emulator.frame_number == 100
    assert emulator.step()["frames"] == 8
    assert emulator.frame_number == 101


def test_states_that_are_none(make, rom, tmp_path):
    emulator = make("counter", WATCHED)
    emulator.run(7)
    state = emulator.save_state()
    reference = play(emulator, 5)
    damaged = bytearray(state)
    damaged[-100] ^= 1
    for bad in (b"", b"garbage" * 100, state[:-1], state[: len(state) // 2], state + b"x", damaged, "text"):
        with pytest.raises(StateError):
            emulator.load_state(bad)
    another_game = tmp_path / "another.bin"
    another_game.write_bytes(b"another game")
    for other in (make("counter", rom=another_game), make("no_game", rom=None)):
        with pytest.raises(StateError, match="saved by Tiny"):
            emulator.load_state(other.save_state())
    emulator.load_state(state)
    assert play(emulator, 5) == reference


@pytest.mark.parametrize("data", [b"", b"x", bytes(255)])
def test_core_states_that_the_core_refuses(make, data):
    emulator = make("counter", WATCHED)
    emulator.run(7)
    with pytest.raises(StateError):
        emulator.load_core_state(data)
    assert emulator.step()["frames"] == 8


def test_a_refused_state_changes_nothing(make):
    emulator, other = make("counter", WATCHED), make("counter", WATCHED)
    for one in (emulator, other):
        play(one, 7)
    with pytest.raises(StateError, match="refuses the state"):
        emulator.load_core_state(b"")
    assert emulator.frame_number == 7
    assert play(emulator) == play(other)


def test_a_state_that_there_is_no_room_for(make, monkeypatch):
    emulator = make("counter", WATCHED)
    state = emulator.save_state()
    emulator.run(7)
    with monkeypatch.context() as patch:
        patch.setattr(emulator, "_path", lambda name: Path("/dev/full"))
        patch.setattr(Path, "unlink", lambda *arguments, **options: None)
        with pytest.raises(StateError, match="No space left on device"):
            emulator.load_state(state)
    assert emulator.frame_number == 7
    assert emulator.step()["frames"] == 8


def test_a_core_that_cannot_save(make):
    emulator = make("no_memory")
    with pytest.raises(StateError):
        emulator.save_state()
    with pytest.raises(StateError):
        emulator.load_core_state(b"something")
    emulator.step()


@pytest.mark.parametrize("path", ["/no/such/folder/state", "no_such_folder/state", "", "a" * 5000])
def test_files_that_cannot_be(make, path):
    emulator = make("counter")
    for call in ("save_state", "load_state"):
        with pytest.raises(ToolkitError):
            emulator._child.call(call, name="state", path=path, frame_number=0)
    emulator.step()


# --- cores whose states leave something out ---------------------------------------------------------------------------

BESIDES = {**WATCHED, **{name: Address(at, "u8", device=":ram") for name, at in (("device", 16), ("cheats", 17))}}


@pytest.mark.parametrize("raw", [False, True])
def test_what_a_state_leaves_out_is_as_when_switched_on(make, raw):
    emulator = make("partial_state", BESIDES)
    save = emulator.save_core_state if raw else emulator.save_state
    load = emulator.load_core_state if raw else emulator.load_state
    assert emulator.core_info["partial_states"]
    state = save()
    first = play(emulator)
    # With another past each time, and what it was in the middle of a game.
    for seed in (1, 2):
        load(state)
        assert play(emulator) == first
        play(emulator, seed=seed)
    middle = save()
    load(middle)
    again = play(emulator)
    for seed in (1, 2):
        play(emulator, seed=seed)
        load(middle)
        assert play(emulator) == again
    other = make("partial_state", BESIDES)
    (other.load_core_state if raw else other.load_state)(middle)
    assert [frame for _, _, frame in play(other)] == [frame for _, _, frame in again]


def test_the_machine_keeps_what_was_agreed(make):
    emulator = make("partial_state", BESIDES, controllers={1: 5})
    emulator.set_cheats(["one", "two"])
    state = emulator.save_state()
    for _ in range(2):
        data = emulator.step()
        assert (data["device"], data["cheats"]) == (5, 2)
        emulator.load_state(state)
    emulator.reset()
    emulator.load_state(state)
    data = emulator.step()
    assert (data["device"], data["cheats"]) == (5, 2)


def test_a_refused_state_changes_nothing_there_either(make):
    emulator, other = make("partial_state", BESIDES), make("partial_state", BESIDES)
    for each in (emulator, other):
        play(each)
    with pytest.raises(StateError, match="refuses the state"):
        emulator.load_core_state(b"")
    assert play(emulator) == play(other)


def test_a_core_that_takes_its_game_only_once(make, tmp_path):
    game = tmp_path / "once.bin"
    game.write_bytes(b"once and no more")
    emulator = make("partial_state", BESIDES, rom=game)
    state = emulator.save_state()
    with pytest.raises(StateError, match="refuses the game"):
        emulator.load_state(state)
    with pytest.raises(StateError, match="reset"):
        emulator.step()
    emulator.reset()
    assert emulator.step()["frames"] == 1


def test_a_game_whose_file_has_gone(make, tmp_path):
    game = tmp_path / "game.bin"
    game.write_bytes(b"a game")
    emulator = make("partial_state", BESIDES, rom=game)
    state = emulator.save_state()
    first = play(emulator)
    game.unlink()
    emulator.load_state(state)
    assert play(emulator) == first


def test_other_cores_are_not_loaded_again(make):
    assert not make("counter").core_info["partial_states"]
