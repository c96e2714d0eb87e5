"""Whole games saved and loaded: the machine, and what Python knows of the game."""

import json
import zlib

import numpy as np
import pytest

from tests.unit.environment.tiny import TinyGame, started
from toolkit.emulator import Address
from toolkit.environment import Phase, Result
from toolkit.environment.saving import MAGIC
from toolkit.errors import StateError
from toolkit.link import complete


class CountingGame(TinyGame):
    """Keeps something of its own."""

    saved_attributes = ("seen",)

    def __init__(self, *arguments, **options):
        self.seen = ()
        super().__init__(*arguments, **options)

    def result(self, data):
        self.seen = (*self.seen, data["outcome"])
        return super().result(data)


def play(game, *outcomes):
    """Rounds that end so, and the step after them."""
    for outcome in outcomes:
        game.poke(playing=0, outcome=outcome)
        game.step(0)
        game.poke(playing=1)
        game.reset()
    return game.step(1)


def counting():
    game = CountingGame("tiny", "", 1, 1)
    game.poke(playing=1)
    game.start()
    return game


def test_the_game_goes_on_as_it_did():
    with counting() as game, CountingGame("other", "", 1, 1) as other:
        play(game, 1, 0)
        game.poke(score=7)
        state = game.save_state()
        after = game.step(1)
        play(game, 2)
        for later in (game, other):
            later.load_state(state)
            assert (later.phase, later.stage, later.seen) == (Phase.ROUND, 2, (1, 0))
            assert "frame" not in later.data
            assert later.data["score"] == 0
            again = later.step(1)
            # The reward of the step counts from the reading that was saved.
            assert again[1:] == after[1:] == ({"P1": 7}, False, False, False)
            assert np.array_equal(again.frames, after.frames)


@pytest.mark.parametrize("outcome", [0, 1, 2])
def test_what_is_over_is_over_after_loading(outcome):
    with started() as game:
        game.poke(playing=0, outcome=outcome)
        game.step(0)
        flags = game.round_done, game.stage_done, game.game_done
        phase, stage = game.phase, game.stage
        state = game.save_state()
        game.poke(playing=1)
        game.reset()
        game.load_state(state)
        assert (game.round_done, game.stage_done, game.game_done) == flags == (True, outcome == 1, outcome == 2)
        assert (game.phase, game.stage) == (phase, stage)
        game.poke(playing=1)
        game.reset()


def test_prepare_stops_before_the_first_frames():
    with TinyGame("tiny", "", 1, 2) as game, TinyGame("whole", "", 1, 2) as whole:
        for each in (game, whole):
            each.poke(playing=1)
        game.prepare()
        assert game.phase is Phase.READY
        for call in ("prepare", "reset", "new_game"):
            with pytest.raises(StateError, match=rf"called {call}\(\) while play is about to begin; valid now: start"):
                getattr(game, call)()
        state = game.save_state()
        frames = whole.start()
        assert np.array_equal(game.start(), frames)
        game.step(1)
        game.load_state(state)
        assert game.phase is Phase.READY
        assert np.array_equal(game.start(), frames)


def test_idle_frames_come_before_the_first_frames():
    with TinyGame("tiny", "", 1, 2) as game:
        game.poke(playing=1)
        game.prepare()
        before = game.emulator.frame_number
        frames = complete(game.starting(idle=130))
        assert [frame[0, 0, 2] for frame in frames] == [before + 131, before + 132]
        # At most a second at a time.
        assert game.emulator.log[before:] == [()] * 132
        game.poke(playing=0)
        game.step(0)
        game.poke(playing=1)
        before = game.emulator.frame_number
        complete(game.resetting(idle=5))
        assert game.emulator.frame_number == before + 2 + 1 + 5 + 2


def test_off_and_on():
    with counting() as game:
        play(game, 1, 2)
        game.power_cycle()
        assert (game.phase, game.stage, game.seen) == (Phase.MENU, 1, ())
        assert game.emulator.frame_number == 0
        with pytest.raises(StateError, match="before start"):
            _ = game.data
        game.poke(playing=1, outcome=0)
        game.start()
        assert game.data["playing"] == 1


def test_states_that_are_none():
    with started() as game:
        state = game.save_state()
        step = game.step(0)
        damaged = bytearray(state)
        damaged[-3] ^= 1
        for bad, words in (
            (b"", "something else"),
            (game.emulator.save_state(), "something else"),
            ("text", "got str"),
            (None, "got NoneType"),
            (state[:-1], "damaged or cut short"),
            (state[: len(MAGIC) + 3], "something else"),
            (bytes(damaged), "damaged or cut short"),
        ):
            with pytest.raises(StateError, match=words):
                game.load_state(bad)
        assert game.phase is Phase.ROUND
        game.load_state(memoryview(state))
        assert np.array_equal(game.step(0).frames, step.frames)


def forged(state, change):
    """The state with its head changed, and the right checksum."""
    head, _, machine = state[len(MAGIC) + 9 :].partition(b"\n")
    text = change if isinstance(change, bytes) else json.dumps(change(json.loads(head))).encode()
    body = text + b"\n" + machine
    return MAGIC + b"%08x\n" % zlib.crc32(body) + body


def without(name):
    return lambda known: {key: value for key, value in known.items() if key != name}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (b"{}", "no 'game'"),
        (b"[]", "no object"),
        (b'{"game":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "too deeply"),
        (b'{"game":' + b"[" * 500 + b"]" * 500 + b"}", "too deeply"),
        (b'{"stage": 1e999}', "larger than any number"),
        (b'{"stage": NaN}', "NaN"),
        *((without(name), f"no '{name}'") for name in ("game", "phase", "stage", "done", "data", "attributes")),
        (lambda known: known | {"phase": "NONE"}, "its phase is 'NONE'"),
        (lambda known: known | {"phase": ["ROUND"]}, "its 'phase'"),
        (lambda known: known | {"stage": -1}, "its 'stage' is -1"),
        (lambda known: known | {"stage": True}, "its 'stage' is True"),
        (lambda known: known | {"stage": 2**80}, "its 'stage' is 12"),
        (lambda known: known | {"done": [1, 0, 0]}, "no three truth values"),
        (lambda known: known | {"done": [True, True]}, "no three truth values"),
        (lambda known: known | {"data": {}}, "no 'frames'"),
        (lambda known: known | {"data": dict.fromkeys(known["data"], "1")}, "its 'frames' is '1'"),
        (lambda known: known | {"data": dict.fromkeys(known["data"], 2**64)}, "its 'frames' is 18"),
        (lambda known: known | {"attributes": {}}, "no 'seen'"),
        (lambda known: known | {"attributes": {"seen": 7}}, "its 'seen' is 7"),
        (lambda known: known | {"attributes": {"seen": [0], "wins": [0, "x"]}}, r"its 'wins\[1\]' is 'x'"),
    ],
)
def test_forged_states(change, words):
    class WinningGame(CountingGame):
        saved_attributes = ("seen", "wins")
        wins = (0, 0)

    with WinningGame("tiny", "", 1, 1) as game:
        game.poke(playing=1)
        game.start()
        play(game, 1)
        state = game.save_state()
        before = (game.phase, game.stage, game.seen, game.wins, dict(game.data), game.emulator.frame_number)
        with pytest.raises(StateError, match=words):
            game.load_state(forged(state, change))
        assert (game.phase, game.stage, game.seen, game.wins, dict(game.data), game.emulator.frame_number) == before
        game.load_state(forged(state, lambda known: known | {"stage": 5}))
        assert game.stage == 5


def test_another_games_state():
    with started() as game, counting() as other:
        with pytest.raises(StateError, match=r"saved by .*TinyGame, and this is .*CountingGame"):
            other.load_state(game.save_state())
        assert other.step(0).reward == {"P1": 0}


def test_a_state_is_no_program():
    with started() as game:
        state = game.save_state()
        head = state[len(MAGIC) + 9 : state.index(b"\n", len(MAGIC) + 9)]
        assert json.loads(head)["phase"] == "ROUND"
        assert int(state[len(MAGIC) :][:8], 16) == zlib.crc32(state[len(MAGIC) + 9 :])


def test_what_cannot_be_saved_is_a_type_error():
    class OddGame(CountingGame):
        def result(self, data):
            self.seen = object()
            return Result()

    with OddGame("odd", "", 1, 1) as game:
        game.poke(playing=1)
        game.start()
        game.poke(playing=0)
        game.step(0)
        with pytest.raises(TypeError, match="JSON"):
            game.save_state()


def test_large_values_are_kept():
    class WideGame(TinyGame):
        addresses = {**TinyGame.addresses, "wide": Address(32, "u64")}  # noqa: RUF012

    with WideGame("wide", "", 1, 1) as game:
        game.emulator.write_memory(32, b"\xff" * 8)
        game.poke(playing=1)
        game.start()
        game.load_state(game.save_state())
        assert game.data["wide"] == 2**64 - 1
