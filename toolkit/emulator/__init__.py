"""Emulators, stepped from Python."""

from toolkit.emulator.action import Action
from toolkit.emulator.address import Address
from toolkit.emulator.base import BaseEmulator
from toolkit.emulator.mame import Emulator

__all__ = ["Action", "Address", "BaseEmulator", "Emulator"]
