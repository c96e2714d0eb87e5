"""Two players against each other, round after round and match after match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, SupportsIndex

from games.street_fighter import sequences
from games.street_fighter.actions import ATTACKS, MIRRORED_MOVES, MOVES, P2_ATTACKS, P2_MOVES
from games.street_fighter.base import WINS_FOR_A_STAGE, StreetFighter, wins
from toolkit.emulator import Action
from toolkit.environment import Result, SequenceStep, StepResult, VersusGame, Wait


class TwoPlayers(StreetFighter, VersusGame):
    """Both sides of the ring, with the machine, the rewards and the budgets of `Environment`.

    Args:
        env_id: A name for this environment, of your choice.
        roms_path: The folder, or folders, with the ROM set sfiii3n, and those of its parents.
        frame_ratio: How many emulated frames one step of the emulator takes; as for `Environment`, at most 10.
        frames_per_step: How many frames a `step` returns, each after `frame_ratio` emulated ones.
        boot_frames: Emulated frames from power-on until the first coin; 60 are enough for bout.
        damage_dealt, damage_taken, win_bonus: As for `Environment`. Rewards add up to 0 if the first two are equal.
        emulator_options: Passed on to `Emulator`: `render`, `throttle`, `binary_path`, `timeout`, ...

    A match goes to who first wins two rounds; then the game is over, and `wins` tells who it was. There are no stages.
    If a draw gives both the second win, which bout never does, the match is nobody's.

    After a match the game would go on with the winner against the machine. A new match begins from the title instead,
    on the way that a new game of one player takes, so that it is the same for whoever has won.

    Tested with bout. The menus of the real game have not been tried: there is no ROM of it where this was made.
    """

    action_counts: ClassVar[tuple[int, ...]] = (len(MOVES), len(ATTACKS)) * 2

    def step(
        self,
        p1_move: SupportsIndex,
        p1_attack: SupportsIndex,
        p2_move: SupportsIndex,
        p2_attack: SupportsIndex,
    ) -> StepResult:
        """Holds what both have chosen; numbers, results and errors as those of `Environment.step`.

        Left is the left of the screen for both.
        """
        return super().step(p1_move, p1_attack, p2_move, p2_attack)

    @property
    def wins(self) -> dict[str, int]:
        """The rounds that each player has won in the match that is being played, or was played last."""
        return dict(zip(self.players, wins(self._data) if self._data else (0, 0), strict=True))

    def mirrored(self, *choice: int) -> tuple[int, ...]:
        move, attack = choice
        return MIRRORED_MOVES[move], attack

    def start_sequence(self) -> Sequence[SequenceStep]:
        return [Wait(self.boot_frames), *sequences.start_match()]

    def game_sequence(self) -> Sequence[SequenceStep]:
        return [*sequences.until_black(self.black_budget, self._is_black), *sequences.new_match()]

    def actions(self, *choice: int) -> Sequence[Action]:
        p1_move, p1_attack, p2_move, p2_attack = choice
        return MOVES[p1_move] + ATTACKS[p1_attack] + P2_MOVES[p2_move] + P2_ATTACKS[p2_attack]

    def result(self, data: Mapping[str, Any]) -> Result:
        over = max(wins(data)) >= WINS_FOR_A_STAGE
        # The game sets both to 0 before the next match, some time after it has shown them.
        self._wins = (0, 0) if over else wins(data)
        return Result(game_done=over)
