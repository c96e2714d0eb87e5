"""Street Fighter III: 3rd Strike on MAME's machine sfiii3n."""

from games.street_fighter.actions import Actions
from games.street_fighter.environment import Environment

__all__ = ["Actions", "Environment"]
