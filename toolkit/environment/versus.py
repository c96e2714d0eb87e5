"""Games in which every player is an agent."""

from __future__ import annotations

from typing import ClassVar

from toolkit.environment.base import GameEnvironment
from toolkit.errors import ConfigError


class VersusGame(GameEnvironment):
    """A game whose `step` takes the choices of all `players`: those of the first, then as many of the second, ...

    Rewards have the names of the players.
    """

    players: ClassVar[tuple[str, ...]] = ("P1", "P2")

    def mirrored(self, *choice: int) -> tuple[int, ...]:
        """What a player's `choice` is called in the mirror, where left is right.

        Raises:
            ConfigError: Unless overridden: the game has no such thing.
        """
        raise ConfigError(f"{type(self).__name__} does not know its actions in the mirror; leave mirror out")
