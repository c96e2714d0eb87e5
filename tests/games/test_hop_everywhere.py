"""The same inputs give the same game of hop in MAME and in two libretro cores, frame by frame.

The random numbers are seeded with the game's own frame counter when START is pressed, which must therefore be pressed
at the same count. All count from the title on; to there FCEUmm takes a frame longer, which is run beforehand.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from games.homebrew import rom_path
from games.homebrew.hop import ADDRESSES, LEVELS, STATES
from games.homebrew.hop.menus import at_title, in_play, to_level
from games.platformer import ACTIONS, BUTTONS
from games.platformer.backends import open_emulator
from toolkit.emulator import Address
from toolkit.environment import WaitUntil, play

EVERYWHERE = {name: Address(*place) for name, place in ADDRESSES.items()}
CORES = ("nestopia", "fceumm")
TO_THE_TITLE = {"mame": 3, "nestopia": 3, "fceumm": 4}
# What need not be the same is the stack, where the vertical blank puts where it has interrupted the program, which
# waits in a loop of several instructions: which of them it is depends on how exactly an emulator counts the processor's
# cycles.
STACK = (0x100, 0x200)
MEMORY_EVERY = 60
PICTURE_EVERY = 7
# What all show: without the rows and columns that a core leaves out, as televisions did.
VISIBLE = {"mame": np.s_[8:232, 8:248], "nestopia": np.s_[:, 8:248], "fceumm": np.s_[:, :]}
# The levels' choices were found with steps of as many frames, in the menus too.
STEP = 4


def solutions():
    """For each level a list of choices that finishes it, found by searching with save states."""
    text = (Path(__file__).parent / "hop_solutions.json").read_text()
    return {int(level): "".join(lines) for level, lines in json.loads(text).items()}


def solution(level):
    """What is held in each frame, from the beginning of the level; and then nothing until it is over."""
    held = [names for choice in solutions()[level] for names in [ACTIONS[int(choice)]] * STEP]
    return [()] * STEP + held + [()] * 400


def nonsense(frames):
    """What somebody holds who presses anything, pauses the game, and runs into everything."""
    random = np.random.default_rng(11)
    often = {"Right": 0.8, "B": 0.5, "A": 0.4, "Left": 0.15, "Up": 0.1, "Down": 0.1, "Start": 0.01, "Select": 0.01}
    held = [{name for name, share in often.items() if random.random() < share} for _ in range(frames // 8)]
    # No cross of a real pad can be pressed on two sides; Nestopia lets go of both then, and MAME of none.
    opposite = ({"Left", "Right"}, {"Up", "Down"})
    held = [names.difference(*(pair for pair in opposite if pair <= names)) for names in held]
    return [names for names in held for _ in range(8)]


def memory(emulator):
    """All that the console has but the stack."""
    ram = emulator.read_memory(0, 0x800)
    ram[slice(*STACK)] = 0
    return ram.tobytes()


def record(name, level, inputs, **options):
    """Every value from the title on, of every frame of the level; and now and then all memory, as "memory".

    Where there is a picture, it is kept now and then, too.
    """
    backend = "mame" if name == "mame" else "libretro"
    pad = BUTTONS[backend]
    with open_emulator(backend, name, rom_path("hop") / "hop.nes", EVERYWHERE, STEP, **options) as emulator:
        emulator.run(TO_THE_TITLE[name] - 1)
        readings = list(play(emulator, [*to_level(level, pad), WaitUntil(in_play, 600, "play")], "the level"))
        for number, names in enumerate(inputs):
            data = emulator.run(1, [pad[name] for name in names])
            if number % MEMORY_EVERY == 0:
                data["memory"] = memory(emulator)
            picture = data.pop("frame", None)
            if picture is not None and number % PICTURE_EVERY == 0:
                data["picture"] = picture[VISIBLE[name]].astype(np.uint32) @ np.array([0x10000, 0x100, 1], np.uint32)
            readings.append(data)
    return readings


def compare(mame, level, inputs):
    """Plays everywhere; MAME's readings."""
    expected = record("mame", level, inputs, binary_path=mame, screen=None)
    assert at_title(expected[0])
    for core in CORES:
        found = record(core, level, inputs, core=core, observation=None)
        for there, here in zip(expected, found, strict=True):
            differ = {} if there == here else {name: (there[name], here[name]) for name in there}
            differ = {name: values for name, values in differ.items() if values[0] != values[1]}
            assert not differ, f"{core} at the game's frame {there['frame_counter']}"
    return expected


@pytest.mark.parametrize("level", range(1, LEVELS + 1))
def test_every_level_can_be_finished_everywhere(mame, level):
    readings = compare(mame, level, solution(level))
    won = next(data for data in readings if data["flag_reached"])
    assert (won["level"], won["deaths"]) == (level, 0)
    assert readings[-1]["levels_done"] == 1


def test_deaths_pauses_and_the_end_of_a_game_are_the_same_everywhere(mame):
    readings = compare(mame, 5, nonsense(2500))
    seen = {name for name, number in STATES.items() if any(data["state"] == number for data in readings)}
    assert {"title", "intro", "play", "dying", "game_over"} <= seen
    assert max(data["deaths"] for data in readings) == 3
    assert len({data["rng"] for data in readings}) > 1500


def test_the_pictures_are_the_same_everywhere_but_for_the_palette(mame):
    """Level 3, which has ceilings: tiles with colours at the very top."""
    inputs = solution(3)[:1200]
    expected = record("mame", 3, inputs, binary_path=mame)
    seen = np.stack([data["picture"] for data in expected if "picture" in data])
    for core in CORES:
        found = record(core, 3, inputs, core=core)
        here = np.stack([data["picture"] for data in found if "picture" in data])
        # Each emulator has colours of its own for the console's; each stands for one of the other's, always.
        pairs = np.unique(np.stack([seen.ravel(), here.ravel()]), axis=1)
        assert pairs.shape[1] == len(np.unique(seen)) == len(np.unique(here)), core
    assert len(np.unique(seen)) > 12
    assert len({picture.tobytes() for picture in seen}) > 100
