"""Sticky actions: when a choice takes effect, and how often late."""

import numpy as np

from tests.unit.environment.tiny import DIAL, A, TinyGame
from toolkit.environment.sticky import StickyActions

ACTION = {0: (), 1: (A,), 2: (A, DIAL)}


def sticky_game(probability, frame_ratio=4, frames_per_step=1, seed=0):
    game = TinyGame("sticky", "", frame_ratio, frames_per_step)
    game.sticky = StickyActions(probability, np.random.default_rng(seed))
    game.poke(playing=1)
    game.start()
    return game


def test_each_frame_holds_on_with_the_same_chance():
    random = np.random.default_rng(1)
    chosen = random.integers(3, size=1500)
    with sticky_game(0.3) as game:
        before = len(game.emulator.log)
        for choice in chosen:
            game.step(int(choice))
        log = game.emulator.log[before:]
    assert len(log) == 4 * len(chosen)
    # As Machado et al. have it, frame by frame: late again and again, until the new choice is taken.
    held, tries, late = (), 0, 0
    for number, seen in enumerate(log):
        wanted = ACTION[int(chosen[number // 4])]
        if wanted != held:
            tries += 1
            late += seen == held
            assert seen in (held, wanted)
        held = seen
    # Four standard deviations.
    assert abs(late / tries - 0.3) < 4 * np.sqrt(0.3 * 0.7 / tries)


def test_a_choice_that_has_come_stays():
    with sticky_game(0.9, seed=3) as game:
        before = len(game.emulator.log)
        for _ in range(40):
            game.step(1)
        log = game.emulator.log[before:]
        first = log.index((A,))
        assert log == [()] * first + [(A,)] * (160 - first)
        assert first > 0


def test_frames_and_rewards_are_those_of_whole_steps():
    with sticky_game(0.8, frame_ratio=3, frames_per_step=2) as game:
        for choice in (1, 2, 0, 1, 2, 0):
            before = game.emulator.frame_number
            frames, reward, *_ = game.step(choice)
            assert [frame[0, 0, 2] for frame in frames] == [before + 3, before + 6]
            assert reward == {"P1": 0}


def test_nothing_is_held_when_a_round_begins():
    with sticky_game(0.99) as game:
        game.sticky.held = (A,)
        game.poke(playing=0)
        game.step(2)
        game.poke(playing=1)
        before = len(game.emulator.log)
        game.reset()
        assert set(game.emulator.log[before:]) == {()}


def test_without_chance_a_step_is_one_exchange():
    for sticky in (None, 0.0):
        with TinyGame("plain", "", 4, 1) as game:
            game.sticky = None if sticky is None else StickyActions(sticky, np.random.default_rng())
            game.poke(playing=1)
            game.start()
            before = game.emulator.exchanges
            game.step(1)
            assert game.emulator.exchanges == before + 1
            assert game.emulator.log[-4:] == [(A,)] * 4


def test_the_same_chance_whatever_is_chosen():
    states = []
    for choice in (0, 1):
        with sticky_game(0.5, seed=9) as game:
            for _ in range(20):
                game.step(choice)
            states.append(game.sticky.random.bit_generator.state)
    assert states[0] == states[1]
