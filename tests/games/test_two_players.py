"""Two players in the Street Fighter environment, on the real machine with our own game in it.

Who is in the ring, and which inputs reach whose fighter, is read where bout keeps it.
"""

import numpy as np
import pytest

from games.homebrew.bout import ADDRESSES
from games.street_fighter import TwoPlayers
from games.street_fighter.actions import ATTACKS, MOVES
from tests.contract import EnvironmentContract
from toolkit.emulator import Address
from toolkit.environment import Phase
from toolkit.errors import ConfigError

BOOT_FRAMES = 60
NOTHING = (8, 9)
BOTH = 3
# The bits of what a fighter holds, as bout's README lists them.
HELD = ("Up", "Down", "Left", "Right", "Jab Punch", "Strong Punch", "Fierce Punch")
HELD += ("Short Kick", "Forward Kick", "Roundhouse Kick")


class Watching(TwoPlayers):
    """Also reads what is bout's own."""

    addresses = TwoPlayers.addresses | {
        name: Address(*ADDRESSES[name])
        for name in ("humans", "xP1", "xP2", "heldP1", "heldP2", "moves_begunP1", "moves_begunP2", "round")
    }

    def __getitem__(self, name):
        return self._data[name]


@pytest.fixture
def make(mame, bout_roms):
    """Makes environments, and closes them."""
    made = []

    def make(**options):
        made.append(Watching("two", bout_roms, binary_path=mame, **{"boot_frames": BOOT_FRAMES, **options}))
        return made[-1]

    yield make
    for env in made:
        env.close()


def knock_out(env, *players):
    """Ends the round; returns what the next step gave, without its frames."""
    for player in players:
        env.emulator.write_memory(ADDRESSES[f"health{player}"][0], b"\xff\xff")
    result = env.step(*NOTHING, *NOTHING)
    assert result.round_done
    return result[1:]


def choice(player, move, attack):
    """One player's choice beside the other's nothing."""
    return (move, attack, *NOTHING) if player == "P1" else (*NOTHING, move, attack)


class TestContract(EnvironmentContract):
    @pytest.fixture(autouse=True)
    def _machine(self, mame, bout_roms):
        self.mame, self.roms = mame, bout_roms

    def make(self, **options):
        return TwoPlayers("contract", self.roms, binary_path=self.mame, boot_frames=BOOT_FRAMES, **options)


@pytest.mark.parametrize(("player", "other"), [("P1", "P2"), ("P2", "P1")])
def test_every_choice_reaches_its_own_fighter(make, player, other):
    env = make(frame_ratio=1, frames_per_step=2)
    env.start()
    assert env["humans"] == BOTH
    for move, attack in [*((move, 9) for move in range(9)), *((8, attack) for attack in range(10))]:
        env.step(*choice(player, move, attack))
        fields = {action.field.removeprefix("P1 ") for action in MOVES[move] + ATTACKS[attack]}
        held = {name for bit, name in enumerate(HELD) if env[f"held{player}"] & 1 << bit}
        assert held == fields
        assert env[f"held{other}"] == 0


@pytest.mark.parametrize(("player", "other"), [("P1", "P2"), ("P2", "P1")])
def test_walking_and_hitting_move_one_fighter_alone(make, player, other):
    env = make()
    env.start()
    before = dict(env._data)
    for _ in range(3):
        env.step(*choice(player, 0, 9))
    assert env[f"x{player}"] < before[f"x{player}"] - 20
    assert env[f"x{other}"] == before[f"x{other}"]
    env.step(*choice(player, 8, 0))
    assert env[f"moves_begun{player}"] == before[f"moves_begun{player}"] + 1
    assert env[f"moves_begun{other}"] == before[f"moves_begun{other}"]


@pytest.mark.parametrize(("winner", "loser"), [("P1", "P2"), ("P2", "P1")])
def test_who_hits_gets_what_the_other_loses(make, winner, loser):
    env = make()
    env.start()
    toward = 4 if winner == "P1" else 0
    total = 0
    for step in range(60):
        reward = env.step(*choice(winner, toward, 4 if step % 2 else 9)).reward
        assert reward["P1"] == -reward["P2"]
        total += reward[winner]
    assert total == 160 - env[f"health{loser}"] > 0
    assert env[f"health{winner}"] == 160


@pytest.mark.parametrize(("frame_ratio", "frames_per_step"), [(1, 1), (3, 3), (9, 1), (10, 1)])
def test_matches_whoever_wins_them(make, frame_ratio, frames_per_step):
    env = make(frame_ratio=frame_ratio, frames_per_step=frames_per_step)
    env.start()
    for winner, loser, x in (("P2", "P1", -161), ("P1", "P2", 161)):
        assert env["humans"] == BOTH
        assert env.wins == {"P1": 0, "P2": 0}
        assert knock_out(env, loser) == ({"P1": x, "P2": -x}, True, False, False)
        assert env.wins == {winner: 1, loser: 0}
        env.reset()
        assert env["round"] == 2
        assert knock_out(env, winner)[1:] == (True, False, False)
        assert env.wins == {"P1": 1, "P2": 1}
        env.next_round()
        assert env["humans"] == BOTH
        assert knock_out(env, loser)[1:] == (True, False, True)
        assert env.wins == {winner: 2, loser: 1}
        assert env.phase is Phase.GAME_DONE
        env.reset()
        # The first step of a match brings nothing left over from the one before.
        assert env.step(*NOTHING, *NOTHING)[1:] == ({"P1": 0, "P2": 0}, False, False, False)


def test_draws(make):
    env = make()
    env.start()
    assert knock_out(env, "P1", "P2") == ({"P1": 0, "P2": 0}, True, False, False)
    assert env.wins == {"P1": 1, "P2": 1}
    env.reset()
    assert knock_out(env, "P1", "P2")[1:] == (True, False, True)
    # bout gives it to who has hit last, and nobody has.
    assert env.wins == {"P1": 1, "P2": 2}
    env.reset()
    assert env.wins == {"P1": 0, "P2": 0}


def test_a_round_that_nobody_fights_ends_with_its_clock(make):
    """With nobody fighting a round is a draw, and a match two of them."""
    env = make(frame_ratio=9, frames_per_step=1)
    env.start()
    rounds = steps = 0
    while not env.game_done:
        rounds += env.step(*NOTHING, *NOTHING).round_done
        steps += 1
        if env.round_done and not env.game_done:
            env.reset()
    assert rounds == 2
    assert 470 <= steps <= 490
    assert env.wins == {"P1": 1, "P2": 2}


def test_a_state_brings_back_everything(make):
    env = make()
    env.start()
    knock_out(env, "P1")
    env.reset()
    state = env.save_state()
    random = np.random.default_rng(4)
    choices = [[int(random.integers(count)) for count in env.action_counts] for _ in range(40)]

    def play():
        played = [env.step(*choice) for choice in choices]
        return [(*(frame.tobytes() for frame in frames), *rest) for frames, *rest in played], dict(env._data), env.wins

    first = play()
    assert knock_out(env, "P1")[3]
    env.load_state(state)
    assert env.phase is Phase.ROUND
    assert env.wins == {"P1": 0, "P2": 1}
    assert str(play()) == str(first)
    assert knock_out(env, "P1")[3]
    env.reset()


def test_it_takes_four_choices(make):
    env = make()
    env.start()
    with pytest.raises(TypeError):
        env.step(8, 9)
    with pytest.raises(ConfigError, match="choice 4 is a whole number from 0 to 9, got 10"):
        env.step(8, 9, 8, 10)
