"""What a lane makes of rounds, stages, frames and rewards, on a game whose every frame is known."""

import numpy as np
import pytest

from tests.unit.environment.tiny import A, TinyGame
from toolkit.emulator import Address
from toolkit.environment import Phase
from toolkit.errors import ConfigError, SequenceStuck
from toolkit.gym import GameLane, LaneEnv, Preprocessing


class LaneGame(TinyGame):
    """Is played from the machine's first frame on, so that no test need poke before it begins."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.poke(playing=1)

    def power_cycle(self):
        super().power_cycle()
        self.poke(playing=1)


@pytest.fixture
def make(own_cache):
    """Makes environments of the tiny game."""
    made = []

    def make(game=LaneGame, frame_ratio=1, frames_per_step=1, episode="round", start_states=True, **prepared):
        def lane():
            return GameLane(
                lambda observation: game("lane", "", frame_ratio, frames_per_step),
                Preprocessing(**prepared),
                episode=episode,
                start_states=start_states,
            )

        made.append(LaneEnv(lane))
        return made[-1]

    yield make
    for env in made:
        env.close()


def end(env, outcome, action=0):
    """The round ends so; what the step says. The next one begins by itself."""
    game = env.lane.env
    game.poke(playing=0, outcome=outcome)
    sequence = {0: game.round_sequence, 1: game.stage_sequence, 2: game.game_sequence}[outcome]

    def and_play():
        game.poke(playing=1)
        return sequence()

    for name in ("round_sequence", "stage_sequence", "game_sequence"):
        setattr(game, name, and_play)
    return env.step(action)


@pytest.mark.parametrize(
    ("episode", "ends"), [("round", (True, True, True)), ("stage", (False, True, True)), ("game", (False, False, True))]
)
def test_what_ends_an_episode(make, episode, ends):
    env = make(episode=episode)
    env.reset()
    for outcome, terminated in enumerate(ends):
        observation, _, *flags, info = end(env, outcome)
        assert flags == [terminated, False]
        assert (info["round_done"], info["stage_done"], info["game_done"]) == (True, outcome == 1, outcome == 2)
        assert observation in env.observation_space
        if terminated:
            env.reset(options={"new_game": True})
        assert env.lane.env.phase is Phase.ROUND
        assert env.step(0)[2] is False


def test_a_reset_goes_on_with_the_game_unless_told_otherwise(make):
    env = make()
    _, info = env.reset()
    assert info["stage"] == 1
    for outcome, stage in ((0, 1), (1, 2), (0, 2), (1, 3), (2, 1)):
        end(env, outcome)
        assert env.reset()[1]["stage"] == stage
    for again in ({"seed": 5}, {"options": {"new_game": True}}):
        end(env, 1)
        assert env.reset(**again)[1]["stage"] == 1
    # In the middle of a round too.
    end(env, 1)
    assert env.reset()[1]["stage"] == 2
    env.step(0)
    assert env.reset()[1]["stage"] == 1


@pytest.mark.parametrize("start_states", [True, False])
def test_a_new_game_begins_at_the_same_frame(make, start_states):
    env = make(start_states=start_states)
    first, _ = env.reset()
    for _ in range(3):
        env.step(0)
        assert np.array_equal(env.reset(seed=0)[0], first)
    assert env.lane.env.emulator.frame_number == first[0, 0, 2]


def test_no_ops(make):
    env = make(noop_max=8)
    begins = []
    for seed in range(60):
        observation, _ = env.reset(seed=seed)
        begins.append(int(observation[0, 0, 2]))
    least = min(begins)
    assert set(begins) == set(range(least, least + 8))
    plain = make()
    assert plain.reset()[0][0, 0, 2] == least - 1
    # In the rounds after the first too.
    end(env, 0)
    before = env.lane.env.emulator.frame_number
    env.reset()
    assert 4 < env.lane.env.emulator.frame_number - before <= 12


def test_the_stack(make):
    env = make(stack_num=3)
    observation, _ = env.reset()
    newest = observation[0, 0, 8]
    assert observation.shape == (2, 4, 9)
    assert observation[0, 0, 2::3].tolist() == [newest] * 3
    for _ in range(4):
        observation = env.step(0)[0]
    assert observation[0, 0, 2::3].tolist() == [newest + 2, newest + 3, newest + 4]
    assert observation[1, 3, :3].tolist() == [1, 2, newest + 2]
    # What was seen in another episode is forgotten.
    assert env.reset(seed=0)[0][0, 0, 2::3].tolist() == [newest] * 3


@pytest.mark.parametrize("stack_num", [2, 3, 5])
def test_each_of_several_frames_a_step_goes_into_the_stack(make, stack_num):
    env = make(frame_ratio=2, frames_per_step=3, stack_num=stack_num)
    observation, _ = env.reset()
    first = [observation[0, 0, place] for place in range(2, 3 * stack_num, 3)]
    newest = first[-1]
    taken = [newest - 4, newest - 2, newest]
    assert first == (taken[:1] * stack_num + taken)[-stack_num:]
    observation = env.step(0)[0]
    assert observation[0, 0, 2::3].tolist() == list(range(newest - 4, newest + 7, 2))[-stack_num:]


def test_channels_first_is_the_same_picture(make):
    last, first = make(stack_num=2), make(stack_num=2, channels_first=True)
    for env in (last, first):
        env.reset()
    one, other = last.step(0)[0], first.step(0)[0]
    assert other.shape == (6, 2, 4)
    assert np.array_equal(one.transpose(2, 0, 1), other)
    assert one[0, 0, 2] != one[0, 0, 5]


def test_memory_is_what_is_watched_in_order(make):
    class SignedGame(LaneGame):
        addresses = {**LaneGame.addresses, "signed": Address(40, "<i2"), "wide": Address(48, "s64")}  # noqa: RUF012

    env = make(SignedGame, observation="ram")
    assert env.lane.ram_names == tuple(SignedGame.addresses)
    assert env.observation_space.dtype == np.int64
    low, high = env.observation_space.low.tolist(), env.observation_space.high.tolist()
    assert low == [0] * 5 + [-(2**15), -(2**63)]
    assert high == [255] * 5 + [2**15 - 1, 2**63 - 1]
    env.reset()
    env.lane.env.emulator.write_memory(40, b"\xfe\xff" + bytes(6) + b"\xff" * 8)
    env.lane.env.poke(score=200)
    seen = dict(zip(env.lane.ram_names, env.step(1)[0].tolist(), strict=True))
    assert seen == {**seen, "signed": -2, "wide": -1, "score": 200, "a": 1, "playing": 1}
    both = make(SignedGame, observation="both")
    observation, _ = both.reset()
    assert observation in both.observation_space
    assert set(observation) == {"image", "ram"}


def test_values_that_memory_observations_cannot_hold(make):
    class WideGame(LaneGame):
        addresses = {**LaneGame.addresses, "wide": Address(48, "u64")}  # noqa: RUF012

    with pytest.raises(ConfigError, match="'wide' is unsigned and has 64 bits"):
        make(WideGame, observation="ram")
    make(WideGame).reset()


@pytest.mark.parametrize(("score", "clipped"), [(0, 0.0), (1, 1.0), (30, 1.0)])
def test_rewards(make, score, clipped):
    for clipping in (False, True):
        env = make(reward_clipping=clipping)
        env.reset()
        env.lane.env.poke(score=score)
        _, reward, _, _, info = env.step(0)
        assert reward == (clipped if clipping else score)
        assert info["rewards"] == {"P1": score}
        env.lane.env.poke(score=0)
        assert env.step(0)[1] == (-clipped if clipping else -score)


def test_sticky_actions_come_from_the_seed(make):
    logs = []
    for _ in range(2):
        env = make(frame_ratio=4, repeat_action_probability=0.5)
        env.reset(seed=11)
        emulator = env.lane.env.emulator
        before = len(emulator.log)
        for action in (1, 0, 1, 0, 1, 0):
            env.step(action)
        logs.append(emulator.log[before:])
    assert logs[0] == logs[1]
    assert logs[0] != [held for held in ((A,), ()) * 3 for _ in range(4)]


def test_info_says_where_the_game_stands(make):
    env = make()
    _, info = env.reset()
    assert info == {
        "stage": 1,
        "round_done": False,
        "stage_done": False,
        "game_done": False,
        "values": {"frames": info["values"]["frames"], "a": 0, "playing": 1, "score": 0, "outcome": 0},
    }
    env.lane.env.poke(score=3)
    assert env.step(1)[4]["values"]["score"] == 3


def test_a_picture_that_changes_its_size(make):
    env = make()
    env.reset()
    env.lane._frame_shape = (9, 9, 3)
    _, _, _, truncated, info = env.step(0)
    assert truncated
    assert "resize=" in info["emulator_error"]


def test_options_that_are_wrong(make):
    for options in (
        {"episode": "life"},
        {"observation": "sound"},
        {"stack_num": 0},
        {"noop_max": -1},
        {"repeat_action_probability": 1.0},
    ):
        with pytest.raises(ConfigError, match=next(iter(options))):
            make(**options)


def test_an_emulator_that_cannot_begin_is_replaced_once(make):
    class StuckGame(LaneGame):
        made = 0

        def __init__(self, *arguments, **options):
            type(self).made += 1
            super().__init__(*arguments, **options)
            self.play_budget = 3
            self.poke(playing=type(self).made >= self.good)

    class StuckOnce(StuckGame):
        good = 2

    class StuckForever(StuckGame):
        good = 100

    env = make(StuckOnce)
    env.reset()
    assert env.restarts == 1
    env = make(StuckForever)
    with pytest.raises(SequenceStuck):
        env.reset()
    assert StuckForever.made == 2


def test_what_is_interrupted_is_replaced(make):
    env = make()
    before, _ = env.reset(seed=1)
    game = env.lane.env
    game.playing = lambda data: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        env.step(0)
    assert np.array_equal(env.reset(seed=1)[0], before)
    assert env.lane.env is not game
