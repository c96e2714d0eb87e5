"""hop's integration folder: start states for the cores of both, stable-retro's and Debian's."""

import gzip
import hashlib

import numpy as np
import pytest

import toolkit.retro as retro
from games.homebrew import rom_path
from games.homebrew.hop import ADDRESSES, BUTTONS, LEVELS, STATES
from games.homebrew.hop.states import FOLDERS, GAME, make_core_states
from tests.native.test_airstriker import here, there
from toolkit.emulator import Action, Address
from toolkit.errors import StateError
from toolkit.retro import RetroEmulator
from toolkit.retro.systems import SYSTEMS

FOLDER = rom_path("hop") / "integration"
RIGHT = [button == "RIGHT" for button in SYSTEMS["Nes"].buttons]
# None is the core that is taken unless another is asked for.
CORES = [None, "nestopia"]


def game(path, core, steps):
    """What random play from a state leads through: all of memory, and pictures."""
    random = np.random.default_rng(7)
    digest = hashlib.sha256()
    with retro.make(GAME, str(path), core=core) as env:
        digest.update(env.reset()[0].tobytes())
        for _ in range(steps):
            observation, _, _, _, info = env.step(random.integers(2, size=9, dtype=np.int8))
            digest.update(observation.tobytes() + env.get_ram().tobytes())
    assert info["x"] != 40
    return digest.hexdigest()


def test_the_cartridge_lies_where_stable_retro_looks_for_it():
    path = FOLDER / GAME / "rom.nes"
    assert retro.data.get_romfile_path(GAME) == str(path)
    assert path.read_bytes() == (rom_path("hop") / "hop.nes").read_bytes()
    assert retro.data.verify_hash(GAME) == []


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize("level", range(1, LEVELS + 1))
def test_every_level_has_a_start_state(core, level):
    assert retro.data.list_states(GAME) == [f"Level{number}" for number in range(1, LEVELS + 1)]
    with retro.make(GAME, f"Level{level}", core=core) as env:
        env.reset()
        # The state holds what is plugged in, too: that buttons still arrive.
        for _ in range(40):
            info = env.step(RIGHT)[4]
        assert (info["level"], info["state"], info["lives"]) == (level, STATES["play"], 3)
        assert 60 < info["x"] < 100


@pytest.mark.parametrize("stable_retro", [True, False])
def test_the_first_level_is_where_it_starts(stable_retro, monkeypatch):
    if not stable_retro:
        # As where it is not installed: neither its cores nor its games are found.
        monkeypatch.setattr("toolkit.retro.cores.PYTHON_PACKAGES", ())
        monkeypatch.setattr("toolkit.retro.integrations.stable_retro_data", lambda: None)
    with retro.make(GAME) as env:
        assert env._machine.core["name"] == ("FCEUmm" if stable_retro else "Nestopia")
        assert env.statename == "Level1.state"
        env.reset()
        info = env.step(RIGHT)[4]
        assert (info["level"], info["state"]) == (1, STATES["play"])


@pytest.mark.parametrize("core", CORES)
def test_buttons_arrive_from_power_on(core):
    with retro.make(GAME, retro.State.NONE, core=core) as env:
        for _ in range(2):
            env.reset()
            for _ in range(60):
                info = env.step(RIGHT)[4]
            assert (info["state"], info["pad"]) == (STATES["title"], 1)


def test_a_port_can_be_left_empty():
    watched = {"pad": Address(*ADDRESSES["pad"])}
    pressed = [Action(":joypad1", "A")]
    for controllers, pad in ((None, BUTTONS["A"]), ({1: "none"}, 0)):
        with RetroEmulator("nestopia", rom_path("hop") / "hop.nes", watched, controllers=controllers) as emulator:
            assert emulator.run(60, pressed)["pad"] == pad


@pytest.mark.parametrize("core", FOLDERS)
def test_states_that_are_made_again_are_the_same_game(core, tmp_path):
    made = make_core_states(core, tmp_path)
    kept = [FOLDER / GAME / FOLDERS[core] / file.name for file in made]
    assert len(made) == LEVELS
    # Bytes may differ between versions of a core.
    assert game(made[3], core, 300) == game(kept[3], core, 300)
    games = [game(path, core, 30) for path in made]
    assert games == [game(path, core, 30) for path in kept]
    assert len(set(games)) == LEVELS


def test_a_state_of_another_core_is_refused():
    theirs = FOLDER / GAME / "Level1.state"
    assert len(gzip.decompress(theirs.read_bytes())) > 2048
    with retro.make(GAME, str(theirs), core="nestopia") as env, pytest.raises(StateError, match="another core"):
        env.reset()


@pytest.mark.parametrize(
    ("state", "kind", "steps"), [("State.DEFAULT", "Actions.FILTERED", 4200), ("Level4", "Actions.DISCRETE", 1500)]
)
def test_stable_retro_plays_the_same_game_from_our_folder(state, kind, steps):
    make = {"game": GAME, "state": state, "use_restricted_actions": kind}
    request = {"seed": 3, "steps": steps, "make": make}
    theirs = there({**request, "folder": str(FOLDER)})
    ours = here(request)
    for number, (mine, other) in enumerate(zip(ours["record"], theirs["record"], strict=True)):
        assert mine == other, f"step {number}"
    assert ours == theirs
    # What was compared is a game: pictures moved, something was earned; and who stays on level 1 dies by the clock.
    played = [entry for entry in ours["record"] if len(entry) > 3]
    assert len({entry[0] for entry in played}) > 500
    rewards = [entry[2] for entry in played]
    assert max(rewards) > 0
    assert (min(rewards) < -10) == (steps > 4000)
