"""Street Fighter III: 3rd Strike on MAME's machine sfiii3n."""

from games.street_fighter.actions import Actions
from games.street_fighter.environment import Environment
from games.street_fighter.two_players import TwoPlayers

__all__ = ["Actions", "Environment", "TwoPlayers"]
