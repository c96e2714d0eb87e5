"""Emulators, stepped from Python."""

from toolkit.emulator.action import Action
from toolkit.emulator.actions import list_actions
from toolkit.emulator.address import Address
from toolkit.emulator.base import BaseEmulator
from toolkit.emulator.mame import Emulator
from toolkit.emulator.observation import Observation
from toolkit.mame.listing import list_games
from toolkit.mame.slots import list_slots
from toolkit.mame.windows import run_cheat_debugger, see_games

__all__ = [
    "Action",
    "Address",
    "BaseEmulator",
    "Emulator",
    "Observation",
    "list_actions",
    "list_games",
    "list_slots",
    "run_cheat_debugger",
    "see_games",
]
