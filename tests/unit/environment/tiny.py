"""A game on the fake machine: its state is whatever the test writes into memory."""

from typing import ClassVar

from tests.fakes.emulator import FakeEmulator
from toolkit.emulator import Action, Address
from toolkit.environment import GameEnvironment, Press, Result, Wait, WaitUntil

A = Action(":IN", "A")
B = Action(":IN", "B")
DIAL = Action(":IN", "Dial", 7)
PLAYING, SCORE, OUTCOME = 16, 17, 18


class RecordingEmulator(FakeEmulator):
    """Notes what was held in every single frame."""

    def __init__(self, *arguments, **options):
        self.log = []
        self.exchanges = 0
        super().__init__(*arguments, **options)

    def _step_command(self, frames, actions):
        self.log += [tuple(actions)] * frames
        self.exchanges += 1
        return super()._step_command(frames, actions)


class TinyGame(GameEnvironment):
    """Byte 16: playing; 17: score; 18: what is over (0 a round, 1 a stage, 2 the game, 3 not known yet)."""

    game_id = "tiny"
    addresses: ClassVar = {
        "frames": Address(0, "u8"),
        "a": Address(1, "u8"),
        "playing": Address(PLAYING, "u8"),
        "score": Address(SCORE, "u8"),
        "outcome": Address(OUTCOME, "u8"),
    }
    action_counts = (3,)
    play_budget = 30

    def make_emulator(self, env_id, roms_path, frame_ratio, **options):
        return RecordingEmulator(self.addresses, frame_ratio, **options)

    def start_sequence(self):
        return [Wait(10), Press([B])]

    def round_sequence(self):
        return [Wait(2)]

    def stage_sequence(self):
        return [Wait(4)]

    def actions(self, choice):
        return [[], [A], [A, DIAL]][choice]

    def playing(self, data):
        return bool(data["playing"])

    def reward(self, before, after):
        return {"P1": after["score"] - before["score"]}

    def result_sequence(self):
        return [WaitUntil(lambda data: data["outcome"] != 3, 12, "the outcome")]

    def result(self, data):
        return Result(stage_done=data["outcome"] == 1, game_done=data["outcome"] == 2)

    def poke(self, **values):
        for name, value in values.items():
            self.emulator.write_memory(self.addresses[name].offset, bytes([value]))


def started(**options):
    """A tiny game that has begun, with a frame ratio of 1 and one frame a step."""
    game = TinyGame("tiny", "", **{"frame_ratio": 1, "frames_per_step": 1, **options})
    game.poke(playing=1)
    game.start()
    return game
