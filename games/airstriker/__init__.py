"""Airstriker, a free shooting game for the Mega Drive, on a libretro core."""

from games.airstriker.environment import Environment

__all__ = ["Environment"]
