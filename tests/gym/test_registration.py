"""The ids, and how Gymnasium comes to know them."""

import importlib.metadata
import subprocess
import sys

import gymnasium
import pytest

import toolkit.gym
from tests.mame.conftest import display, xvfb  # noqa: F401
from toolkit.errors import ConfigError
from toolkit.gym.registration import NAMES
from toolkit.vector import make_vec

IDS = ["toolkit/Airstriker-v0", "toolkit/Bout-v0", "toolkit/Platformer-v0", "toolkit/StreetFighter-v0"]


def test_ids():
    assert sorted(NAMES) == sorted(toolkit.gym.GAMES) == IDS
    for game in IDS:
        spec = gymnasium.spec(game)
        assert spec.entry_point == f"toolkit.gym.registration:{NAMES[game]}"
        assert spec.vector_entry_point == f"toolkit.vector:{NAMES[game]}"
        assert getattr(toolkit.gym.registration, NAMES[game]).game == game
    # Gymnasium warns when an id is registered again.
    toolkit.gym.register_envs()


def test_the_entry_point():
    (entry,) = importlib.metadata.entry_points(group="gymnasium.envs", name="toolkit")
    assert entry.load() is toolkit.gym.register_envs


@pytest.mark.parametrize(
    ("before", "game"),
    [("import toolkit.gym", "toolkit/Platformer-v0"), ("", "toolkit.gym:toolkit/Platformer-v0")],
)
def test_importing_is_enough_and_imports_no_game(before, game):
    program = f"""
import sys, warnings
warnings.simplefilter("error")
import gymnasium
{before}
assert not {{"games.platformer", "games.street_fighter", "games.airstriker"}} & set(sys.modules)
with gymnasium.make({game!r}) as env:
    env.reset()
    print(env.spec.id)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "toolkit/Platformer-v0\n", done.stderr


def test_what_a_game_needs():
    with pytest.raises(ConfigError, match=r"roms_path=.*toolkit/Bout-v0 is a free game"):
        gymnasium.make("toolkit/StreetFighter-v0")
    with pytest.raises(ConfigError, match="there is no game 'toolkit/Chess-v0'; there are toolkit/StreetFighter-v0"):
        toolkit.gym.lane_factory("toolkit/Chess-v0")


@pytest.mark.parametrize("game", [None, 5, [None]])
def test_what_is_no_game(game):
    with pytest.raises(ConfigError, match=r"a game is an id, .*, got (None|5)"):
        make_vec(game, 1)


@pytest.mark.parametrize("make", [gymnasium.make, gymnasium.make_vec, make_vec])
def test_options_that_there_are_not(make):
    """Nothing is started, and nothing that the game needs is missed before that."""
    for option, advice in (
        ("frameskip", "did you mean frame_ratio"),
        ("greyscale", "did you mean grayscale"),
        ("obs_type", "did you mean observation"),
        ("frame_stack", "did you mean stack_num"),
        ("sticky", "did you mean repeat_action_probability"),
        ("rendermode", "did you mean render_mode"),
        ("max_steps", "did you mean max_episode_steps"),
        ("resise", "did you mean resize"),
        ("seed", r"a seed is given to reset\(seed="),
        ("no_such_thing", "there are .*frame_ratio, "),
    ):
        for game in IDS:
            with pytest.raises(ConfigError, match=f"^{game} has no option '{option}': {advice}"):
                make(game, **{option: 1})


def test_street_fighter_is_on_the_machine_of_bout(mame, bout_roms):
    options = {"roms_path": bout_roms, "boot_frames": 60, "binary_path": mame}
    with gymnasium.make("toolkit/StreetFighter-v0", **options) as env:
        assert env.reset()[0] in env.observation_space
        assert env.action_space == gymnasium.spaces.MultiDiscrete([9, 10])


@pytest.mark.parametrize("found", [True, False])
def test_the_platformer_takes_the_emulator_that_there_is(mame, monkeypatch, found):
    if not found:
        monkeypatch.setattr("games.platformer.backends.CORE", "missing")
        monkeypatch.setenv("TOOLKIT_MAME", str(mame))
    with gymnasium.make("toolkit/Platformer-v0") as env:
        assert env.unwrapped.lane.env.backend == ("libretro" if found else "mame")
        assert env.reset()[0] in env.observation_space


def test_a_window(display):  # noqa: F811
    # In a process of its own: Tk keeps a thread and descriptors until the end of its process.
    program = """
import sys, gymnasium, toolkit.gym
with gymnasium.make("toolkit/Platformer-v0", render_mode="human") as env:
    env.reset(seed=1)
    for steps in (0, 10, 10):
        for _ in range(steps):
            env.step(1)
        assert env.render() is None
        print("shown", flush=True)
        sys.stdin.readline()
"""
    before = display.picture().tobytes()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program], **pipes) as process:
        seen = {before}
        for _ in range(3):
            assert process.stdout.readline() == "shown\n"
            seen.add(display.picture().tobytes())
            process.stdin.write("on\n")
            process.stdin.flush()
    assert process.returncode == 0
    assert len(seen) == 4
