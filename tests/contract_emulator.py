"""What every emulator must do, whatever runs the machine.

A test class inherits these tests and says how to make its emulator, and what can be pressed and read:

    class TestMine(EmulatorContract):
        action = Action(":joypad1", "A")
        watched = {"frames": Address(0, "u32"), ...}

        @pytest.fixture
        def make(self): ...
"""

import contextlib
import gc
import json
import time
import weakref

import numpy as np
import pytest

from tests.processes import mappings
from toolkit.emulator import Action, Address, Observation
from toolkit.emulator.base import BaseEmulator
from toolkit.errors import ConfigError, Silence, StateError
from toolkit.publication import Subscriber


class EmulatorContract:
    """Override `make` and the names."""

    # Pressed, it changes the machine within `effect` frames, so that frames or values differ from those without.
    action: Action
    effect = 30
    # Watched values; "frames" grows by one with each frame.
    watched: dict[str, Address]
    # Frames from power on until "frames" counts and the picture moves.
    boot = 0
    # A place in memory that can be written and stays.
    scratch: Address

    @pytest.fixture
    def make(self):
        """A function that makes a new emulator: `make(frame_ratio=3, **options)`, with the values watched."""
        raise NotImplementedError

    @pytest.fixture
    def emulator(self, make):
        with make() as emulator:
            emulator.run(self.boot)
            yield emulator

    def play(self, emulator, steps=12):
        random = np.random.default_rng(5)
        return [emulator.step([self.action] if random.random() < 0.5 else []) for _ in range(steps)]

    def same(self, first, second):
        return all(
            a.keys() == b.keys() and all(np.array_equal(a[key], b[key]) for key in a)
            for a, b in zip(first, second, strict=True)
        )

    # --- stepping ---------------------------------------------------------------------------------------------------

    def test_step(self, emulator):
        last = emulator.run(0)["frames"]
        number = emulator.frame_number
        for _ in range(5):
            data = emulator.step()
            assert list(data) == [*self.watched, "frame"]
            assert all(type(data[name]) is int for name in self.watched)
            assert data["frames"] == last + emulator.frame_ratio
            last = data["frames"]
        assert emulator.frame_number == number + 5 * emulator.frame_ratio

    def test_frame_ratio(self, make):
        for ratio in (1, 4):
            with make(frame_ratio=ratio) as emulator:
                emulator.run(self.boot)
                before = emulator.run(0)["frames"]
                assert emulator.step()["frames"] == before + ratio

    def test_before_the_first_step(self, make):
        with make() as emulator:
            assert emulator.frame_number == 0
            assert len(emulator.frame_shape) == 3
            assert isinstance(emulator, BaseEmulator)
            assert emulator.pid > 0
            assert emulator.refresh_rate > 0
            assert not emulator.closed
            assert emulator.publish_endpoint is None

    def test_frames_are_copies(self, emulator):
        frames = [emulator.step()["frame"] for _ in range(10)]
        copies = [frame.copy() for frame in frames]
        for _ in range(10):
            emulator.step()
        for frame, copy in zip(frames, copies, strict=True):
            assert frame.dtype == np.uint8
            assert frame.shape == emulator.frame_shape
            assert frame.shape[2] == 3
            assert frame.flags.owndata
            assert frame.flags.writeable
            assert frame.flags.c_contiguous
            assert np.array_equal(frame, copy)
            frame[...] = 0
        assert emulator.step()["frame"].any()

    def test_run(self, emulator):
        number = emulator.frame_number
        first = emulator.run(0)
        assert list(first) == list(self.watched)
        assert emulator.run(0) == first
        assert emulator.frame_number == number
        assert emulator.run(7)["frames"] == first["frames"] + 7
        assert emulator.frame_number == number + 7

    def test_a_frame_into_an_array(self, emulator):
        batch = np.zeros((2, *emulator.frame_shape), np.uint8)
        emulator.begin_step()
        data = emulator.finish_step(out=batch[1])
        assert data["frame"].base is batch
        assert np.array_equal(batch[1], emulator.screenshot())
        assert not batch[0].any()
        kept = batch.copy()
        emulator.begin_step()
        with pytest.raises(ConfigError, match="out must be"):
            emulator.finish_step(out=batch)
        emulator.step()
        assert np.array_equal(batch, kept)

    def test_a_loaded_state_is_in_memory_at_once(self, emulator):
        address, size, at = self.scratch.offset, self.scratch.size, self.where()
        emulator.write_memory(address, bytes(size), **at)
        state, values = emulator.save_state(), emulator.run(0)
        for _ in range(2):
            emulator.write_memory(address, b"\x55" * size, **at)
            emulator.run(3)
            emulator.load_state(state)
            assert not emulator.read_memory(address, size, **at).any()
            assert emulator.run(0) == values

    def test_screenshot(self, make):
        with make() as emulator:
            black = emulator.screenshot()
            assert black.shape == emulator.frame_shape
            assert black.dtype == np.uint8
            assert not black.any()
            emulator.run(self.boot)
            frame = emulator.step()["frame"]
            picture = emulator.screenshot()
            assert np.array_equal(picture, frame)
            number = emulator.frame_number
            for _ in range(6):
                emulator.run(0)
                assert np.array_equal(emulator.screenshot(), frame)
            assert emulator.frame_number == number
            state = emulator.save_state()
            assert np.array_equal(emulator.screenshot(), frame)
            emulator.begin_step()
            with pytest.raises(StateError, match="begun"):
                emulator.screenshot()
            last = emulator.finish_step()["frame"]
            emulator.load_state(state)
            assert np.array_equal(emulator.screenshot(), last)
            assert np.array_equal(picture, frame)
            picture[...] = 0
            assert np.array_equal(emulator.step()["frame"], last)
            emulator.reset()
            assert not emulator.screenshot().any()
            assert emulator.screenshot().shape == emulator.frame_shape

    def test_screenshot_of_the_whole_picture(self, make):
        with make() as plain, make(observation=Observation(gray=True, crop=(1, 1, 4, 3), blend=True)) as emulator:
            plain.run(self.boot)
            emulator.run(self.boot)
            assert emulator.step()["frame"].shape == emulator.frame_shape == (3, 4, 1)
            assert np.array_equal(emulator.screenshot(), plain.step()["frame"])

    def test_no_screenshot_without_frames(self, make):
        with make(observation=None) as emulator:
            assert list(emulator.step()) == list(self.watched)
            with pytest.raises(StateError, match="without frames"):
                emulator.screenshot()
            with pytest.raises(StateError):
                _ = emulator.frame_shape

    def test_actions_do_something_and_are_released(self, make):
        def frames(actions):
            with make(frame_ratio=1) as emulator:
                emulator.run(self.boot)
                return [emulator.step(held) for held in actions]

        free = frames([[]] * self.effect)
        held = frames([[self.action]] * self.effect)
        tapped = frames([[self.action]] + [[]] * (self.effect - 1))
        assert not self.same(free, held)
        assert self.same(free, frames([[]] * self.effect))
        assert self.same(tapped, frames([[self.action, self.action]] + [[]] * (self.effect - 1)))

    @pytest.mark.parametrize("frames", [-1, 1.5, "1", None, 2**32])
    def test_wrong_frames(self, emulator, frames):
        with pytest.raises(ConfigError):
            emulator.run(frames)
        emulator.step()

    @pytest.mark.parametrize("ratio", [0, -1, 1.5, "3", None, 2**32])
    def test_wrong_frame_ratio(self, make, ratio):
        with pytest.raises(ConfigError, match="frame_ratio"):
            make(frame_ratio=ratio)

    def test_wrong_actions(self, emulator):
        number = emulator.frame_number
        port, field = self.action.port, self.action.field
        for wrong in (
            [Action(":nothing", field)],
            [Action(port, "Nothing at all")],
            [self.action, Action(port, "")],
            ["A"],
            [None],
            self.action,
            5,
        ):
            with pytest.raises(ConfigError):
                emulator.step(wrong)
        assert emulator.frame_number == number
        emulator.step((self.action,))

    def test_listed_fields_can_be_pressed(self, emulator):
        fields = emulator.list_fields()
        assert {"port", "field", "class", "analog"} <= fields[0].keys()
        assert (self.action.port, self.action.field) in {(entry["port"], entry["field"]) for entry in fields}
        for entry in fields:
            if entry["class"] == "controller" and not entry["analog"]:
                emulator.run(0, [Action(entry["port"], entry["field"])])
        json.dumps(fields)

    # --- memory -----------------------------------------------------------------------------------------------------

    def where(self):
        return {"device": self.scratch.device, "space": self.scratch.space}

    def test_memory(self, emulator):
        emulator.write_memory(self.scratch.offset, b"\x12\x34\x56", **self.where())
        data = emulator.read_memory(self.scratch.offset, 4, **self.where())
        assert data.dtype == np.uint8
        assert data[:3].tolist() == [0x12, 0x34, 0x56]
        assert data.flags.owndata
        emulator.write_memory(self.scratch.offset, np.array([7, 8], np.uint8), **self.where())
        assert emulator.read_memory(hex(self.scratch.offset), 3, **self.where()).tolist() == [7, 8, 0x56]

    def test_wrong_memory(self, emulator):
        at = self.scratch.offset
        for wrong in (
            lambda: emulator.read_memory(at, 0, **self.where()),
            lambda: emulator.read_memory(at, 2**30, **self.where()),
            lambda: emulator.read_memory(at, 1.5, **self.where()),
            lambda: emulator.read_memory(-1, 1, **self.where()),
            lambda: emulator.read_memory("here", 1, **self.where()),
            lambda: emulator.read_memory(2**50, 1, **self.where()),
            lambda: emulator.read_memory(at, 1, device=":nothing"),
            lambda: emulator.read_memory(at, 1, device=self.scratch.device, space="nothing"),
            lambda: emulator.write_memory(at, [256], **self.where()),
            lambda: emulator.write_memory(at, "text", **self.where()),
        ):
            with pytest.raises(ConfigError):
                wrong()
        emulator.step()

    # --- states -----------------------------------------------------------------------------------------------------

    def test_states(self, emulator):
        self.play(emulator, 5)
        state = emulator.save_state()
        number = emulator.frame_number
        assert isinstance(state, bytes)
        first = self.play(emulator)
        emulator.load_state(state)
        assert emulator.frame_number == number
        assert self.same(first, self.play(emulator))

    def test_wrong_states(self, emulator):
        state = emulator.save_state()
        for wrong in (b"", state[:-1], state[:20], state + b"x", b"x" + state, "text", None, 5):
            with pytest.raises(StateError):
                emulator.load_state(wrong)
        emulator.load_state(bytearray(state))
        emulator.load_state(memoryview(state))

    def test_reset(self, make):
        with make() as emulator:
            first = self.play(emulator)
            emulator.reset()
            assert emulator.frame_number == 0
            assert self.same(first, self.play(emulator))

    # --- the end ----------------------------------------------------------------------------------------------------

    def test_closed(self, make):
        emulator = make()
        emulator.step()
        view = emulator._step(1, ())
        emulator._settled(view)
        before, copy, mapped = view.frame.pixels, view.frame.copy(), mappings("toolkit-link")
        pixels = before.copy()
        assert emulator.close() is None
        emulator.close()
        assert np.array_equal(view.frame.copy(), copy)
        del view
        assert np.array_equal(before, pixels)
        del before
        assert mappings("toolkit-link") == mapped - 1
        assert emulator.closed
        for use in (
            emulator.step,
            lambda: emulator.run(0),
            lambda: emulator.run(1, [self.action]),
            emulator.save_state,
            lambda: emulator.load_state(b""),
            emulator.reset,
            emulator.list_fields,
            emulator.screenshot,
            lambda: emulator.read_memory(0, 1),
            lambda: emulator.write_memory(0, b"x"),
            lambda: emulator.pid,
        ):
            with pytest.raises(StateError, match="closed"):
                use()
        assert emulator.frame_number == emulator.frame_ratio + 1

    def test_context_manager(self, make):
        with make() as emulator:
            emulator.step()
        assert emulator.closed
        with pytest.raises(KeyError), make() as emulator:
            raise KeyError
        assert emulator.closed

    def test_forgotten(self, make):
        emulator = make()
        emulator.step()
        seen = weakref.ref(emulator)
        del emulator
        gc.collect()
        assert seen() is None  # and tests/conftest.py looks for its process

    def test_half_built(self, make):
        for wrong in (Address(2**50, "u8"), Address(0, "u8", device=":nothing"), Address(0, "u8", space="nothing")):
            with pytest.raises(ConfigError):
                make(memory_addresses={"x": wrong})

    @pytest.mark.parametrize("addresses", [{"frame": Address(0, "u8")}, {5: Address(0, "u8")}, {"x": 5}, [1]])
    def test_wrong_addresses(self, make, addresses):
        with pytest.raises(ConfigError):
            make(memory_addresses=addresses)

    # --- publication ------------------------------------------------------------------------------------------------

    def test_publication(self, make, temporary_folder):
        endpoint = f"ipc://{temporary_folder}/contract"
        with make(publish=endpoint) as emulator, Subscriber(endpoint) as subscriber:
            assert emulator.publish_endpoint == endpoint
            deadline = time.monotonic() + 10
            stepped = {}
            update = None
            while update is None:
                assert time.monotonic() < deadline
                data = emulator.step()
                stepped[emulator.frame_number] = {name: data[name] for name in self.watched}
                with contextlib.suppress(Silence):
                    update = subscriber.receive(timeout=0.05)
            assert update.values == stepped[update.frame_number]
            assert update.shape == emulator.frame_shape
            assert update.backend == emulator.backend
            assert update.refresh == pytest.approx(emulator.refresh_rate)
            assert np.array_equal(update.frame(), data["frame"])
