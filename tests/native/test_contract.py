"""A libretro core is an emulator like any other."""

import pytest

from tests.contract_emulator import EmulatorContract
from toolkit.emulator import Action, Address
from toolkit.retro import RetroEmulator


class TestTinyCore(EmulatorContract):
    action = Action(":joypad1", "A")
    effect = 5
    watched = {  # noqa: RUF012
        "frames": Address(0, "u32", device=":ram"),
        "mixed": Address(8, "u32", device=":ram"),
        "wide": Address(8, "u64", device=":ram"),
        "scratch": Address(200, "s16", device=":ram"),
    }
    scratch = Address(200, "u8", device=":ram")

    @pytest.fixture
    def make(self, cores, program, rom):
        def make(frame_ratio=3, **options):
            addresses = options.pop("memory_addresses", self.watched)
            return RetroEmulator(cores["counter"], rom, addresses, frame_ratio, **{"timeout": 30, **options})

        return make
