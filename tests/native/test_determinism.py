"""The same inputs give the same frames and memory, whoever else runs."""

import hashlib
import threading

import numpy as np
import pytest

from toolkit.emulator import Address
from toolkit.retro import Observation

WATCHED = {"mixed": Address(8, "u32", device=":ram")}
STEPS = 300


def play(emulator, seed=0):
    """What was seen and remembered, as one hash."""
    masks = np.random.default_rng(seed).integers(0, 2**16, (STEPS, 2)).tolist()
    seen = hashlib.sha256()
    for pair in masks:
        view = emulator.step_buttons(pair)
        seen.update(repr(view.values).encode())
        seen.update(view.frame.pixels.tobytes())
        seen.update(view.memory.tobytes())
    return seen.hexdigest()


@pytest.mark.parametrize("core", ["counter", "flicker", "echo"])
def test_three_runs(make, core):
    options = {"publish_ram": True, "observation": Observation(gray=True, size=(21, 13), blend=True)}
    runs = [play(make(core, WATCHED, 2, **options)) for _ in range(3)]
    assert len(set(runs)) == 1
    if core != "flicker":
        assert play(make(core, WATCHED, 2, **options), seed=1) != runs[0]


def test_eight_at_once(make):
    emulators = [make("counter", WATCHED, publish_ram=True) for _ in range(8)]
    alone = play(make("counter", WATCHED, publish_ram=True), 5)
    together = threading.Barrier(8)
    results = {}

    def work(number):
        together.wait(10)
        results[number] = play(emulators[number], 5 if number % 2 else number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {results[number] for number in (1, 3, 5, 7)} == {alone}
    assert len(set(results.values())) == 5


def test_how_it_is_shown_changes_nothing(make):
    """The machine's memory is the same with any observation, frame ratio and sound."""

    def memory(frame_ratio, **options):
        emulator = make("audio", WATCHED, frame_ratio, **options)
        masks = np.random.default_rng(7).integers(0, 2**16, 40).tolist()
        for mask in masks:
            for _ in range(12 // frame_ratio):
                emulator.step_buttons([mask])
        return emulator.read_memory(0, 256, device=":ram").tobytes()

    first = memory(1)
    assert memory(12) == first
    assert memory(4, observation=None) == first
    assert memory(3, audio=True, draw_every_frame=True) == first
    assert memory(6, observation=Observation(gray=True, size=(5, 5), blend=True)) == first
