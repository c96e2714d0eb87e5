"""One player against the machine, through ten opponents."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, SupportsIndex

from games.street_fighter import sequences
from games.street_fighter.actions import ATTACKS, MOVES
from toolkit.emulator import Action, Address
from toolkit.environment import GameEnvironment, Result, SequenceStep, StepResult, Wait, WaitUntil
from toolkit.environment.base import check_integer

DIFFICULTIES: Final = 8
STAGES: Final = 10
WINS_FOR_A_STAGE: Final = 2


class Environment(GameEnvironment):
    """Street Fighter III: 3rd Strike (Japan, no CD), with the calls and the menu timings of MAMEToolkit 1.1.0.

    Args:
        env_id: A name for this environment, of your choice.
        roms_path: The folder, or folders, with the ROM set sfiii3n, and those of its parents.
        difficulty: 0 to 7, set in the service menu at `start`.
        frame_ratio: How many emulated frames one step of the emulator takes. Above 10 the pauses in the menus become
            longer than they were tuned to be, because each takes one step at least.
        frames_per_step: How many frames a `step` returns, each after `frame_ratio` emulated ones.
        render, throttle, frame_skip, sound, debug, binary_path: As `Emulator`.
        boot_frames: Emulated frames from power-on until the service button is pressed. MAMEToolkit had let the machine
            run for about as long (13 s) before it could send its first input; the real game shows warnings and logos
            in that time, and a machine that has not come so far would miss the button.
        character: How often right is pressed where the character is chosen. By default the choice is MAMEToolkit's:
            jab and left together.
        damage_dealt: What a point of damage done earns.
        damage_taken: What a point of damage taken costs.
        win_bonus: What winning a round earns, and losing one costs.
        emulator_options: Passed on to `Emulator`: `timeout`, `start_timeout`, `publish`, ...

    Rewards are `{"P1": x, "P2": y}`: the damage done less the damage taken, and the other way round. A knock-out leaves
    health at -1, so that the last hit counts one more than the health that was left; as in MAMEToolkit, nothing is
    taken off.

    The game is over when the machine has won two rounds of a stage, and also, with `stage_done`, when the player has
    won two of the tenth stage. `stage` is the number of the stage that is, or is next to be, played. After a draw both
    may get a win, or neither: if neither, it is a round like others; if that gives both the second, which the game does
    not do as far as known, the game counts as lost.

    The budgets of the waits are attributes, in emulated frames, to be raised where they do not suffice: `play_budget`
    (until the fight begins: with all cut scenes two minutes), `result_budget` (from the end of a fight to its result:
    half a minute) and `black_budget` (from the result of a stage to the black screen: two minutes, because a lost game
    counts down and may show a ranking).
    """

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
    action_counts: ClassVar[tuple[int, ...]] = (len(MOVES), len(ATTACKS))
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
        difficulty: int = 3,
        frame_ratio: int = 3,
        frames_per_step: int = 3,
        render: bool = False,
        throttle: bool = False,
        frame_skip: int = 0,
        sound: bool = False,
        debug: bool = False,
        binary_path: str | os.PathLike[str] | None = None,
        *,
        boot_frames: int = 1000,
        character: int | None = None,
        damage_dealt: float = 1,
        damage_taken: float = 1,
        win_bonus: float = 0,
        **emulator_options: Any,
    ) -> None:
        self.difficulty = check_integer("difficulty", difficulty, 0, DIFFICULTIES - 1)
        self.boot_frames = check_integer("boot_frames", boot_frames, 1)
        self.character = None if character is None else check_integer("character", character, 0)
        self.damage_dealt = damage_dealt
        self.damage_taken = damage_taken
        self.win_bonus = win_bonus
        self._wins = (0, 0)
        super().__init__(
            env_id,
            roms_path,
            frame_ratio,
            frames_per_step,
            render=render,
            throttle=throttle,
            frame_skip=frame_skip,
            sound=sound,
            debug=debug,
            binary_path=binary_path,
            **emulator_options,
        )

    def step(self, move_action: SupportsIndex, attack_action: SupportsIndex) -> StepResult:
        """Holds a move and an attack for `frames_per_step` frames, each `frame_ratio` emulated ones.

        Args:
            move_action: 0 left, 1 left and up, 2 up, 3 up and right, 4 right, 5 right and down, 6 down, 7 down and
                left, 8 nothing.
            attack_action: 0 jab, 1 strong, 2 fierce, 3 jab and strong; 4 short, 5 forward, 6 roundhouse, 7 short and
                forward; 8 jab and short; 9 nothing.

        Returns:
            frames, reward, round_done, stage_done, game_done; see `GameEnvironment.step`. When a round ends, the step
            goes on until it is known who won it.

        Raises:
            ConfigError: A number out of these ranges.
            StateError: No round is being fought.
        """
        return super().step(move_action, attack_action)

    def start_sequence(self) -> Sequence[SequenceStep]:
        return [
            Wait(self.boot_frames),
            *sequences.set_difficulty(self.difficulty),
            *sequences.start_game(self.character),
        ]

    def stage_sequence(self) -> Sequence[SequenceStep]:
        return [*sequences.until_black(self.black_budget, self._is_black), *sequences.next_stage()]

    def game_sequence(self) -> Sequence[SequenceStep]:
        return [*sequences.until_black(self.black_budget, self._is_black), *sequences.new_game(self.character)]

    def _is_black(self, data: Mapping[str, Any]) -> bool:
        # Frames may show a part only, or be scaled: the whole picture is asked for when it may be black.
        return not data["frame"].any() and not self.emulator.screenshot().any()

    def actions(self, *choice: int) -> Sequence[Action]:
        move, attack = choice
        return MOVES[move] + ATTACKS[attack]

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
        return _wins(data) != self._wins or self.playing(data)

    def result(self, data: Mapping[str, Any]) -> Result:
        own, others = _wins(data)
        lost = others >= WINS_FOR_A_STAGE
        won = own >= WINS_FOR_A_STAGE and not lost
        # The game sets both to 0 before the next stage, some time after it has shown them.
        self._wins = (0, 0) if lost or won else (own, others)
        return Result(stage_done=won, game_done=lost or (won and self.stage == STAGES))


def _wins(data: Mapping[str, Any]) -> tuple[int, int]:
    return data["winsP1"], data["winsP2"]
