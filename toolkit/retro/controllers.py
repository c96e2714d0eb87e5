"""What can be plugged into a console's ports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from toolkit.checks import check_integer, is_integer
from toolkit.errors import ConfigError

MAX_PLAYERS: Final = 8
MAX_NUMBER: Final = 2**31 - 1
JOYPAD: Final = "joypad"
# libretro's own; a core may offer others besides.
CONTROLLERS: Final = {"none": 0, JOYPAD: 1, "mouse": 2, "keyboard": 3, "lightgun": 4, "analog": 5, "pointer": 6}

# For each player's port what the core says that it takes: a `name` and an `id` each.
Ports = Sequence[Sequence[Mapping[str, Any]]]


def takers(ports: Ports, controller: str) -> list[int]:
    """The players, from 1, in whose ports one of libretro's controllers can be plugged in."""
    number = CONTROLLERS[controller]
    return [player for player, kinds in enumerate(ports, 1) if any(kind["id"] == number for kind in kinds)]


def controller_number(ports: Ports, player: int, kind: str | int) -> int:
    """The number under which a core knows a controller.

    Args:
        ports: What the core offers.
        player: In whose port it is to be, from 1.
        kind: libretro's name for it, the core's own, or the number itself.

    Raises:
        ConfigError: No such player, or no such name.
    """
    player = check_integer("the player of a controller", player, 1, MAX_PLAYERS)
    own = {entry["name"]: int(entry["id"]) for entry in (ports[player - 1] if player <= len(ports) else ())}
    if is_integer(kind):
        return check_integer("the number of a controller", kind, 0, MAX_NUMBER)
    if isinstance(kind, str) and (kind in own or kind in CONTROLLERS):
        return own[kind] if kind in own else CONTROLLERS[kind]
    names = ", ".join([*CONTROLLERS, *own])
    raise ConfigError(f"there is no controller {kind!r} for player {player}; there are {names}")
