"""hop as an environment: what every environment must do, its rewards, and that it can be learned, but not by luck."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from games.homebrew import rom_path
from games.homebrew.hop import ADDRESSES, LEVELS, STATES
from games.homebrew.hop.menus import in_play, to_level
from games.platformer import ACTIONS, BUTTONS, Environment, ScriptedPolicy
from games.platformer.environment import TILE
from tests.contract import EnvironmentContract
from toolkit.emulator import Emulator
from toolkit.environment import Phase, WaitUntil, play
from toolkit.errors import ConfigError, StateError

PAD = BUTTONS["mame"]
RIGHT = ACTIONS.index(("Right",))
RIGHT_RUN = ACTIONS.index(("Right", "B"))
LEFT = ACTIONS.index(("Left",))
GAMES = 20


class TestContract(EnvironmentContract):
    longest_game = 4000
    compared_steps = 40

    @pytest.fixture(autouse=True)
    def _binary(self, mame):
        self.mame = mame

    def make(self, **options):
        return Environment("contract", binary_path=self.mame, **options)

    def choose(self, env, random):
        # The first caterpillar is met soon, three times.
        return [int(random.choice([RIGHT, RIGHT, RIGHT_RUN]))]


def test_progress_earns_and_a_way_back_costs_the_same(mame):
    with Environment("rewards", binary_path=mame) as env:
        env.start()
        x = env.data["x"]
        earned = 0.0
        for action in [RIGHT] * 15 + [LEFT] * 20:
            earned += env.step(action).reward["P1"]
            assert earned == (env.data["x"] - x) / TILE
        assert env.level == 1
        assert env.lives == 3


def test_a_life_a_game_and_a_new_one(mame):
    with Environment("lives", binary_path=mame, death_penalty=7.0) as env:
        env.start()
        for lives in (3, 2, 1):
            assert env.lives == lives
            result, best, earned = None, 0, 0.0
            while result is None or not result.round_done:
                best = max(best, env.data["x"])
                result = env.step(RIGHT)
                earned += result.reward["P1"]
            # The last step's progress, and what was begun before the first.
            assert abs(earned + 7.0 - (best - 40) / TILE) < 1
            assert not result.stage_done
            assert result.game_done == (lives == 1)
            env.reset()
        assert env.stage == 1
        assert env.lives == 3
        assert env.data["score"] == 0


def test_the_policy_wins_a_stage_and_the_next_one_begins(mame):
    policy = ScriptedPolicy()
    with Environment("stage", binary_path=mame, flag_bonus=90.0) as env:
        env.start()
        earned, result = 0.0, None
        while result is None or not result.round_done:
            result = env.step(policy(env.data))
            earned += result.reward["P1"]
        assert result[2:] == (True, True, False)
        # 2664 is where the flag is reached.
        assert abs(earned - 90.0 - (2664 - 40) / TILE) < 1
        assert env.phase is Phase.STAGE_DONE
        env.reset()
        assert (env.stage, env.level, env.lives) == (2, 2, 3)
        # A life that is lost then is no stage.
        env.emulator.write_memory(ADDRESSES["time"][0], b"\x01\x00")
        while not (result := env.step(0)).round_done:
            pass
        assert result[2:] == (True, False, False)


def test_bad_choices_are_refused_before_anything_is_started(tmp_path):
    for level in (0, LEVELS + 1, True, "1"):
        with pytest.raises(ConfigError, match="level"):
            Environment("bad", level=level)
    with pytest.raises(ConfigError, match="backend"):
        Environment("bad", backend="no such thing")
    with pytest.raises(ConfigError, match=r"hop\.nes"):
        Environment("bad", tmp_path)


def test_there_is_no_reading_before_the_start(mame):
    with Environment("early", binary_path=mame) as env, pytest.raises(StateError, match="start"):
        _ = env.data


# --- what can be reached ----------------------------------------------------------------------------------------------


def solutions():
    """For each level a list of choices that finishes it, found by searching with save states."""
    text = (Path(__file__).parent / "hop_solutions.json").read_text()
    return {int(level): "".join(lines) for level, lines in json.loads(text).items()}


@pytest.mark.parametrize("level", range(1, LEVELS + 1))
def test_every_level_can_be_finished(mame, level):
    choices = solutions()[level]
    with Environment("solution", binary_path=mame, level=level, frame_ratio=4, screen=None) as env:
        # Straight on the emulator: nobody looks.
        for _ in play(env.emulator, [*env.start_sequence(), WaitUntil(in_play, 600, "play")], "the level"):
            pass
        env.emulator.step()
        for choice in choices:
            data = env.emulator.step(env.actions(int(choice)))
        assert data["flag_reached"]
        assert data["deaths"] == 0
        assert data["level"] == level


class Lives:
    """Lives on level 1, each from the same saved moment; frames are not drawn."""

    def __init__(self, mame):
        self.emulator = Emulator(
            "lives",
            rom_path("hop"),
            "nes",
            Environment.addresses,
            4,
            binary_path=mame,
            media={"cart": rom_path("hop") / "hop.nes"},
            screen=None,
        )
        for _ in play(self.emulator, [*to_level(1, PAD), WaitUntil(in_play, 600, "play")], "level 1"):
            pass
        # Of 160 units; 53 are enough to run to the flag, and who dawdles need not be waited for so long.
        self.emulator.write_memory(ADDRESSES["time"][0], b"\x40\x00")
        self.first = self.emulator.step()
        self.state = self.emulator.save_state()

    def live(self, choose):
        """Plays with choose(data, number of the step) until the end; the last reading of play."""
        self.emulator.load_state(self.state)
        data = self.first
        for number in range(500):
            data = self.emulator.step([PAD[name] for name in ACTIONS[choose(data, number)]])
            if data["state"] != STATES["play"]:
                return data
        raise AssertionError("the clock should have run out")


def lives_of(mame, make_choose):
    """GAMES lives, `make_choose(seed)` choosing, by two emulators at a time."""

    def some(seeds):
        lives = Lives(mame)
        with lives.emulator:
            return [lives.live(make_choose(seed)) for seed in seeds]

    with ThreadPoolExecutor(2) as pool:
        return [data for part in pool.map(some, (range(0, GAMES, 2), range(1, GAMES, 2))) for data in part]


def test_a_scripted_policy_finishes_level_1(mame):
    policy = ScriptedPolicy()

    def make_choose(seed):
        random = np.random.default_rng(seed)

        def choose(data, number):
            # Every twentieth step or so it only walks, so that each game meets everything at another moment.
            slower = random.random() < 0.05
            action = policy(data)
            return RIGHT if slower and action == RIGHT_RUN else action

        return choose

    ends = lives_of(mame, make_choose)
    assert [data["flag_reached"] for data in ends] == [1] * GAMES
    assert [data["deaths"] for data in ends] == [0] * GAMES
    # The pad feeds the random numbers: other inputs, another number.
    assert len({data["rng"] for data in ends}) > GAMES // 2


def test_a_random_one_does_not(mame):
    def make_choose(seed):
        random = np.random.default_rng(seed)
        return lambda data, number: int(random.integers(len(ACTIONS)))

    ends = lives_of(mame, make_choose)
    assert [data["flag_reached"] for data in ends] == [0] * GAMES
    assert all(data["death"] for data in ends)
    # Some come further than others: there is something to learn from.
    farthest = sorted(data["best_x"] for data in ends)
    assert farthest[0] < 500
    assert 900 < farthest[-1] < 2300
