"""Players of bout that learn nothing: one presses at random, one blocks, waits and punishes.

Both choose the buttons for the next nine emulated frames, as an agent of the Street Fighter environment does. The
second one looks only at memory that README.md documents, and shows how much there is to learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from games.homebrew.bout.memory import ACTS, MOVES

Buttons = tuple[str, ...]

# What a policy holds at once: directions and attack buttons by the names of MAME's fields, less "P1 ".
DIRECTIONS: tuple[Buttons, ...] = (
    ("Left",), ("Left", "Up"), ("Up",), ("Right", "Up"), ("Right",), ("Right", "Down"), ("Down",), ("Left", "Down"), (),
)  # fmt: skip
ATTACKS: tuple[Buttons, ...] = (
    ("Jab Punch",), ("Strong Punch",), ("Fierce Punch",), ("Jab Punch", "Strong Punch"),
    ("Short Kick",), ("Forward Kick",), ("Roundhouse Kick",), ("Short Kick", "Forward Kick"),
    ("Jab Punch", "Short Kick"), (),
)  # fmt: skip
HOLD_FRAMES = 9

# What `scripted` wants to be watched, by the names in memory.ADDRESSES.
WATCHED = ("xP1", "xP2", "distanceP1", "actP2", "moveP2")

LOW_FORWARD: Buttons = ("Down", "Forward Kick")
SWEEP: Buttons = ("Down", "Roundhouse Kick")
RUSH: Buttons = ("Jab Punch", "Strong Punch")
THROW: Buttons = ("Jab Punch", "Short Kick")


def random_buttons(data: Mapping[str, int], random: Random) -> Buttons:
    """Any of the nine directions with any of the ten attacks."""
    return random.choice(DIRECTIONS) + random.choice(ATTACKS)


def scripted_buttons(data: Mapping[str, int], random: Random) -> Buttons:
    """Block what comes near, strike into recoveries, go on with a rush after a hit, else walk up and poke."""
    ahead, back = ("Right", "Left") if data["xP2"] > data["xP1"] else ("Left", "Right")
    low_guard: Buttons = (back, "Down")
    distance, act, move = data["distanceP1"], data["actP2"], MOVES[data["moveP2"]]
    if act in (ACTS["startup"], ACTS["active"]) and distance < 105:
        if move == "throw":
            return (back, "Up")
        return (back,) if move.startswith("air") else low_guard
    if act == ACTS["air"] and distance < 110:
        return (back,)
    if act == ACTS["recovery"] and move != "none":
        return _punish(distance, ahead)
    if act == ACTS["hitstun"] and distance < 75:
        return RUSH
    if act == ACTS["down"]:
        return (ahead,) if distance > 70 else low_guard
    if distance > 88:
        return (ahead,) if random.random() < 0.7 else low_guard
    if distance < 50:
        return random.choice((("Down", "Short Kick"), ("Jab Punch",), THROW, low_guard, low_guard))
    return random.choice((LOW_FORWARD, ("Forward Kick",), low_guard, low_guard, (ahead,)))


def _punish(distance: int, ahead: str) -> Buttons:
    """The heaviest thing that reaches."""
    if distance <= 56:
        return ("Strong Punch",)
    if distance <= 70:
        return LOW_FORWARD
    return SWEEP if distance <= 85 else (ahead,)
