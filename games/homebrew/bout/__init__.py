"""bout, a one-on-one fighting game for the CPS3 board: its documented memory, and the reader of its counter strip."""

from games.homebrew.bout.memory import ACTS, ADDRESSES, CONTRACT, FIGHTER_BASES, MOVES, PHASES
from games.homebrew.bout.strip import read_counter

__all__ = ["ACTS", "ADDRESSES", "CONTRACT", "FIGHTER_BASES", "MOVES", "PHASES", "read_counter"]
