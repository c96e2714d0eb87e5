"""What can be asked of a game by name: start states, action spaces, observations. Same members as stable-retro's."""

from __future__ import annotations

import enum


class State(enum.Enum):
    """Where an episode starts, when it is not a state's own name."""

    DEFAULT = -1
    """At the state that the integration's metadata.json names."""
    NONE = 0
    """Where the machine is after it was switched on."""


class Observations(enum.Enum):
    """What an agent sees."""

    IMAGE = 0
    """The picture: uint8, (height, width, 3), RGB."""
    RAM = 1
    """The console's memory: uint8, (bytes,), in the order in which the core keeps it."""


class Actions(enum.Enum):
    """How an agent says what it presses."""

    ALL = 0
    """One bit per button; every combination reaches the machine."""
    FILTERED = 1
    """One bit per button; combinations that the integration does not list are dropped, per group of buttons."""
    DISCRETE = 2
    """One number per combination of combinations."""
    MULTI_DISCRETE = 3
    """One number per group of buttons."""
