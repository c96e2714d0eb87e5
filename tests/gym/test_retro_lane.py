"""Integrations in gym-retro's format as lanes: the same as `toolkit.retro.make` stepped frame by frame."""

import contextlib

import gymnasium
import numpy as np
import pytest
from gymnasium.wrappers import FrameStackObservation, GrayscaleObservation, MaxAndSkipObservation, ResizeObservation

import toolkit.retro as retro
from tests.contract_gym import GymContract
from tests.native.building import build_core
from tests.native.tiny_game import GAME, Model, make_game
from toolkit.errors import ConfigError
from toolkit.gym import LaneEnv
from toolkit.gym.retro_lane import make_retro
from toolkit.retro.conditions import MAX_NESTED

AIRSTRIKER, HOP = "Airstriker-Genesis-v0", "Hop-Nes-v0"


class TestContract(GymContract):
    game = "toolkit/Airstriker-v0"

    def pid(self, env):
        return env.unwrapped.lane.emulator.pid


class TestContractOfAnotherOne(GymContract):
    """With actions that are many buttons."""

    game = "toolkit/Airstriker-v0"
    options = {"actions": "multi_discrete", "frame_ratio": 2}  # noqa: RUF012

    def pid(self, env):
        return env.unwrapped.lane.emulator.pid


def lane_env(game, **options):
    return contextlib.closing(LaneEnv(make_retro(game, **options)))


@pytest.mark.parametrize("game", [AIRSTRIKER, HOP])
@pytest.mark.parametrize("ratio", [1, 4])
def test_a_step_is_so_many_of_toolkit_retros(game, ratio):
    random, ends = np.random.default_rng(ratio), 0
    with (
        lane_env(game, frame_ratio=ratio, observation="both") as ours,
        retro.make(game, use_restricted_actions=retro.Actions.DISCRETE) as theirs,
    ):
        assert ours.action_space == theirs.action_space
        mine, _ = ours.reset(seed=1)
        other, _ = theirs.reset()
        for _ in range(700):
            assert np.array_equal(mine["image"], other)
            assert np.array_equal(mine["ram"], theirs.get_ram())
            action, expected = int(random.integers(theirs.action_space.n)), 0.0
            for _ in range(ratio):
                other, reward, terminated, _, info = theirs.step(action)
                expected += reward
                if terminated:
                    break
            mine, reward, over, truncated, known = ours.step(action)
            assert (reward, over, truncated, known) == (expected, terminated, False, info)
            if over:
                ends += 1
                mine, other = ours.reset()[0], theirs.reset()[0]
    if game == AIRSTRIKER:
        assert ends or ratio == 1


def test_the_same_as_gymnasiums_wrappers():
    plain = retro.make(AIRSTRIKER, use_restricted_actions=retro.Actions.DISCRETE, render_mode="rgb_array")
    with (
        lane_env(AIRSTRIKER, grayscale=True, maxpool=True, resize=(84, 84), stack_num=4, channels_first=True) as ours,
        FrameStackObservation(
            ResizeObservation(
                GrayscaleObservation(MaxAndSkipObservation(plain, 4)),
                (84, 84),
            ),
            4,
            padding_type="reset",
        ) as theirs,
    ):
        random, furthest, ends = np.random.default_rng(3), 0, 0
        mine, other = ours.reset()[0], theirs.reset()[0]
        for _ in range(600):
            furthest = max(furthest, int(np.abs(mine.astype(int) - other).max()))
            action = int(random.integers(ours.action_space.n))
            mine, reward, over, *_ = ours.step(action)
            other, other_reward, other_over, *_ = theirs.step(action)
            assert (reward, over) == (other_reward, other_over)
            if over:
                ends += 1
                mine, other = ours.reset()[0], theirs.reset()[0]
        assert furthest <= 1
        assert ends


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Options of a tiny game whose picture tells which actions led to it."""
    make_game(tmp_path, monkeypatch)
    return {"core": str(build_core("counter", tmp_path)), "state": retro.State.NONE}


@pytest.mark.parametrize("chance", [0.0, 0.25])
def test_time_is_rewarded_where_nothing_else_is_known(tmp_path, monkeypatch, chance):
    make_game(tmp_path, monkeypatch, {"done": {}}, {"reward": {"time": {"reward": 0.5}}})
    (tmp_path / "integrations" / GAME / "data.json").write_text('{"info": {}}')
    options = {"core": str(build_core("counter", tmp_path)), "state": retro.State.NONE}
    with (
        lane_env(GAME, frame_ratio=3, repeat_action_probability=chance, **options) as ours,
        retro.make(GAME, **options) as theirs,
    ):
        ours.reset(seed=1)
        theirs.reset()
        for action in range(20):
            expected = sum(theirs.step(theirs.action_space.sample())[1] for _ in range(3))
            assert ours.step(action % 2)[1] == expected == 1.5


def test_sticky_actions_are_held_on_frame_by_frame(tiny):
    """Which actions got through, and when, from what the core was told: with the chance that was asked for."""
    ratio, probability, repeated, frames = 4, 0.25, 0, 0
    with lane_env(GAME, frame_ratio=ratio, repeat_action_probability=probability, **tiny) as env:
        model, lane = Model(), env.lane
        env.reset(seed=5)
        held = 0
        for number in range(1500):
            wanted = lane._reader.read(1 + number % 2)[0]
            env.step(1 + number % 2)
            rows = [lane._view.values[first : first + 3] for first in range(0, len(lane._view.values), 3)]
            # The step's frames, of which the last exchange shows some: those before still held what was held before.
            late = ratio - len(rows) if rows[-1][1] == wanted else ratio
            model.run(held, late)
            model.run(wanted, ratio - late)
            if late < ratio:
                held = wanted
            frames += min(late + 1, ratio)
            repeated += late
            assert rows[-1] == (model.frames, held, model.mixed)
    # A standard deviation is 0.01.
    assert abs(repeated / frames - probability) < 0.05


def test_episodes_begin_with_nothing_pressed_for_a_while(tiny):
    with lane_env(GAME, frame_ratio=1, noop_max=6, **tiny) as env:
        begun = []
        for seed in range(200):
            begun.append(env.reset(seed=seed)[1]["frames"] - 3)
            again = env.reset(seed=seed)[1]["frames"] - 3
            assert begun[-1] == again
    assert sorted(set(begun)) == [1, 2, 3, 4, 5, 6]


def test_an_episode_that_is_over_while_nothing_is_pressed_begins_without(tmp_path, monkeypatch, tiny):
    make_game(
        tmp_path / "over", monkeypatch, {"done": {"variables": {"frames": {"op": "greater-than", "reference": 5}}}}
    )
    with lane_env(GAME, frame_ratio=4, noop_max=30, **tiny) as env:
        for seed in range(10):
            frames = env.reset(seed=seed)[1]["frames"]
            assert frames <= 5
            # It ends with the first frame after which it is over, and earns what came until then.
            _, reward, over, _, info = env.step(0)
            assert over is (frames + 4 > 5)
            assert info["frames"] == min(frames + 4, 6)
            assert reward == info["frames"] - frames


def test_conditions_as_deep_as_they_may_be_are_understood(tmp_path, monkeypatch, tiny):
    condition = {"variables": {"frames": {"op": "equal", "reference": 7}}}
    for _ in range(MAX_NESTED):
        condition = {"nodes": {"a": condition}}
    make_game(tmp_path / "deep", monkeypatch, {"done": condition})
    with lane_env(GAME, frame_ratio=1, **tiny) as env:
        env.reset()
        steps = [env.step(0) for _ in range(4)]
        assert [(over, info["frames"]) for _, _, over, _, info in steps] == [(n == 7, n) for n in range(4, 8)]


def test_rewards_are_clipped(tmp_path, monkeypatch, tiny):
    make_game(tmp_path / "rich", monkeypatch, rewards={"reward": {"variables": {"frames": {"reward": 0.3}}}})
    with lane_env(GAME, frame_ratio=2, reward_clipping=True, **tiny) as two:
        two.reset()
        assert np.isclose(two.step(0)[1], 0.6)
    with lane_env(GAME, frame_ratio=4, reward_clipping=True, **tiny) as four:
        four.reset()
        assert four.step(0)[1] == 1.0


def test_other_start_states():
    with lane_env(HOP, state="Level3") as env:
        assert env.reset()[1]["level"] == 3
        assert env.reset(options={"state": "Level5"})[1]["level"] == 5
        assert env.reset()[1]["level"] == 3
        with pytest.raises(ConfigError, match="has no start state"):
            env.reset(options={"state": "Level9"})


@pytest.mark.parametrize("kind", ["all", "filtered", "discrete", "multi_discrete"])
def test_ways_of_giving_actions(kind):
    with (
        lane_env(HOP, actions=kind) as ours,
        retro.make(HOP, use_restricted_actions=retro.Actions[kind.upper()]) as theirs,
    ):
        assert ours.action_space == theirs.action_space
        ours.reset()
        ours.step(ours.action_space.sample())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"frame_ratio": 0}, "frame_ratio"),
        ({"actions": "some"}, "actions is one of"),
        ({"scenario": "no_such"}, "has no no_such.json"),
        ({"state": "NoSuch"}, "has no start state"),
        ({"core": "no_such_core"}, "no libretro core"),
        ({"resize": (0, 5)}, "size"),
        ({"crop": (400, 0, 10, 10)}, "cut|crop"),
    ],
)
def test_what_is_refused(options, words):
    with pytest.raises(ConfigError, match=words):
        LaneEnv(make_retro(HOP, **options))


def test_by_gymnasiums_own_names():
    with contextlib.closing(
        gymnasium.make_vec("toolkit/Airstriker-v0", 2, vectorization_mode="vector_entry_point", grayscale=True)
    ) as envs:
        observations, _ = envs.reset(seed=1)
        assert observations.shape == (2, 224, 320, 1)
