"""The buttons of the menus, frame by frame, against the published timings; no machine is needed for that."""

from types import SimpleNamespace

import numpy as np
import pytest

from games.street_fighter import Actions, TwoPlayers, sequences
from games.street_fighter import Environment as StreetFighter
from games.street_fighter.actions import ATTACKS, MIRRORED_MOVES, MOVES, P2_ATTACKS, P2_MOVES
from tests.unit.environment.tiny import RecordingEmulator
from toolkit.environment import WaitUntil, play
from toolkit.errors import ConfigError

D, L, R, U, J = "P1_DOWN", "P1_LEFT", "P1_RIGHT", "P1_UP", "P1_JPUNCH"
# Pause in frames, then buttons held for one step.
TITLE = [(300, "COIN_P1"), (10, "COIN_P1"), (60, "P1_START"), (80, L, J), (60, J), (60, J)]
RESTART = [(0, "SERVICE"), (30, U), (30, J)]
NEW_GAME = [*RESTART, *TITLE]
J2 = "P2_JPUNCH"
TWO_PLAYERS = [
    *[(300, "COIN_P1"), (10, "COIN_P2"), (60, "P1_START"), (60, "P2_START")],
    *[(80, L, J, "P2_LEFT", J2), (60, J, J2), (60, J, J2)],
]


class NoInputs(RecordingEmulator):
    """Notes what is held, and does not pass it on: the fake machine has no such buttons."""

    def _step_command(self, frames, actions):
        held = {action.name for action in Actions if action.value in actions}
        assert len(held) == len(actions)
        command = super()._step_command(frames, ())
        self.log[-frames:] = [held] * frames
        return command


def difficulty(level):
    turns = [(10, L)] * (3 - level) if level < 3 else [(10, R)] * (level - 3)
    ways = {
        "in": [D, D, D, D, D, D, J, D, J],
        "out": [D, D, D, D, D, D, J, D, J, D, D, J, D, D, D, J],
    }
    return [(0, "SERVICE"), *((10, b) for b in ways["in"]), *turns, *((10, b) for b in ways["out"])]


def held_frames(ratio, presses):
    log = []
    for pause, *buttons in presses:
        log += [set()] * (int(pause / ratio) * ratio) + [set(buttons)] * ratio
    return log


def played(ratio, sequence):
    with NoInputs(frame_ratio=ratio) as emulator:
        for _ in play(emulator, sequence, "a test"):
            pass
        return emulator.log


@pytest.mark.parametrize("ratio", [1, 2, 3, 5, 10])
@pytest.mark.parametrize("level", range(8))
def test_setting_the_difficulty(ratio, level):
    assert played(ratio, sequences.set_difficulty(level)) == held_frames(ratio, difficulty(level))


@pytest.mark.parametrize("ratio", [1, 2, 3, 5, 10])
def test_from_the_title_into_a_game(ratio):
    assert played(ratio, sequences.start_game()) == held_frames(ratio, TITLE)


@pytest.mark.parametrize("ratio", [1, 2, 3, 5, 10])
def test_from_a_game_into_a_new_one(ratio):
    assert played(ratio, sequences.new_game()) == held_frames(ratio, NEW_GAME)


@pytest.mark.parametrize("ratio", [1, 2, 3, 5, 10])
def test_matches_of_two_players(ratio):
    assert played(ratio, sequences.start_match()) == held_frames(ratio, TWO_PLAYERS)
    assert played(ratio, sequences.new_match()) == held_frames(ratio, [*RESTART, *TWO_PLAYERS])


@pytest.mark.parametrize("ratio", [1, 2, 3, 5, 10])
def test_from_a_stage_into_the_next(ratio):
    presses = [(60, J), *[(0, J)] * int(180 / ratio), (60, J)]
    assert played(ratio, sequences.next_stage()) == held_frames(ratio, presses)


@pytest.mark.parametrize("game", [StreetFighter, TwoPlayers])
def test_black_is_every_pixel_of_the_whole_picture(game):
    """What is seen may be a part of it, or a smaller one."""
    env = game.__new__(game)
    seen, picture = np.zeros((2, 2, 1), np.uint8), np.zeros((4, 4, 3), np.uint8)
    env._emulator = SimpleNamespace(closed=False, screenshot=lambda: picture, close=lambda: None)
    env.character = None
    until = env.game_sequence()[0]
    assert isinstance(until, WaitUntil)
    assert until.condition({"frame": seen})
    picture[3, 3, 2] = 1
    assert not until.condition({"frame": seen})
    picture[:], seen[1, 1, 0] = 0, 1
    assert not until.condition({"frame": seen})


def names(actions):
    return "+".join(action.name for action in Actions if action.value in actions)


def test_the_second_player_has_the_same_choices():
    assert [names(move) for move in P2_MOVES] == [names(move).replace("P1", "P2") for move in MOVES]
    assert [names(attack) for attack in P2_ATTACKS] == [names(attack).replace("P1", "P2") for attack in ATTACKS]


def test_moves_in_the_mirror():
    other = {Actions.P1_LEFT.value: Actions.P1_RIGHT.value, Actions.P1_RIGHT.value: Actions.P1_LEFT.value}
    for move, mirrored in zip(MOVES, MIRRORED_MOVES, strict=True):
        assert {other.get(action, action) for action in move} == set(MOVES[mirrored])


def test_every_choice_as_published():
    assert [names(move) for move in MOVES] == [
        "P1_LEFT",
        "P1_UP+P1_LEFT",
        "P1_UP",
        "P1_UP+P1_RIGHT",
        "P1_RIGHT",
        "P1_DOWN+P1_RIGHT",
        "P1_DOWN",
        "P1_DOWN+P1_LEFT",
        "",
    ]
    assert [names(attack) for attack in ATTACKS] == [
        "P1_JPUNCH",
        "P1_SPUNCH",
        "P1_FPUNCH",
        "P1_JPUNCH+P1_SPUNCH",
        "P1_SKICK",
        "P1_FKICK",
        "P1_RKICK",
        "P1_SKICK+P1_FKICK",
        "P1_JPUNCH+P1_SKICK",
        "",
    ]


@pytest.mark.parametrize("level", [-1, 8, 3.0, True, False, None, "3"])
def test_difficulties_that_there_are_not(level):
    with pytest.raises(ConfigError, match="difficulty is a whole number from 0 to 7"):
        StreetFighter("difficulty", "/nowhere", difficulty=level)


@pytest.mark.parametrize("frames", [0, -1, 1.0, True])
def test_boot_frames_are_checked(frames):
    with pytest.raises(ConfigError, match="boot_frames"):
        StreetFighter("boot", "/nowhere", boot_frames=frames)


class Scripted(StreetFighter):
    """The real class on a machine whose memory a test writes; see `rounds`."""

    result_budget = 60

    def make_emulator(self, env_id, roms_path, frame_ratio, **options):
        return NoInputs({}, frame_ratio)

    def start_sequence(self):
        return ()

    stage_sequence = game_sequence = start_sequence


def state(fighting, wins, health=(160, 160)):
    return {
        "fighting": fighting,
        "winsP1": wins[0],
        "winsP2": wins[1],
        "healthP1": health[0],
        "healthP2": health[1],
    }


@pytest.fixture
def scripted(monkeypatch):
    """A started environment, and the list of states that its next steps see; the last one stays."""
    with Scripted("scripted", "", frame_ratio=1, frames_per_step=1) as env:
        script = [state(1, (0, 0))]
        begin, finish = env.emulator.begin_step, env.emulator.finish_step
        frames = []

        def begin_step(actions=(), count=None):
            frames[:] = [1 if count is None else count]
            begin(actions, count)

        def finish_step():
            for _ in range(frames[0]):
                seen = script.pop(0) if len(script) > 1 else script[0]
            return finish() | seen

        monkeypatch.setattr(env.emulator, "begin_step", begin_step)
        monkeypatch.setattr(env.emulator, "finish_step", finish_step)
        env.start()
        yield env, script


def test_a_win_is_waited_for_and_its_damage_counts(scripted):
    env, script = scripted
    script[:] = [state(1, (0, 0), (150, 3)), *[state(0, (0, 0), (150, -1))] * 20, state(0, (1, 0), (150, -1))]
    assert env.step(8, 9).reward == {"P1": 147, "P2": -147}
    before = env.emulator.frame_number
    assert env.step(8, 9)[1:] == ({"P1": 4, "P2": -4}, True, False, False)
    assert env.emulator.frame_number == before + 20 + 1 + 6


@pytest.mark.parametrize(
    ("wins", "flags", "stage"),
    [
        ([(1, 0), (1, 1), (1, 2)], [(0, 0), (0, 0), (0, 1)], 1),
        ([(1, 0), (2, 0), (1, 0)], [(0, 0), (1, 0), (0, 0)], 2),
        # Draws that give a win to both, one that decides, and one that should, and does not say for whom.
        ([(1, 1), (2, 1)], [(0, 0), (1, 0)], 2),
        ([(1, 0), (2, 1)], [(0, 0), (1, 0)], 2),
        ([(0, 1), (1, 2)], [(0, 0), (0, 1)], 1),
        ([(1, 1), (2, 2)], [(0, 0), (0, 1)], 1),
    ],
)
def test_who_won_what(scripted, wins, flags, stage):
    env, script = scripted
    last = (0, 0)
    for new, (stage_done, game_done) in zip(wins, flags, strict=True):
        script[:] = [*[state(0, last)] * 10, state(0, new)]
        result = env.step(8, 9)
        assert script == [state(0, new)], "the result was read before it was there"
        assert result[2:] == (True, bool(stage_done), bool(game_done))
        last = (0, 0) if stage_done or game_done else new
        script[:] = [state(1, last)]
        if not game_done:
            env.reset()
    assert env.stage == stage


def test_a_draw_whose_second_win_comes_later(scripted):
    env, script = scripted
    script[:] = [state(0, (0, 0)), state(0, (0, 0)), state(0, (1, 0)), state(0, (1, 0)), state(0, (1, 1))]
    env.step(8, 9)
    script[:] = [state(1, (1, 1))]
    env.reset()
    # Had the second one been missed, it would now be taken for the result of this round.
    script[:] = [*[state(0, (1, 1))] * 10, state(0, (2, 1))]
    assert env.step(8, 9).stage_done


def test_a_draw_that_nobody_wins_is_a_round_like_others(scripted):
    env, script = scripted
    script[:] = [*[state(0, (0, 0))] * 30, state(1, (0, 0))]
    assert env.step(8, 9)[2:] == (True, False, False)
    env.reset()
    script[:] = [state(0, (0, 0)), state(0, (0, 1))]
    assert env.step(8, 9)[2:] == (True, False, False)


def test_the_tenth_stage_ends_the_game(scripted):
    env, script = scripted
    for stage in range(1, 11):
        assert env.stage == stage
        for wins in ((1, 0), (2, 0)):
            script[:] = [state(0, (wins[0] - 1, 0)), state(0, wins)]
            result = env.step(8, 9)
            assert result.stage_done == (wins == (2, 0))
            assert result.game_done == (stage == 10 and result.stage_done)
            script[:] = [state(1, (0, 0) if result.stage_done else wins)]
            env.reset()
    assert env.stage == 1
