"""Reads the frame counter that bout draws for machines into the lower left corner of every screen.

32 cells, the highest bit on the left, each 2x2 pixels: bit 31 - i covers x = 2 * i and 2 * i + 1 in lines 222 and 223.
White (248, 248, 248) is 1, black is 0. The all-black screens between stages carry no strip.
"""

from __future__ import annotations

from typing import Any

LINE, CELL, BITS = 222, 2, 32
WHITE = 248


def read_counter(frame: Any) -> int:
    """The counter in `frame`, a uint8 array of shape (224, 384, 3).

    Raises:
        ValueError: The corner does not hold clean black and white cells. An all-black screen reads as 0.
    """
    cells = frame[LINE : LINE + CELL, : CELL * BITS]
    value = 0
    for index in range(BITS):
        cell = cells[:, CELL * index : CELL * (index + 1)]
        low, high = int(cell.min()), int(cell.max())
        if low != high or low not in (0, WHITE):
            raise ValueError(f"cell {index} of the counter strip has values from {low} to {high}, not 0 or {WHITE}")
        value = value << 1 | (low == WHITE)
    return value
