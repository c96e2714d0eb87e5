"""Games as environments: driven through menus, rounds and stages on any emulator."""

from toolkit.environment.base import Frames, GameEnvironment, Result, StepResult
from toolkit.environment.phase import Phase
from toolkit.environment.sequence import Press, SequenceStep, Wait, WaitUntil, play, to_steps
from toolkit.environment.versus import VersusGame

__all__ = [
    "Frames",
    "GameEnvironment",
    "Phase",
    "Press",
    "Result",
    "SequenceStep",
    "StepResult",
    "VersusGame",
    "Wait",
    "WaitUntil",
    "play",
    "to_steps",
]
