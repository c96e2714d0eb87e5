"""`RetroEnv` under the name that stable-retro's module has."""

from toolkit.retro.env import RetroEnv

__all__ = ["RetroEnv"]
