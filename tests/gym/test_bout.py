"""bout through Gymnasium, on MAME: the contract, characters, rewards by parameters, and a whole game."""

import numpy as np
import pytest

from tests.contract_gym import GymContract
from toolkit.errors import ConfigError
from toolkit.gym import LaneEnv, lane_factory
from toolkit.gym.games import BOUT_CHARACTERS

CHARACTER = 0x02020054
DIFFICULTY = 0x02020018
HEALTH = {"P1": 0x02068D0A, "P2": 0x020691A2}
NOTHING = (8, 9)


@pytest.fixture
def make(mame):
    """Makes environments, and closes them."""
    made = []

    def make(**options):
        made.append(LaneEnv(lane_factory("toolkit/Bout-v0", **{"binary_path": mame, **options})))
        return made[-1]

    yield make
    for env in made:
        env.close()


def hit(env, player, health):
    env.lane.env.emulator.write_memory(HEALTH[player], int(health).to_bytes(2, "big", signed=True))


class TestContract(GymContract):
    game = "toolkit/Bout-v0"
    compared_steps = 15
    views = ({}, {"observation": "both", "frames_per_step": 2, "channels_first": True})

    @pytest.fixture(autouse=True)
    def _mame(self, mame):
        self.options = {"binary_path": mame}


@pytest.mark.parametrize("character", BOUT_CHARACTERS)
def test_characters(make, character):
    env = make(character=character, frame_ratio=4)
    env.reset()
    assert env.lane.env.emulator.read_memory(CHARACTER, 1) == [BOUT_CHARACTERS.index(character)]


def test_difficulty(make):
    env = make(difficulty=6)
    env.reset()
    assert env.lane.env.emulator.read_memory(DIFFICULTY, 1) == [6]
    with pytest.raises(ConfigError, match="character is one of Kai"):
        make(character="Ken")
    with pytest.raises(ConfigError, match="difficulty"):
        make(difficulty=8)


def test_rewards_by_parameters(make):
    env = make(damage_dealt=2.0, damage_taken=0.5, win_bonus=1000.0)
    env.reset()
    hit(env, "P1", 150)
    hit(env, "P2", 157)
    _, reward, _, _, info = env.step(NOTHING)
    assert reward == 2 * 3 - 0.5 * 10
    assert info["rewards"]["P2"] == 2 * 10 - 0.5 * 3
    hit(env, "P2", -1)
    _, reward, terminated, _, info = env.step(NOTHING)
    assert terminated
    assert reward == 2 * 158 + 1000
    assert info["rewards"]["P2"] == -0.5 * 158 - 1000
    assert info["values"]["winsP1"] == 1
    env.reset()
    assert env.step(NOTHING)[1] == 0


def test_a_game_in_one_episode(make):
    env = make(episode="game", frame_ratio=4, frames_per_step=2)
    observation, _ = env.reset(seed=1)
    assert observation.shape == (224, 384, 6)
    ends = []
    for loser in ("P2", "P2", "P1", "P1"):
        hit(env, loser, -1)
        observation, reward, terminated, _, info = env.step(NOTHING)
        assert observation in env.observation_space
        assert abs(reward) == 161
        ends.append((info["round_done"], info["stage_done"], info["game_done"], terminated, info["stage"]))
    assert ends == [
        (True, False, False, False, 1),
        (True, True, False, False, 2),
        (True, False, False, False, 2),
        (True, False, True, True, 2),
    ]
    # The machine was left in the middle of its menus; the start state leads out of them.
    env.reset()
    assert env.lane.env.stage == 1
    assert not env.step(NOTHING)[2]


def test_the_stage_goes_on_with_parts_of_the_picture_only(make):
    """The end of a stage is a black screen, and a corner of it is black all the time."""
    numbers = []
    for crop in ((0, 222, 2, 2), None):
        env = make(episode="game", frame_ratio=4, grayscale=True, crop=crop)
        env.reset(seed=1)
        for _ in range(2):
            hit(env, "P2", -1)
            assert not env.step(NOTHING)[2]
        assert env.lane.env.stage == 2
        numbers.append(env.lane.env.emulator.frame_number)
    assert numbers[0] == numbers[1]


def test_memory(make):
    env = make(observation="ram")
    assert env.lane.ram_names == ("fighting", "winsP1", "winsP2", "healthP1", "healthP2")
    observation, _ = env.reset()
    assert np.array_equal(observation, [1, 0, 0, 160, 160])
    assert env.lane.render().shape[2] == 3
