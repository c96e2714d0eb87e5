"""hop, our platformer for the NES, as an environment."""

from games.platformer.actions import ACTIONS, BUTTONS
from games.platformer.environment import Environment
from games.platformer.policy import ScriptedPolicy

__all__ = ["ACTIONS", "BUTTONS", "Environment", "ScriptedPolicy"]
