"""Where bout keeps its state: name -> (address, mode), as `Address` takes them. README.md says what each means.

The first group is what the Street Fighter environment class and other programs for the same board watch. Everything
else is bout's own; src/state.h lays it out.
"""

from __future__ import annotations

CONTRACT: dict[str, tuple[int, str]] = {
    "fighting": (0x0200EE44, "u8"),
    "fighting_2": (0x02011389, "u8"),
    "winsP1": (0x02011383, "u8"),
    "winsP2": (0x02011385, "u8"),
    "healthP1": (0x02068D0A, "s16"),
    "healthP2": (0x020691A2, "s16"),
    "sideP1": (0x02016B8E, "u8"),
    "sideP2": (0x02068C76, "u8"),
    "characterP1": (0x02011387, "u8"),
    "characterP2": (0x02011388, "u8"),
}

_GAME: dict[str, tuple[int, str]] = {
    "frame_counter": (0x02020000, "u32"),
    "rng": (0x02020004, "u32"),
    "phase": (0x02020008, "u8"),
    "stage": (0x02020009, "u8"),
    "clock": (0x0202000A, "u8"),
    "credits": (0x0202000B, "u8"),
    "round": (0x0202000C, "u8"),
    "humans": (0x0202000D, "u8"),
    "hit_stop": (0x0202000E, "u8"),
    "phase_frame": (0x02020010, "u16"),
    "round_winner": (0x02020014, "u8"),
    "match_winner": (0x02020015, "u8"),
    "menu_cursor": (0x02020017, "u8"),
    "difficulty": (0x02020018, "u8"),
    "score": (0x02020020, "u32"),
    "late_frames": (0x02020034, "u32"),
    "cpu_level": (0x02020038, "u8"),
    "menu_screen": (0x0202003A, "u8"),
    "countdown": (0x0202003B, "u8"),
}

_FIGHTER: dict[str, tuple[int, str]] = {
    "x": (0x10, "s16"),
    "y": (0x12, "s16"),
    "state": (0x15, "u8"),
    "move": (0x16, "u8"),
    "act": (0x17, "u8"),
    "timer": (0x18, "u8"),
    "facing": (0x19, "u8"),
    "meter": (0x1A, "u8"),
    "combo": (0x1B, "u8"),
    "crouching": (0x1C, "u8"),
    "airborne": (0x1D, "u8"),
    "guard": (0x1E, "u8"),
    "invulnerable": (0x1F, "u8"),
    "held": (0x20, "u16"),
    "distance": (0x24, "s16"),
    "moves_begun": (0x26, "u16"),
    "connected": (0x28, "u8"),
    "threat": (0x34, "u8"),
}

FIGHTER_BASES = (0x02020040, 0x02020080)

ADDRESSES: dict[str, tuple[int, str]] = (
    CONTRACT
    | _GAME
    | {
        f"{name}P{player}": (base + offset, mode)
        for player, base in enumerate(FIGHTER_BASES, start=1)
        for name, (offset, mode) in _FIGHTER.items()
    }
)

# Values of "phase".
PHASES = {
    "title": 1, "select": 2, "style": 3, "intro": 4, "round_intro": 5, "fight": 6, "round_end": 7, "victory": 8,
    "black": 9, "continue": 10, "game_over": 11, "ending": 12, "service": 13, "challenger": 14,
}  # fmt: skip

# Values of "actP1" and "actP2".
ACTS = {
    "free": 0, "startup": 1, "active": 2, "recovery": 3, "hitstun": 4, "blockstun": 5, "down": 6, "air": 7,
}  # fmt: skip

# Values of "moveP1" and "moveP2": six normals standing, crouching and in the air, then the specials.
MOVES = (
    "none", "jab", "strong", "fierce", "short", "forward", "roundhouse",
    "low jab", "low strong", "uppercut", "low short", "low forward", "sweep",
    "air jab", "air strong", "air fierce", "air short", "air forward", "air roundhouse",
    "rush", "rise", "throw", "super",
)  # fmt: skip
