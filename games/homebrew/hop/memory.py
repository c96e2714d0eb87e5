"""Where hop keeps its state: name -> (address, mode), as `Address` takes them. README.md says what each means.

The addresses are those of the NES's own RAM, which all emulators show from 0; src/state.s lays them out.
"""

from __future__ import annotations

from typing import Final

_GAME: Final[dict[str, tuple[int, str]]] = {
    "state": (0x0300, "u8"),
    "level": (0x0301, "u8"),
    "lives": (0x0302, "u8"),
    "coins": (0x0303, "u8"),
    "score": (0x0304, "<u4"),
    "time": (0x0308, "<u2"),
    "frame_counter": (0x030A, "<u4"),
    "late_frames": (0x030E, "<u2"),
    "x": (0x0310, "<u2"),
    "y": (0x0312, "<i2"),
    "x_sub": (0x0314, "u8"),
    "y_sub": (0x0315, "u8"),
    "vx": (0x0316, "<i2"),
    "vy": (0x0318, "<i2"),
    "on_ground": (0x031A, "u8"),
    "facing": (0x031B, "u8"),
    "death": (0x031C, "u8"),
    "flag_reached": (0x031D, "u8"),
    "camera": (0x031E, "<u2"),
    "level_width": (0x0320, "<u2"),
    "flag_x": (0x0322, "<u2"),
    "state_timer": (0x0324, "<u2"),
    "rng": (0x0326, "<u2"),
    "best_x": (0x0328, "<u2"),
    "start_level": (0x032A, "u8"),
    "power": (0x032B, "u8"),
    "chain": (0x032C, "u8"),
    "deaths": (0x032D, "u8"),
    "levels_done": (0x032E, "u8"),
    "hurt_timer": (0x032F, "u8"),
    "pad": (0x0330, "u8"),
    "pad_new": (0x0331, "u8"),
    "pit_ahead": (0x0332, "u8"),
    "wall_ahead": (0x0333, "u8"),
}

ENEMY_SLOTS: Final = 8

# Name -> (address in slot 0, mode, bytes from one slot to the next).
_ENEMY: Final[dict[str, tuple[int, str, int]]] = {
    "type": (0x0340, "u8", 1),
    "mode": (0x0348, "u8", 1),
    "x": (0x0350, "<u2", 2),
    "y": (0x0360, "u8", 1),
    "vx": (0x0368, "s8", 1),
    "vy": (0x0370, "s8", 1),
    "timer": (0x0378, "u8", 1),
}

ITEM_SLOTS: Final = 4

_ITEM: Final[dict[str, tuple[int, str, int]]] = {
    "type": (0x0380, "u8", 1),
    "timer": (0x0384, "u8", 1),
    "x": (0x0388, "<u2", 2),
    "y": (0x0390, "u8", 1),
}


def _slots(prefix: str, fields: dict[str, tuple[int, str, int]], count: int) -> dict[str, tuple[int, str]]:
    return {
        f"{prefix}{slot}_{name}": (address + step * slot, mode)
        for slot in range(count)
        for name, (address, mode, step) in fields.items()
    }


ADDRESSES: Final[dict[str, tuple[int, str]]] = (
    _GAME | _slots("enemy", _ENEMY, ENEMY_SLOTS) | _slots("item", _ITEM, ITEM_SLOTS)
)

# The part of the level that is decoded: ROWS rows of 32 columns, column `x // 16 % 32`, each byte a tile's number.
WORLD: Final = 0x0400
WORLD_ROWS: Final = 13
WORLD_COLUMNS: Final = 32

# Values of "state".
STATES: Final = {
    "boot": 0, "title": 1, "intro": 2, "play": 3, "dying": 4, "flag": 5, "tally": 6, "game_over": 7, "ending": 8,
}  # fmt: skip

# Values of "death".
DEATHS: Final = {"alive": 0, "enemy": 1, "pit": 2, "time": 3, "thorns": 4}

# Values of "enemyN_type"; a burr cannot be stomped.
ENEMIES: Final = {"none": 0, "caterpillar": 1, "frog": 2, "bat": 3, "burr": 4, "beetle": 5}

# Bits of "pad" and "pad_new".
BUTTONS: Final = {"A": 0x80, "B": 0x40, "Select": 0x20, "Start": 0x10, "Up": 8, "Down": 4, "Left": 2, "Right": 1}

LEVELS: Final = 6
LIVES: Final = 3
