"""hop, a platformer for the NES: its documented memory, and the ways into its levels."""

from games.homebrew.hop.memory import (
    ADDRESSES,
    BUTTONS,
    DEATHS,
    ENEMIES,
    ENEMY_SLOTS,
    ITEM_SLOTS,
    LEVELS,
    LIVES,
    STATES,
    WORLD,
    WORLD_COLUMNS,
    WORLD_ROWS,
)

__all__ = [
    "ADDRESSES",
    "BUTTONS",
    "DEATHS",
    "ENEMIES",
    "ENEMY_SLOTS",
    "ITEM_SLOTS",
    "LEVELS",
    "LIVES",
    "STATES",
    "WORLD",
    "WORLD_COLUMNS",
    "WORLD_ROWS",
]
