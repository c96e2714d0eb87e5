"""An agent that needs no learning: it reads memory, runs to the right and jumps over what is in its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from games.homebrew.hop import BUTTONS, ENEMIES, ENEMY_SLOTS
from games.platformer.actions import ACTIONS

_RUN: Final = ACTIONS.index(("Right", "B"))
_JUMP: Final = ACTIONS.index(("Right", "A", "B"))
# Distances in pixels, found by trying on level 1.
_ENEMY_AHEAD: Final = 56
_ENEMY_ABOVE: Final = 24


class ScriptedPolicy:
    """Chooses actions for `Environment` from its last reading: `policy(env.data)`. It keeps no state of its own."""

    def __call__(self, data: Mapping[str, Any]) -> int:
        """The number of the action, see `ACTIONS`. `data` is what an emulator's step returned."""
        if not data["on_ground"]:
            # As high as it goes; the button must be up again before the landing.
            return _JUMP if data["vy"] < 0 else _RUN
        if data["pad"] & BUTTONS["A"]:
            return _RUN
        blocked = data["pit_ahead"] <= 1 or data["wall_ahead"] <= 2
        return _JUMP if blocked or self._enemy_ahead(data) else _RUN

    def _enemy_ahead(self, data: Mapping[str, Any]) -> bool:
        for slot in range(ENEMY_SLOTS):
            if data[f"enemy{slot}_type"] == ENEMIES["none"] or data[f"enemy{slot}_mode"]:
                continue
            ahead = data[f"enemy{slot}_x"] - data["x"]
            above = abs(data[f"enemy{slot}_y"] - data["y"])
            if 0 < ahead < _ENEMY_AHEAD and above < _ENEMY_ABOVE:
                return True
        return False
