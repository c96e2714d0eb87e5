"""What every environment must do, whatever the game.

A test class for a game inherits these tests and says how to make its environment:

    class TestMyGame(EnvironmentContract):
        def make(self, **options):
            return MyGame("contract", rom_path("mygame"), **options)

`options` are `frame_ratio` and `frames_per_step`; without them, the game's own defaults must do.
"""

import hashlib

import numpy as np
import pytest

from toolkit.environment import GameEnvironment, Phase, StepResult
from toolkit.errors import ConfigError, StateError

CALLS = ("start", "next_round", "next_stage", "new_game", "reset")


class EnvironmentContract:
    """Override `make`; a game that is long, or that nothing moves in, also the numbers."""

    # Steps that a game with random choices may take until it is over.
    longest_game = 6000
    # Steps of the comparison of two runs.
    compared_steps = 60

    def make(self, **options) -> GameEnvironment:
        """A new environment, not started."""
        raise NotImplementedError

    def choose(self, env, random):
        """What a random agent would pass to `step`."""
        return [int(random.integers(count)) for count in env.action_counts]

    # --- checks that other tests may use ----------------------------------------------------------------------------

    def check_frames(self, env, frames):
        if env.frames_per_step == 1:
            frames = [frames]
        assert isinstance(frames, list)
        assert len(frames) == env.frames_per_step
        for frame in frames:
            assert isinstance(frame, np.ndarray)
            assert frame.dtype == np.uint8
            assert frame.shape == env.emulator.frame_shape
            assert frame.flags.owndata
            assert frame.flags.writeable

    def check_step(self, env, result):
        assert isinstance(result, StepResult)
        frames, reward, round_done, stage_done, game_done = result
        self.check_frames(env, frames)
        assert reward
        assert all(isinstance(player, str) for player in reward)
        assert all(np.isfinite(value) for value in reward.values())
        assert {type(done) for done in (round_done, stage_done, game_done)} == {bool}
        assert round_done >= (stage_done or game_done)
        assert (env.phase is Phase.ROUND) == (not round_done)

    def check_refused(self, env, *calls):
        """All of `calls` are refused, and change nothing."""
        before = env.phase, env.emulator.frame_number
        for call in calls:
            with pytest.raises(StateError, match=rf"called {call}\(\)"):
                getattr(env, call)(*([0] * len(env.action_counts) if call == "step" else []))
        assert (env.phase, env.emulator.frame_number) == before

    def record(self, env, seed, steps):
        """Plays `steps` random steps; what came of each, the frames as digests."""
        random = np.random.default_rng(seed)
        record = [self.digest(env.start())]
        for _ in range(steps):
            result = env.step(*self.choose(env, random))
            record.append((self.digest(result.frames), *result[1:]))
            if result.round_done:
                record.append(self.digest(env.reset()))
        return record

    def digest(self, frames):
        frames = frames if isinstance(frames, list) else [frames]
        return [hashlib.blake2b(frame.tobytes(), digest_size=8).hexdigest() for frame in frames]

    # --- the contract -----------------------------------------------------------------------------------------------

    def test_its_life(self):
        with self.make() as env:
            assert env.phase is Phase.MENU
            self.check_refused(env, "step", "next_round", "next_stage", "new_game", "reset")
            self.check_frames(env, env.start())
            assert env.phase is Phase.ROUND
            assert env.stage == 1
            self.check_refused(env, *CALLS)
            self.check_step(env, env.step(*[0] * len(env.action_counts)))
        env.close()
        for call in (*CALLS, "step"):
            with pytest.raises(StateError, match=rf"called {call}\(\) after close"):
                getattr(env, call)(*([0] * len(env.action_counts) if call == "step" else []))
        with pytest.raises(StateError):
            _ = env.emulator

    def test_close_on_an_object_that_was_never_built(self):
        with self.make() as env:
            pass
        type(env).__new__(type(env)).close()

    def test_choices_that_there_are_not(self):
        with self.make() as env:
            env.start()
            good = [0] * len(env.action_counts)
            before = env.emulator.frame_number
            for place, count in enumerate(env.action_counts):
                for bad in (-1, count, 0.5, None, "0"):
                    with pytest.raises(ConfigError):
                        env.step(*good[:place], bad, *good[place + 1 :])
            assert env.emulator.frame_number == before
            self.check_step(env, env.step(*[np.int64(number) for number in good]))

    def test_all_choices_are_known_to_the_machine(self):
        with self.make() as env:
            env.start()
            for place, count in enumerate(env.action_counts):
                for number in range(count):
                    choice = [0] * len(env.action_counts)
                    choice[place] = number
                    env.emulator.step(env.actions(*choice))

    @pytest.mark.parametrize(("frame_ratio", "frames_per_step"), [(1, 1), (1, 3), (2, 1), (3, 3), (5, 1), (5, 3)])
    def test_a_step_takes_its_frames(self, frame_ratio, frames_per_step):
        with self.make(frame_ratio=frame_ratio, frames_per_step=frames_per_step) as env:
            self.check_frames(env, env.start())
            for _ in range(10):
                before = env.emulator.frame_number
                result = env.step(*[0] * len(env.action_counts))
                self.check_step(env, result)
                if result.round_done:
                    break
                assert env.emulator.frame_number - before == frame_ratio * frames_per_step

    def test_frames_are_nobody_elses(self):
        with self.make(frames_per_step=1) as env:
            first = env.start()
            before = first.copy()
            for _ in range(10):
                env.step(*[0] * len(env.action_counts))
            assert np.array_equal(first, before)

    def test_the_same_choices_give_the_same_game(self):
        records = []
        for _ in range(2):
            with self.make() as env:
                records.append(self.record(env, 1, self.compared_steps))
        assert records[0] == records[1]

    def test_a_whole_game_and_a_new_one(self):
        with self.make() as env:
            random = np.random.default_rng(2)
            env.start()
            names = None
            for _ in range(self.longest_game):
                result = env.step(*self.choose(env, random))
                self.check_step(env, result)
                names = names or set(result.reward)
                assert set(result.reward) == names
                if result.game_done:
                    break
                if result.round_done:
                    self.check_frames(env, env.reset())
            assert result.game_done, f"no game was over within {self.longest_game} steps"
            assert env.phase is Phase.GAME_DONE
            self.check_refused(env, "start", "step", "next_round", "next_stage")
            self.check_frames(env, env.new_game())
            assert env.phase is Phase.ROUND
            assert env.stage == 1
            self.check_step(env, env.step(*[0] * len(env.action_counts)))
