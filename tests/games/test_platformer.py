"""hop as an environment: what every environment must do, its rewards, and that it can be learned, but not by luck."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from games.homebrew import rom_path
from games.homebrew.hop import ADDRESSES, LEVELS, STATES
from games.homebrew.hop.menus import in_play, to_level
from games.platformer import ACTIONS, BUTTONS, Environment, ScriptedPolicy
from games.platformer.backends import open_emulator
from games.platformer.environment import TILE
from tests.contract import EnvironmentContract
from toolkit.environment import Phase, WaitUntil, play
from toolkit.errors import ConfigError, StateError

RIGHT = ACTIONS.index(("Right",))
RIGHT_RUN = ACTIONS.index(("Right", "B"))
LEFT = ACTIONS.index(("Left",))
# The games are the same on both (see test_hop_everywhere.py), so that the slower one need not play as many.
GAMES = {"mame": 6, "libretro": 20}
# Without frames each emulator is faster.
UNSEEN = {"mame": {"screen": None}, "libretro": {"observation": None}}


@pytest.fixture(params=["mame", "libretro"])
def backend(request, mame):
    """What chooses the emulator."""
    return {"backend": "mame", "binary_path": mame} if request.param == "mame" else {"backend": "libretro"}


class TestContract(EnvironmentContract):
    longest_game = 4000
    compared_steps = 40

    @pytest.fixture(autouse=True)
    def _backend(self, backend):
        self.backend = backend

    def make(self, **options):
        return Environment("contract", **self.backend, **options)

    def choose(self, env, random):
        # The first caterpillar is met soon, three times.
        return [int(random.choice([RIGHT, RIGHT, RIGHT_RUN]))]


def test_progress_earns_and_a_way_back_costs_the_same(backend):
    with Environment("rewards", **backend) as env:
        env.start()
        x = env.data["x"]
        earned = 0.0
        for action in [RIGHT] * 15 + [LEFT] * 20:
            earned += env.step(action).reward["P1"]
            assert earned == (env.data["x"] - x) / TILE
        assert env.level == 1
        assert env.lives == 3


def test_a_life_a_game_and_a_new_one(backend):
    with Environment("lives", **backend, death_penalty=7.0) as env:
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


def test_the_policy_wins_a_stage_and_the_next_one_begins(backend):
    policy = ScriptedPolicy()
    with Environment("stage", **backend, flag_bonus=90.0) as env:
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


def poke(env, **values):
    for name, value in values.items():
        address, mode = ADDRESSES[name][:2]
        env.emulator.write_memory(address, np.array(value, {"u8": "u1"}.get(mode, mode)).tobytes())


@pytest.mark.parametrize(
    ("level", "lives", "at_the_flag", "first_state", "last_state"),
    [
        (1, 3, False, "dying", "intro"),
        (1, 1, False, "dying", "game_over"),
        (1, 1, True, "flag", "intro"),
        (LEVELS, 3, True, "flag", "ending"),
        (LEVELS, 2, False, "dying", "intro"),
    ],
)
def test_the_result_is_told_before_the_game_shows_it(backend, level, lives, at_the_flag, first_state, last_state):
    with Environment("result", level=level, **backend) as env:
        env.start()
        if at_the_flag:
            poke(env, lives=lives, x=env.data["flag_x"] - 8)
        else:
            poke(env, lives=lives, time=1)
        result = env.step(0)
        while not result.round_done:
            frame_number = env.emulator.frame_number
            result = env.step(0)
            assert env.emulator.frame_number == frame_number + env.emulator.frame_ratio
        assert env.data["state"] == STATES[first_state]
        assert env.lives == lives
        # What the game makes of it in the end.
        for _ in range(400):
            data = env.emulator.step()
            if data["state"] not in (STATES["dying"], STATES["flag"], STATES["tally"]):
                break
        assert data["state"] == STATES[last_state]
        assert result.stage_done == (data["levels_done"] == 1) == at_the_flag
        assert result.game_done == (last_state in ("game_over", "ending"))
        if not result.game_done:
            assert data["lives"] == lives - (not at_the_flag)


@pytest.mark.parametrize(("lives", "last_state"), [(2, "intro"), (1, "game_over")])
def test_a_step_may_be_longer_than_a_death(lives, last_state):
    with Environment("long", backend="libretro", frame_ratio=120) as env:
        env.start()
        poke(env, lives=lives, time=1)
        result = env.step(0)
        assert env.data["state"] == STATES[last_state]
        assert result[2:] == (True, False, lives == 1)
        env.reset()
        assert (env.data["state"], env.lives) == (STATES["play"], 1 if lives == 2 else 3)


def test_bad_choices_are_refused_before_anything_is_started(tmp_path):
    for level in (0, LEVELS + 1, True, "1"):
        with pytest.raises(ConfigError, match="level"):
            Environment("bad", level=level)
    with pytest.raises(ConfigError, match="backend"):
        Environment("bad", backend="no such thing")
    with pytest.raises(ConfigError, match=r"hop\.nes"):
        Environment("bad", tmp_path)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"backend": "libretro", "render": True}, "'libretro' has no option 'render'; the backend 'mame' has it"),
        ({"backend": "libretro", "binary_path": "mame"}, "the backend 'mame' has it"),
        ({"backend": "libretro", "media": {}}, "no option 'media': there are audio, controllers, core,"),
        ({"core": "nestopia"}, "'mame' has no option 'core'; the backend 'libretro' has it"),
        ({"no_such_thing": 1}, "'mame' has no option 'no_such_thing': there are binary_path,"),
        ({"backend": "libretro", "core": "missing"}, "there is no libretro core 'missing'.*libretro-missing"),
    ],
)
def test_options_that_a_backend_does_not_have(options, complaint):
    with pytest.raises(ConfigError, match=complaint):
        Environment("bad", **options)


def test_a_core_that_is_not_installed(monkeypatch):
    monkeypatch.setattr("toolkit.retro.cores.core_folders", list)
    with pytest.raises(ConfigError, match="apt-get install libretro-nestopia"):
        Environment("bad", backend="libretro")


def test_there_is_no_reading_before_the_start(backend):
    with Environment("early", **backend) as env, pytest.raises(StateError, match="start"):
        _ = env.data


# --- what can be reached ----------------------------------------------------------------------------------------------


class Lives:
    """Lives on level 1, each from the same saved moment; frames are not drawn."""

    def __init__(self, backend):
        self.emulator = open_emulator(
            env_id="lives",
            cartridge=rom_path("hop") / "hop.nes",
            addresses=Environment.addresses,
            frame_ratio=4,
            **backend,
            **UNSEEN[backend["backend"]],
        )
        self.pad = BUTTONS[backend["backend"]]
        for _ in play(self.emulator, [*to_level(1, self.pad), WaitUntil(in_play, 600, "play")], "level 1"):
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
            data = self.emulator.step([self.pad[name] for name in ACTIONS[choose(data, number)]])
            if data["state"] != STATES["play"]:
                return data
        raise AssertionError("the clock should have run out")


def lives_of(backend, make_choose):
    """Lives, `make_choose(seed)` choosing, by two emulators at a time."""
    games = GAMES[backend["backend"]]

    def some(seeds):
        lives = Lives(backend)
        with lives.emulator:
            return [lives.live(make_choose(seed)) for seed in seeds]

    with ThreadPoolExecutor(2) as pool:
        return [data for part in pool.map(some, (range(0, games, 2), range(1, games, 2))) for data in part]


def test_a_scripted_policy_finishes_level_1(backend):
    policy = ScriptedPolicy()

    def make_choose(seed):
        random = np.random.default_rng(seed)

        def choose(data, number):
            # Every twentieth step or so it only walks, so that each game meets everything at another moment.
            slower = random.random() < 0.05
            action = policy(data)
            return RIGHT if slower and action == RIGHT_RUN else action

        return choose

    ends = lives_of(backend, make_choose)
    assert [data["flag_reached"] for data in ends] == [1] * len(ends)
    assert [data["deaths"] for data in ends] == [0] * len(ends)
    # The pad feeds the random numbers: other inputs, another number.
    assert len({data["rng"] for data in ends}) > len(ends) // 2


def test_a_random_one_does_not(backend):
    def make_choose(seed):
        random = np.random.default_rng(seed)
        return lambda data, number: int(random.integers(len(ACTIONS)))

    ends = lives_of(backend, make_choose)
    assert [data["flag_reached"] for data in ends] == [0] * len(ends)
    assert all(data["death"] for data in ends)
    # Some come further than others: there is something to learn from.
    farthest = sorted(data["best_x"] for data in ends)
    assert farthest[0] < 500
    assert farthest[0] + 300 < farthest[-1] < 2300
