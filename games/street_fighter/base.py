"""What a game against the machine and one between two players share."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from toolkit.checks import check_integer, check_real
from toolkit.emulator import Address
from toolkit.environment import GameEnvironment, SequenceStep, Wait, WaitUntil

WINS_FOR_A_STAGE: Final = 2


class StreetFighter(GameEnvironment):
    """Addresses, rewards and the ends of rounds; `Environment` tells of the arguments, rewards and budgets."""

    game_id: ClassVar[str] = "sfiii3n"
    addresses: ClassVar[Mapping[str, Address]] = {
        # 1 while both may move. Before MAMEToolkit 1.0 it was read from 0x0200EE44.
        "fighting": Address("0x02011389", "u8"),
        # Rounds won in this stage.
        "winsP1": Address("0x02011383", "u8"),
        "winsP2": Address("0x02011385", "u8"),
        # 160 is full, -1 is knocked out.
        "healthP1": Address("0x02068D0A", "s16"),
        "healthP2": Address("0x020691A2", "s16"),
    }

    saved_attributes: ClassVar[tuple[str, ...]] = ("_wins",)
    play_budget: int = 7200
    result_budget: int = 1800
    black_budget: int = 7200
    # After the first new win: a draw's second one might follow in a later frame.
    second_win_frames: int = 6

    def __init__(
        self,
        env_id: str,
        roms_path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        frame_ratio: int = 3,
        frames_per_step: int = 3,
        *,
        boot_frames: int = 1000,
        damage_dealt: float = 1,
        damage_taken: float = 1,
        win_bonus: float = 0,
        **emulator_options: Any,
    ) -> None:
        self.boot_frames = check_integer("boot_frames", boot_frames, 1)
        self.damage_dealt = check_real("damage_dealt", damage_dealt)
        self.damage_taken = check_real("damage_taken", damage_taken)
        self.win_bonus = check_real("win_bonus", win_bonus)
        self._wins = (0, 0)
        super().__init__(env_id, roms_path, frame_ratio, frames_per_step, **emulator_options)

    def playing(self, data: Mapping[str, Any]) -> bool:
        return bool(data["fighting"])

    def reward(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, float]:
        taken = before["healthP1"] - after["healthP1"]
        done = before["healthP2"] - after["healthP2"]
        # Never below 0: the game sets wins to 0 when it likes to.
        won = max(0, after["winsP1"] - before["winsP1"])
        lost = max(0, after["winsP2"] - before["winsP2"])
        bonus = self.win_bonus * (won - lost)
        return {
            "P1": self.damage_dealt * done - self.damage_taken * taken + bonus,
            "P2": self.damage_dealt * taken - self.damage_taken * done - bonus,
        }

    def result_sequence(self) -> Sequence[SequenceStep]:
        return [
            WaitUntil(self._decided, self.result_budget, "the result of the round"),
            Wait(self.second_win_frames),
        ]

    def _decided(self, data: Mapping[str, Any]) -> bool:
        # A new fight without a new win: a draw that nobody gets anything for.
        return wins(data) != self._wins or self.playing(data)

    def _is_black(self, data: Mapping[str, Any]) -> bool:
        # Frames may show a part only, or be scaled: the whole picture is asked for when it may be black.
        return not data["frame"].any() and not self.emulator.screenshot().any()


def wins(data: Mapping[str, Any]) -> tuple[int, int]:
    """The rounds that each player has won in this stage or match."""
    return data["winsP1"], data["winsP2"]
