"""The contract holds for a game that is the simplest there can be, so that a failure elsewhere is the game's."""

from tests.contract import EnvironmentContract
from tests.unit.environment.tiny import TinyGame
from toolkit.environment import Result


class ClockGame(TinyGame):
    """Played from frame 20 on, in rounds of 32 frames with pauses of 32; every fourth ends the game."""

    action_counts = (3,)
    play_budget = 100

    def playing(self, data):
        return data["frames"] & 32 != 0

    def reward(self, before, after):
        return {"P1": after["a"] - before["a"]}

    def result_sequence(self):
        return ()

    def result(self, data):
        return Result(game_done=data["frames"] >= 192)


class TestClockGame(EnvironmentContract):
    def make(self, **options):
        return ClockGame("contract", "", **options)
