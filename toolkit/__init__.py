"""coinop-toolkit: any emulated game as a fast, deterministic, crash-proof reinforcement-learning environment."""

__version__ = "0.1.0"
