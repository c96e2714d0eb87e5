"""Both sides of bout as PettingZoo's ParallelEnv, by PettingZoo's own tests and by what bout's memory says."""

import os
import signal
import subprocess
import sys
from random import Random

import numpy as np
import pytest
from gymnasium import spaces
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test
from pettingzoo.utils.conversions import parallel_to_aec

import toolkit.pettingzoo
from games.homebrew.bout import ADDRESSES
from games.homebrew.bout.policies import ATTACKS, DIRECTIONS, WATCHED, scripted_buttons
from games.street_fighter import Environment, TwoPlayers
from toolkit.emulator import Address
from toolkit.errors import ConfigError, StateError
from toolkit.gym.games import game_lanes
from toolkit.pettingzoo import ParallelGame

AGENTS = ["P1", "P2"]
NOTHING = (8, 9)
SMALL = {"grayscale": True, "resize": (42, 42)}
# What a policy of policies.py holds, as a choice.
CHOICES = {frozenset(move + attack): (m, a) for m, move in enumerate(DIRECTIONS) for a, attack in enumerate(ATTACKS)}


class Watching(TwoPlayers):
    """Also reads what the scripted player looks at, for both sides."""

    addresses = TwoPlayers.addresses | {
        name: Address(*ADDRESSES[name])
        for name in ("humans", *WATCHED, "distanceP2", "actP1", "moveP1", "heldP1", "heldP2")
    }


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory, monkeypatch):
    """Start states of these tests are nobody else's; one folder serves all of them."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "pettingzoo-cache"))


@pytest.fixture
def make(mame):
    """Makes environments of bout, and closes them."""
    made = []

    def make(**options):
        made.append(toolkit.pettingzoo.bout(binary_path=mame, **options))
        return made[-1]

    yield make
    for env in made:
        env.close()


@pytest.fixture
def make_watching(mame, bout_roms):
    made = []

    def make_watching(discrete=False, mirror=False, **options):
        def game(**own):
            return Watching("watching", bout_roms, binary_path=mame, boot_frames=60, **own)

        made.append(ParallelGame(game_lanes(game, options), "watching_v0", discrete=discrete, mirror=mirror))
        return made[-1]

    yield make_watching
    for env in made:
        env.close()


def both(p1=NOTHING, p2=NOTHING):
    return {"P1": p1, "P2": p2}


def knock_out(env, *players):
    """Ends the round; returns what the next step gave."""
    for player in players:
        env.game.emulator.write_memory(ADDRESSES[f"health{player}"][0], b"\xff\xff")
    return env.step(both())


def random_actions(env, random):
    return both(*((random.randrange(9), random.randrange(10)) for _ in AGENTS))


def play(env, seed, steps):
    """What `steps` random steps gave; new episodes begin without a seed."""
    random, record = Random(seed), []
    for _ in range(steps):
        result = env.step(random_actions(env, random))
        record.append(repr([[observation.tobytes() for observation in result[0].values()], *result[1:]]))
        if not env.agents:
            env.reset()
    return record


# --- PettingZoo's own tests -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("episode", ["round", "game"])
def test_the_api(make, episode):
    parallel_api_test(make(**SMALL, stack_num=4, episode=episode, frame_ratio=9), num_cycles=1000)


@pytest.mark.filterwarnings("ignore:We recommend agents to be named in the format")
def test_the_api_one_after_the_other(make):
    env = parallel_to_aec(make(**SMALL, discrete=True, frame_ratio=9))
    api_test(env, num_cycles=200)


def test_seeding_by_their_test(make):
    parallel_seed_test(lambda: make(frame_ratio=9, noop_max=30, mirror=True), num_cycles=300)


# --- who moves whom ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("agent", "other"), [("P1", "P2"), ("P2", "P1")])
@pytest.mark.parametrize("discrete", [False, True])
def test_each_agent_moves_its_own_fighter(make_watching, agent, other, discrete):
    env = make_watching(discrete=discrete)
    _, infos = env.reset()
    before = infos[agent]["values"]
    assert before["humans"] == 3
    actions = both(89, 89) | {agent: 4 * 10 + 9} if discrete else both() | {agent: (4, 9)}
    for _ in range(10):
        *_, infos = env.step(actions)
    after = infos[agent]["values"]
    assert after[f"x{agent}"] > before[f"x{agent}"] + 20
    assert after[f"x{other}"] == before[f"x{other}"]
    # Right is bit 3, jab bit 4; an action of the other order would press something else.
    env.step(both(89, 89) | {agent: 80} if discrete else both() | {agent: (8, 0)})
    held = env.game.data
    assert (held[f"held{agent}"], held[f"held{other}"]) == (1 << 4, 0)


def test_behind_the_mirror(make, make_watching):
    """What P2 does and sees is what P1 would on the other side; P1 has no mirror."""
    plain, mirrored = make(), make_watching(mirror=True)
    assert np.array_equal(plain.reset()[0]["P2"], mirrored.reset()[0]["P2"][:, ::-1])
    for move, attack in ((0, 9), (1, 9), (4, 9), (5, 9), (2, 9), (8, 2)):
        turned = {0: 4, 1: 3, 4: 0, 5: 7}.get(move, move)
        seen, *_ = plain.step(both((move, 9), (turned, attack)))
        theirs, *_ = mirrored.step(both((move, 9), (move, attack)))
        assert np.array_equal(seen["P1"], theirs["P1"])
        assert np.array_equal(seen["P1"], seen["P2"])
        assert np.array_equal(seen["P2"], theirs["P2"][:, ::-1])
        assert not np.array_equal(seen["P2"], theirs["P2"])


# --- rewards, rounds and matches --------------------------------------------------------------------------------------


def test_rewards_add_up_to_zero_and_to_the_damage(make):
    env = make(frame_ratio=9, episode="round")
    random, total, steps = Random(1), 0, 0
    env.reset()
    while env.agents:
        _, rewards, _, _, infos = env.step(random_actions(env, random))
        assert list(rewards) == AGENTS
        assert rewards["P1"] == -rewards["P2"]
        total += rewards["P1"]
        steps += rewards["P1"] != 0
    values = infos["P1"]["values"]
    assert steps > 5
    assert total == values["healthP1"] - values["healthP2"]


def test_rewards_can_be_clipped(make):
    env = make(reward_clipping=True)
    env.reset()
    assert knock_out(env, "P1")[1] == {"P1": -1, "P2": 1}


def test_a_round_an_episode(make):
    env = make(episode="round")
    env.reset()
    wins = []
    for loser in ("P1", "P2", "P1", "P2", "P2", "P1"):
        _, _, terminations, truncations, infos = knock_out(env, loser)
        assert terminations == both(True, True)
        assert truncations == both(False, False)
        assert env.agents == []
        wins.append((env.game.wins["P1"], env.game.wins["P2"], infos["P2"]["game_done"]))
        with pytest.raises(StateError, match=r"step\(\) was called without an episode; call reset\(\) first"):
            env.step(both())
        env.reset()
        assert env.agents == AGENTS
    assert wins == [(0, 1, False), (1, 1, False), (1, 2, True), (1, 0, False), (2, 0, True), (0, 1, False)]


def test_a_match_an_episode(make):
    env = make(episode="game")
    for winner, loser in (("P1", "P2"), ("P2", "P1"), ("P2", "P1")):
        env.reset()
        first = knock_out(env, loser)
        assert first[2] == first[3] == both(False, False)
        assert first[4]["P1"]["round_done"]
        assert env.agents == AGENTS
        # The next round is there already: what is pressed counts.
        assert env.game.data["fighting"]
        assert not env.step(both((4, 9)))[4]["P1"]["round_done"]
        last = knock_out(env, loser)
        assert last[2] == both(True, True)
        assert env.game.wins == {winner: 2, loser: 0}
        assert env.agents == []


@pytest.mark.parametrize("start_states", [False, True])
def test_random_players_over_several_matches(make, start_states):
    env = make(frame_ratio=9, episode="game", start_states=start_states)
    random = Random(5)
    for _ in range(3):
        env.reset()
        rounds = 0
        while env.agents:
            rounds += env.step(random_actions(env, random))[4]["P1"]["round_done"]
        assert rounds == sum(env.game.wins.values()) or rounds == 2  # a draw gives a win to both
        assert max(env.game.wins.values()) == 2


def scripted(values, agent, random):
    """The policy looks at the world as player 1 does."""
    if agent == "P2":
        exchanged = {"P1": "P2", "P2": "P1"}
        values = {name[:-2] + exchanged.get(name[-2:], name[-2:]): value for name, value in values.items()}
    return CHOICES[frozenset(scripted_buttons(values, random))]


@pytest.mark.parametrize("clever", AGENTS)
def test_a_scripted_player_beats_a_random_one_from_either_side(make_watching, clever):
    """Four rounds; it won all of 20 that were tried, from each side."""
    env = make_watching(frame_ratio=9, episode="round")
    random = Random(7)
    won = 0
    for _ in range(4):
        _, infos = env.reset()
        while env.agents:
            actions = random_actions(env, random) | {clever: scripted(infos["P1"]["values"], clever, random)}
            *_, infos = env.step(actions)
        values = infos["P1"]["values"]
        won += values[f"health{clever}"] > min(values["healthP1"], values["healthP2"])
    assert won == 4


@pytest.mark.parametrize("name", ["max_cycles", "max_episode_steps"])
def test_truncation(make, name):
    env = make(**{name: np.int64(5)})
    for _ in range(2):
        env.reset()
        for cycle in range(1, 6):
            _, _, terminations, truncations, _ = env.step(both())
            assert terminations == both(False, False)
            assert truncations == both(cycle == 5, cycle == 5)
        assert env.agents == []


# --- seeds ------------------------------------------------------------------------------------------------------------


def test_a_seed_repeats_an_episode_whatever_was_before(make):
    options = {"frame_ratio": 9, "noop_max": 60, "repeat_action_probability": 0.2, **SMALL}
    env, other = make(**options), make(**options)
    records, first = [], []
    for used, seed in ((env, 1), (env, 2), (env, 1), (other, 1)):
        observations, infos = used.reset(seed=seed)
        first.append(repr(({agent: seen.tobytes() for agent, seen in observations.items()}, infos)))
        # Of different length, so that the next begins in another phase of the game.
        records.append(play(used, 3, 80 + 30 * len(records)))
    assert first[0] == first[2] == first[3] != first[1]
    assert records[0] == records[2][:80] == records[3][:80]
    assert records[0] != records[1][:80]


# --- what is seen -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({}, (224, 384, 3)),
        ({"stack_num": 2}, (224, 384, 6)),
        ({"grayscale": True, "crop": (0, 24, 384, 192)}, (192, 384, 1)),
        ({**SMALL, "stack_num": 4, "channels_first": True}, (4, 42, 42)),
        ({"frames_per_step": 3, "resize": (96, 56)}, (56, 96, 9)),
    ],
)
def test_images(make, options, shape):
    env, turned = make(**options), make(**options, mirror=True)
    for used in (env, turned):
        assert used.possible_agents == AGENTS
        for agent in AGENTS:
            assert used.observation_space(agent) == spaces.Box(0, 255, shape, np.uint8)
            assert used.action_space(agent) == spaces.MultiDiscrete([9, 10])
    flip = 2 if options.get("channels_first") else 1
    for seen, mirrored in (
        (env.reset()[0], turned.reset()[0]),
        (env.step(both((4, 9), (0, 9)))[0], turned.step(both((4, 9), (4, 9)))[0]),
    ):
        for agent in AGENTS:
            assert env.observation_space(agent).contains(seen[agent])
            assert turned.observation_space(agent).contains(mirrored[agent])
        assert np.array_equal(seen["P1"], mirrored["P1"])
        assert np.array_equal(np.flip(seen["P1"], flip), mirrored["P2"])
        # Each has its own.
        seen["P1"][:] = 0
        assert seen["P2"].any()


def test_memory_instead_of_images(make):
    env = make(observation="ram", discrete=True)
    seen, infos = env.reset()
    assert seen["P1"].tolist() == seen["P2"].tolist() == list(infos["P1"]["values"].values())
    assert env.action_space("P1") == spaces.Discrete(90)
    with pytest.raises(ConfigError, match="mirror is for images; observation is 'ram'"):
        make(observation="ram", mirror=True)


def test_the_picture(make):
    env = make(render_mode="rgb_array")
    seen, _ = env.reset()
    assert np.array_equal(env.render(), seen["P1"])
    assert env.metadata["name"] == str(env) == "bout_v0"
    assert env.metadata["render_modes"] == ["human", "rgb_array"]
    assert env.metadata["render_fps"] == pytest.approx(59.6 / 3, 0.01)
    silent = make()
    silent.reset()
    assert silent.render() is None


# --- mistakes and accidents -------------------------------------------------------------------------------------------


NO_ACTIONS = [
    ({"P1": NOTHING}, r"an action for each of \['P1', 'P2'\], got some for \['P1'\]"),
    ({**both(), "P3": NOTHING}, "got some for"),
    ({}, "got some for"),
    ({**both(), 3: NOTHING}, "got some for"),
    (None, r"a dict with an action for each of \['P1', 'P2'\], got None"),
    ([NOTHING, NOTHING], "a dict with an action for each"),
    (both((9, 0)), r"the action of P1 is 2 whole numbers, from 0 to 8, from 0 to 9, got \(9, 0\)"),
    (both(NOTHING, (0, 10)), r"the action of P2 is 2 whole numbers, .*, got \(0, 10\)"),
    (both(3), "the action of P1 is 2 whole numbers, .*, got 3"),
    (both((1, 2, 3)), "the action of P1 is 2 whole numbers"),
    (both(np.full(2, 0.5)), "the action of P1 is 2 whole numbers"),
]
NO_NUMBERS = [
    (both(0, 90), "the action of P2 is a whole number from 0 to 89, got 90"),
    (both((0, 0), 0), "the action of P1 is a whole number"),
]


@pytest.mark.parametrize(("discrete", "wrong"), [(False, NO_ACTIONS), (True, NO_NUMBERS)])
def test_actions_that_there_are_not(make, discrete, wrong):
    env = make(discrete=discrete)
    env.reset()
    before = env.game.emulator.frame_number
    for actions, words in wrong:
        with pytest.raises(ConfigError, match=words):
            env.step(actions)
    assert env.game.emulator.frame_number == before
    env.step({agent: env.action_space(agent).sample() for agent in AGENTS})


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"max_cycles": 0}, ConfigError, "max_cycles is a whole number from 1"),
        ({"render_mode": "ansi"}, ConfigError, "render_mode"),
        ({"episode": "life"}, ConfigError, "episode"),
        ({"stack_num": 0}, ConfigError, "stack_num"),
        ({"no_such_option": 1}, ConfigError, "no_such_option"),
        ({"frameskip": 4}, ConfigError, "has no option 'frameskip': did you mean frame_ratio"),
        ({"max_cycles": 5, "max_episode_steps": 5}, ConfigError, "are the same"),
    ],
)
def test_options_that_there_are_not(make, options, error, words):
    with pytest.raises(error, match=words):
        make(**options)


def test_a_game_of_one_player_is_refused(mame, bout_roms):
    lanes = game_lanes(lambda **own: Environment("one", bout_roms, binary_path=mame, **own), {})
    with pytest.raises(ConfigError, match="Environment is no VersusGame"):
        ParallelGame(lanes, "one_v0")


def test_an_emulator_that_dies_ends_the_episode(make):
    env = make(frame_ratio=9)
    env.reset(seed=1)
    expected = play(env, 1, 10)
    env.reset(seed=1)
    os.kill(env.game.emulator.pid, signal.SIGKILL)
    _, rewards, terminations, truncations, infos = env.step(both())
    assert (rewards, terminations, truncations) == (both(0, 0), both(False, False), both(True, True))
    assert "SIGKILL" in infos["P2"]["emulator_error"]
    env.reset(seed=1)
    assert play(env, 1, 10) == expected


def test_closing(make):
    env = make()
    env.close()
    env.close()
    for call in (env.reset, env.render, lambda: env.step(both())):
        with pytest.raises(StateError, match="this environment is closed"):
            call()
    ParallelGame.__new__(ParallelGame).close()


def test_street_fighter_takes_the_roms(mame, bout_roms):
    with toolkit.pettingzoo.street_fighter(bout_roms, binary_path=mame, boot_frames=60) as env:
        assert env.metadata["name"] == "street_fighter_v0"
        env.reset()
        env.step(both())
    with pytest.raises(ConfigError, match="no_such_folder"):
        toolkit.pettingzoo.street_fighter("no_such_folder", binary_path=mame)


@pytest.mark.parametrize("missing", ["pettingzoo", "gymnasium"])
def test_without_pettingzoo(missing):
    code = f"""
import sys
sys.modules["{missing}"] = None
import toolkit.pettingzoo
from toolkit.errors import ConfigError
for make in (toolkit.pettingzoo.bout, lambda: toolkit.pettingzoo.ParallelGame):
    try:
        make()
    except ConfigError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.count("pip install 'coinop-toolkit[pettingzoo]'") == 2, done.stderr
