"""Games in which every player is an agent."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from toolkit.environment.base import GameEnvironment
from toolkit.errors import ConfigError


class VersusGame(GameEnvironment):
    """A game whose `step` takes the choices of all `players`: those of the first, then as many of the second, ...

    Rewards have the names of the players.
    """

    players: ClassVar[tuple[str, ...]] = ("P1", "P2")

    @property
    @abstractmethod
    def wins(self) -> dict[str, int]:
        """The rounds that each player has won in the match that is being played, or was played last."""

    def mirrored(self, choice: tuple[int, ...]) -> tuple[int, ...]:
        """What a player's `choice` is called in the mirror: left is right.

        Raises:
            ConfigError: Unless overridden: the game has no such thing.
        """
        raise ConfigError(f"{type(self).__name__} does not know how its actions look in the mirror; leave mirror out")

    def save_state(self) -> Any:
        """This moment, for `load_state` of this very object: the machine, and what is known of the game.

        Raises:
            StateError: As the emulator's `save_state`.
        """
        return self.emulator.save_state(), {key: value for key, value in vars(self).items() if key != "_emulator"}

    def load_state(self, state: Any) -> None:
        """Goes back to the moment of `save_state`.

        Raises:
            StateError: As the emulator's `load_state`.
        """
        machine, known = state
        self.emulator.load_state(machine)
        vars(self).update(known)
