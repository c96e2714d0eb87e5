"""MAME is an emulator like any other."""

import pytest

from tests.contract_emulator import EmulatorContract
from toolkit.emulator import Action, Address, Emulator


class TestBout(EmulatorContract):
    action = Action(":INPUTS", "Coin 1")
    effect = 60
    watched = {  # noqa: RUF012
        "frames": Address(0x02020000, "u32"),
        "random": Address(0x02020004, "u32"),
        "wide": Address(0x02020000, "u64"),
        "health1": Address(0x02068D0A, "s16"),
    }
    boot = 300
    scratch = Address(0x0207F000, "u8")

    @pytest.fixture
    def make(self, mame, bout_roms):
        def make(frame_ratio=3, **options):
            addresses = options.pop("memory_addresses", self.watched)
            options = {"binary_path": mame, "timeout": 60, **options}
            return Emulator("contract", bout_roms, "sfiii3n", addresses, frame_ratio, **options)

        return make
