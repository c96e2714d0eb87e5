"""The Street Fighter environment on the real machine with our own game in it.

What is known of bout alone, such as where it keeps its difficulty, and that health below zero ends a round whoever
wrote it, is known here and not in the environment.
"""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from games.street_fighter import Environment
from tests.contract import EnvironmentContract
from toolkit.environment import Phase
from toolkit.errors import ConfigError, EmulatorExited, SequenceStuck, StateError

BOUT_DIFFICULTY = 0x02020018
HEALTH = {"P1": 0x02068D0A, "P2": 0x020691A2}
NOTHING = (8, 9)
# bout is there after a few frames; the real game needs the default.
BOOT_FRAMES = 60


@pytest.fixture
def make(mame, bout_roms):
    """Makes environments, and closes them."""
    made = []

    def make(env_id="test", **options):
        made.append(Environment(env_id, bout_roms, binary_path=mame, **{"boot_frames": BOOT_FRAMES, **options}))
        return made[-1]

    yield make
    for env in made:
        env.close()


def knock_out(env, *players):
    """Ends the round; returns what the next step gave."""
    for player in players:
        env.emulator.write_memory(HEALTH[player], b"\xff\xff")
    result = env.step(*NOTHING)
    assert result.round_done
    return result


def knock_out_late(env):
    """The same where the win is not told with the end of the fight. bout does, so it counts as known before: then only
    the next round tells that this one is over."""
    env._wins = (0, 1)
    return knock_out(env, "P1")


class TestContract(EnvironmentContract):
    @pytest.fixture(autouse=True)
    def _machine(self, mame, bout_roms):
        self.mame, self.roms = mame, bout_roms

    def make(self, **options):
        return Environment(
            "contract", self.roms, difficulty=7, binary_path=self.mame, boot_frames=BOOT_FRAMES, **options
        )


@pytest.mark.parametrize("difficulty", range(8))
def test_every_difficulty_arrives(make, difficulty):
    env = make(difficulty=difficulty)
    env.start()
    assert env.emulator.read_memory(BOUT_DIFFICULTY, 1) == [difficulty]


def test_the_difficulty_lasts(make):
    env = make(difficulty=6)
    env.start()
    knock_out(env, "P1")
    env.reset()
    assert knock_out(env, "P1").game_done
    env.reset()
    assert env.emulator.read_memory(BOUT_DIFFICULTY, 1) == [6]


def test_the_defaults_start_a_game(mame, bout_roms):
    with Environment("defaults", bout_roms, binary_path=mame) as env:
        frames = env.start()
        assert [frame.shape for frame in frames] == [(224, 384, 3)] * 3
        assert env.emulator.read_memory(BOUT_DIFFICULTY, 1) == [3]
        frames, reward, round_done, stage_done, game_done = env.step(4, 9)
        assert reward == {"P1": 0, "P2": 0}
        assert (round_done, stage_done, game_done) == (False, False, False)


@pytest.mark.parametrize("frames_per_step", [1, 3])
@pytest.mark.parametrize("frame_ratio", [1, 2, 3, 5])
def test_through_rounds_stages_and_games(make, frame_ratio, frames_per_step):
    env = make(frame_ratio=frame_ratio, frames_per_step=frames_per_step)
    env.start()
    assert knock_out(env, "P2")[1:] == ({"P1": 161, "P2": -161}, True, False, False)
    assert env.phase is Phase.ROUND_DONE
    env.next_round()
    assert knock_out(env, "P1")[1:] == ({"P1": -161, "P2": 161}, True, False, False)
    env.reset()
    assert knock_out(env, "P2")[2:] == (True, True, False)
    assert (env.phase, env.stage) == (Phase.STAGE_DONE, 2)
    env.next_stage()
    # The first step of a round brings nothing left over from the one before.
    assert env.step(*NOTHING).reward == {"P1": 0, "P2": 0}
    knock_out(env, "P1")
    env.reset()
    assert knock_out(env, "P1")[2:] == (True, False, True)
    assert (env.phase, env.stage) == (Phase.GAME_DONE, 2)
    env.new_game()
    assert (env.phase, env.stage) == (Phase.ROUND, 1)
    assert knock_out(env, "P2")[2:] == (True, False, False)


def test_a_game_that_is_lost_by_doing_nothing(make):
    env = make(difficulty=7)
    env.start()
    health, rounds = 160, 0
    while True:
        result = env.step(*NOTHING)
        health += result.reward["P1"]
        assert result.reward["P2"] == -result.reward["P1"]
        if result.round_done:
            assert health < 160
            health, rounds = 160, rounds + 1
        if result.game_done:
            break
        if result.round_done:
            env.reset()
    assert rounds == 2
    assert not result.stage_done
    with pytest.raises(StateError, match=r"called next_stage\(\) while the game is over; valid now: new_game\(\)"):
        env.next_stage()
    env.new_game()
    assert not env.step(*NOTHING).round_done


def test_all_ten_stages(make):
    env = make()
    env.start()
    for stage in range(1, 11):
        assert env.stage == stage
        assert knock_out(env, "P2")[2:] == (True, False, False)
        env.next_round()
        assert knock_out(env, "P2")[2:] == (True, True, stage == 10)
        if stage < 10:
            env.next_stage()
    assert env.phase is Phase.GAME_DONE
    assert env.stage == 10
    env.new_game()
    assert env.stage == 1
    assert not env.step(*NOTHING).round_done


def test_two_double_knock_outs_are_two_rounds_and_then_one_has_lost(make):
    env = make()
    env.start()
    assert knock_out(env, "P1", "P2")[1:] == ({"P1": 0, "P2": 0}, True, False, False)
    env.reset()
    result = knock_out(env, "P1", "P2")
    assert result.stage_done != result.game_done
    env.reset()
    assert env.phase is Phase.ROUND


@pytest.mark.parametrize(
    ("budget", "frames", "act", "words"),
    [
        ("play_budget", 30, lambda env: env.start(), r"start\(\) waited 30 frames for play to begin"),
        ("result_budget", 15, knock_out_late, "waited 15 frames for the result of the round"),
        ("black_budget", 30, lambda env: env.reset(), r"next_stage\(\) waited 30 frames for the screen to go black"),
    ],
)
def test_a_budget_that_is_too_small(make, budget, frames, act, words):
    env = make()
    if budget != "play_budget":
        env.start()
    if budget == "black_budget":
        for again in (True, False):
            knock_out(env, "P2")
            if again:
                env.reset()
    phase = env.phase
    enough = getattr(env, budget)
    setattr(env, budget, frames)
    with pytest.raises(SequenceStuck, match=words) as caught:
        act(env)
    assert set(caught.value.values) == set(env.addresses)
    assert env.phase is phase
    setattr(env, budget, enough)
    # It is where it was, and can be asked again.
    act(env)


def test_eight_threads_play_the_same_game_as_one(make):
    contract = EnvironmentContract()

    def record(number):
        with make(f"thread {number}") as env:
            return contract.record(env, 5, 40)

    alone = record(8)
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(record, range(8)))
    assert together == [alone] * 8
    assert len({str(entry) for entry in alone}) > 20


def test_one_that_dies_takes_no_other_along(make):
    envs = [make(f"thread {number}") for number in range(2)]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(Environment.start, envs))
        os.kill(envs[0].emulator._child.pid, signal.SIGKILL)
        steps = [threads.submit(env.step, *NOTHING) for env in envs]
        with pytest.raises(EmulatorExited, match="SIGKILL"):
            steps[0].result()
        steps[1].result()
    envs[0].close()
    envs[1].step(*NOTHING)


def test_options_are_handed_on(make):
    assert make(timeout=7.0).emulator._child.timeout == 7.0
    with pytest.raises(ConfigError, match="no_such_option"):
        make(no_such_option=1)
    with pytest.raises(ConfigError, match="frame_ratio"):
        make(frame_ratio=0)
