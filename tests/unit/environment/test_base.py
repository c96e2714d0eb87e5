import numpy as np
import pytest

from tests.unit.environment.tiny import DIAL, A, B, TinyGame, started
from toolkit.environment import Phase, StepResult
from toolkit.errors import ConfigError, SequenceStuck, StateError


def test_start_runs_its_sequence_then_waits_for_play_then_gathers():
    with TinyGame("tiny", "", frame_ratio=2, frames_per_step=3) as game:
        game.poke(playing=1)
        frames = game.start()
        # 10 frames of waiting, a press of one step, one step that finds it is playing, three that are gathered.
        assert game.emulator.log == [()] * 10 + [(B,)] * 2 + [()] * 2 + [()] * 6
        assert [frame[0, 0].tolist() for frame in frames] == [[1, 2, n] for n in (16, 18, 20)]
        assert game.phase is Phase.ROUND


def test_step_holds_the_choice_and_adds_up_the_rewards():
    with started(frames_per_step=4) as game:
        game.poke(score=5)
        before = game.emulator.frame_number
        result = game.step(2)
        assert isinstance(result, StepResult)
        frames, reward, round_done, stage_done, game_done = result
        assert len(frames) == 4
        assert reward == {"P1": 5}
        assert (round_done, stage_done, game_done) == (False, False, False)
        assert game.emulator.log[before:] == [(A, DIAL)] * 4
        assert game.step(np.int64(0)).reward == {"P1": 0}


def test_one_frame_a_step_is_no_list():
    with started() as game:
        assert game.step(0).frames.shape == (2, 4, 3)


def test_what_was_scored_in_menus_is_no_reward():
    with TinyGame("tiny", "", 1, 1) as game:
        game.poke(playing=1, score=50)
        game.start()
        assert game.step(0).reward == {"P1": 0}


@pytest.mark.parametrize(
    ("outcome", "flags", "phase", "call", "stage", "wait"),
    [
        (0, (True, False, False), Phase.ROUND_DONE, "next_round", 1, 2),
        (1, (True, True, False), Phase.STAGE_DONE, "next_stage", 2, 4),
        (2, (True, False, True), Phase.GAME_DONE, "new_game", 1, 11),
    ],
)
@pytest.mark.parametrize("by_reset", [True, False])
def test_what_is_over_decides_what_comes_next(outcome, flags, phase, call, stage, wait, by_reset):
    with started() as game:
        game.poke(playing=0, outcome=outcome)
        assert game.step(0)[2:] == flags
        assert (game.round_done, game.stage_done, game.game_done) == flags
        assert (game.phase, game.stage) == (phase, stage)
        game.poke(playing=1)
        before = game.emulator.frame_number
        (game.reset if by_reset else getattr(game, call))()
        assert game.emulator.frame_number == before + wait + 1 + 1
        assert (game.phase, game.stage) == (Phase.ROUND, stage)
        assert (game.round_done, game.stage_done, game.game_done) == (False, False, False)


def test_the_stage_counts_up_and_a_new_game_begins_at_the_first():
    with started() as game:
        for outcome, stage in ((1, 2), (0, 2), (1, 3), (2, 3)):
            game.poke(playing=0, outcome=outcome)
            game.step(0)
            assert game.stage == stage
            game.poke(playing=1)
            game.reset()
        assert game.stage == 1


def test_the_result_is_waited_for_with_nothing_held_and_rewards_still_count():
    with started() as game:
        game.poke(playing=0, outcome=3)
        follow = game._follow

        def score_late(data):
            # The machine changes its mind while the environment waits.
            if data["frames"] == 16:
                game.poke(score=9, outcome=0)
            return follow(data)

        game._follow = score_late
        before = game.emulator.frame_number
        assert before == 13
        assert game.step(1).reward == {"P1": 9}
        assert game.emulator.log[before:] == [(A,), (), (), ()]


def test_an_end_in_the_middle_of_a_step_is_noticed():
    with started(frames_per_step=3) as game:
        follow, seen = game._follow, []

        def flicker(data):
            seen.append(data)
            game.poke(playing=len(seen) != 1)
            return follow(data)

        game._follow = flicker
        assert game.step(0).round_done


def calls(game):
    return {
        "start": game.start,
        "step": lambda: game.step(0),
        "next_round": game.next_round,
        "next_stage": game.next_stage,
        "new_game": game.new_game,
        "reset": game.reset,
    }


@pytest.mark.parametrize(
    ("outcome", "valid"),
    [
        (None, {"start"}),
        ("playing", {"step"}),
        (0, {"next_round", "reset"}),
        (1, {"next_stage", "reset"}),
        (2, {"new_game", "reset"}),
    ],
)
def test_calls_in_the_wrong_phase_are_refused_and_say_what_is_valid(outcome, valid):
    with TinyGame("tiny", "", 1, 1) as game:
        if outcome is not None:
            game.poke(playing=1)
            game.start()
        if outcome in (0, 1, 2):
            game.poke(playing=0, outcome=outcome)
            game.step(0)
        ran, phase = game.emulator.frame_number, game.phase
        for name, call in calls(game).items():
            if name not in valid:
                with pytest.raises(StateError) as caught:
                    call()
                assert f"called {name}()" in str(caught.value)
                assert all(f"{other}()" in str(caught.value) for other in valid)
        assert (game.emulator.frame_number, game.phase) == (ran, phase)


def test_nothing_can_be_called_after_close():
    game = started()
    game.close()
    game.close()
    for name, call in calls(game).items():
        with pytest.raises(StateError, match=rf"called {name}\(\) after close"):
            call()
    with pytest.raises(StateError, match="closed"):
        _ = game.emulator


def test_close_is_safe_on_a_half_built_object():
    TinyGame.__new__(TinyGame).close()


def test_a_constructor_that_fails_leaves_nothing():
    class Failing(TinyGame):
        def make_emulator(self, *arguments, **options):
            raise ConfigError("no emulator")

    with pytest.raises(ConfigError, match="no emulator"):
        Failing("tiny", "")


def test_play_that_never_begins_is_stuck_and_can_be_tried_again():
    with TinyGame("tiny", "", frame_ratio=3, frames_per_step=1) as game:
        with pytest.raises(SequenceStuck, match=r"of start\(\) waited 30 frames for play to begin.*playing=0"):
            game.start()
        assert game.phase is Phase.MENU
        assert not game.emulator.closed
        game.poke(playing=1)
        game.start()
        assert game.phase is Phase.ROUND


def test_a_result_that_never_comes_is_stuck_and_can_be_tried_again():
    with started() as game:
        game.poke(playing=0, outcome=3)
        with pytest.raises(SequenceStuck, match=r"the end of a round.*waited 12 frames for the outcome"):
            game.step(0)
        game.poke(outcome=1)
        assert game.step(0).stage_done


@pytest.mark.parametrize("choice", [-1, 3, 0.5, None, "1", np.float32(1.5), np.nan])
def test_choices_that_there_are_not(choice):
    with started() as game:
        ran = game.emulator.frame_number
        with pytest.raises(ConfigError, match="choice 1 is a whole number from 0 to 2"):
            game.step(choice)
        assert game.emulator.frame_number == ran


def test_the_wrong_number_of_choices():
    with started() as game:
        for arguments, named in (((), {}), ((1, 1), {}), ((), {"choice": 1})):
            with pytest.raises(ConfigError, match="step\\(\\) takes 1 choices"):
                game.step(*arguments, **named)


@pytest.mark.parametrize("count", [0, -1, 1.0, True, None])
def test_frames_per_step_is_checked(count):
    with pytest.raises(ConfigError, match="frames_per_step is a whole number from 1"):
        TinyGame("tiny", "", frames_per_step=count)


def test_a_game_in_ten_lines():
    class Simple(TinyGame):
        round_sequence = stage_sequence = lambda self: ()
        result_sequence = lambda self: ()  # noqa: E731

        def result(self, data):
            return super(TinyGame, self).result(data)

    with Simple("simple", "", 1, 1) as game:
        game.poke(playing=1)
        game.start()
        game.poke(playing=0)
        assert game.step(0)[2:] == (True, False, True)
        game.poke(playing=1)
        game.reset()
