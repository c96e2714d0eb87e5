"""Preprocessing against Gymnasium's own wrappers, around the same game without any."""

from itertools import pairwise

import cv2
import gymnasium
import numpy as np
import pytest
from gymnasium.wrappers import (
    ClipReward,
    FrameStackObservation,
    GrayscaleObservation,
    MaxAndSkipObservation,
    ResizeObservation,
    StickyAction,
    TransformObservation,
)

import toolkit.gym
from tests.gym.test_game_lane import LaneGame
from toolkit.gym import GameLane, LaneEnv, Preprocessing

RIGHT, RUN, JUMP = 1, 3, 4
GAME = "toolkit/Platformer-v0"


def crop(env, x, y, width, height):
    space = env.observation_space
    space = gymnasium.spaces.Box(0, 255, (height, width, space.shape[2]), np.uint8)
    return TransformObservation(env, lambda image: image[y : y + height, x : x + width], space)


CASES = {
    "skip": ({}, lambda env: env),
    "gray": ({"grayscale": True}, lambda env: GrayscaleObservation(env, keep_dim=True)),
    "resize": ({"resize": (84, 84)}, lambda env: ResizeObservation(env, (84, 84))),
    "enlarge": ({"resize": (512, 448)}, lambda env: ResizeObservation(env, (448, 512))),
    "odd": (
        {"grayscale": True, "crop": (8, 32, 201, 163), "resize": (97, 61)},
        lambda env: ResizeObservation(GrayscaleObservation(crop(env, 8, 32, 201, 163)), (61, 97)),
    ),
    "all": (
        {"grayscale": True, "resize": (84, 84), "stack_num": 4, "reward_clipping": True},
        lambda env: ClipReward(
            FrameStackObservation(ResizeObservation(GrayscaleObservation(env), (84, 84)), 4, padding_type="reset"),
            -1,
            1,
        ),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_same_as_gymnasiums_wrappers(case):
    options, wrap = CASES[case]
    random = np.random.default_rng(4)
    with (
        gymnasium.make(GAME, frame_ratio=4, maxpool=True, **options) as ours,
        wrap(MaxAndSkipObservation(gymnasium.make(GAME, frame_ratio=1), 4)) as theirs,
    ):
        ours.reset(seed=1)
        theirs.reset(seed=1)
        # The way through the menus takes other frames with another frame_ratio.
        theirs.unwrapped.lane.env.load_state(ours.unwrapped.lane.env.save_state())
        differences, rewards = [], []
        for number in range(400):
            action = int(random.choice([RIGHT, RUN, JUMP]))
            mine, other = ours.step(action), theirs.step(action)
            if number >= 4:
                image = np.asarray(other[0])
                if image.shape != mine[0].shape:
                    image = np.moveaxis(image.reshape(-1, *image.shape[-2:]), 0, -1)
                differences.append(np.abs(image.astype(int) - mine[0]))
            assert mine[2] == other[2]
            if mine[2]:
                break
            assert mine[1] == other[1]
            rewards.append(mine[1])
    assert len(differences) > 20
    assert np.max(differences) <= 1
    # Not half a level darker or brighter as a whole, either.
    assert np.mean(differences) < 0.2
    assert len(set(rewards)) > 3
    if case == "all":
        assert mine[1] == other[1] == -1


def test_a_stack_begins_like_gymnasiums():
    with (
        gymnasium.make(GAME, stack_num=3, channels_first=True, grayscale=True) as ours,
        FrameStackObservation(gymnasium.make(GAME, grayscale=True), 3, padding_type="reset") as theirs,
    ):
        mine, other = ours.reset(seed=1)[0], theirs.reset(seed=1)[0]
        for _ in range(5):
            assert np.array_equal(mine, other[..., 0])
            mine, other = ours.step(RUN)[0], theirs.step(RUN)[0]


def test_sticky_as_often_as_gymnasiums(own_cache):
    """With one emulated frame a step both are the same process."""

    def count(wrapped, probability):
        env = LaneEnv(lambda: GameLane(lambda _: LaneGame("sticky", "", 1, 1), Preprocessing(**probability)))
        with wrapped(env) as env:
            env.reset(seed=2)
            log = env.unwrapped.lane.env.emulator.log
            before = len(log)
            for number in range(1200):
                env.step(number % 2)
            held = [int(bool(actions)) for actions in log[before:]]
            return sum(a == b for a, b in pairwise(held)) / 1200

    ours = count(lambda env: env, {"repeat_action_probability": 0.25})
    theirs = count(lambda env: StickyAction(env, 0.25), {})
    # Each has a standard deviation of about 0.02.
    assert abs(ours - theirs) < 0.08
    assert ours > 0.1


def test_gymnasium_is_what_it_was():
    """The wrappers that the comparison is with scale by areas, as we do."""
    picture = np.random.default_rng(0).integers(0, 256, (20, 20, 3), np.uint8)
    means = picture.reshape(10, 2, 10, 2, 3).mean((1, 3))
    assert np.abs(cv2.resize(picture, (10, 10), interpolation=cv2.INTER_AREA) - means).max() <= 1
    assert toolkit.gym.GAMES
