"""One player against the machine, through ten opponents."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, SupportsIndex

from games.street_fighter import sequences
from games.street_fighter.actions import ATTACKS, MOVES
from games.street_fighter.base import WINS_FOR_A_STAGE, StreetFighter, wins
from toolkit.checks import check_integer
from toolkit.emulator import Action
from toolkit.environment import Result, SequenceStep, StepResult, Wait

DIFFICULTIES: Final = 8
STAGES: Final = 10


class Environment(StreetFighter):
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

    action_counts: ClassVar[tuple[int, ...]] = (len(MOVES), len(ATTACKS))

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
        self.character = None if character is None else check_integer("character", character, 0)
        super().__init__(
            env_id,
            roms_path,
            frame_ratio,
            frames_per_step,
            boot_frames=boot_frames,
            damage_dealt=damage_dealt,
            damage_taken=damage_taken,
            win_bonus=win_bonus,
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

    def actions(self, *choice: int) -> Sequence[Action]:
        move, attack = choice
        return MOVES[move] + ATTACKS[attack]

    def result(self, data: Mapping[str, Any]) -> Result:
        own, others = wins(data)
        lost = others >= WINS_FOR_A_STAGE
        won = own >= WINS_FOR_A_STAGE and not lost
        # The game sets both to 0 before the next stage, some time after it has shown them.
        self._wins = (0, 0) if lost or won else (own, others)
        return Result(stage_done=won, game_done=lost or (won and self.stage == STAGES))
