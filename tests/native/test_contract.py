"""A libretro core is an emulator like any other: a tiny one, and real ones with games of our own."""

import pytest

from games.homebrew import hop, rom_path
from tests.contract_emulator import EmulatorContract
from tests.native import game_boy
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


class TestGameBoy(EmulatorContract):
    action = Action(":joypad1", "A")
    effect = 5
    boot = 5
    watched = {  # noqa: RUF012
        "frames": Address(game_boy.FRAMES, "<u2"),
        "pad": Address(game_boy.PAD, "u8"),
        "sum": Address(game_boy.SUM, "u8"),
    }
    scratch = Address(game_boy.FREE, "u8")

    @pytest.fixture
    def make(self, program, tmp_path):
        rom = tmp_path / "contract.gb"
        rom.write_bytes(game_boy.cartridge())

        def make(frame_ratio=3, **options):
            addresses = options.pop("memory_addresses", self.watched)
            return RetroEmulator("gambatte", rom, addresses, frame_ratio, **{"timeout": 30, **options})

        return make

    def test_what_the_game_sees(self, emulator):
        emulator.step([self.action, Action(":joypad1", "START")])
        assert emulator.run(0)["pad"] == 0b1001
        emulator.step()
        assert emulator.run(0)["pad"] == 0


class TestNes(EmulatorContract):
    action = Action(":joypad1", "START")
    effect = 60
    boot = 120
    watched = {  # noqa: RUF012
        "frames": Address(*hop.ADDRESSES["frame_counter"]),
        "pad": Address(*hop.ADDRESSES["pad"]),
        "state": Address(*hop.ADDRESSES["state"]),
    }
    # The bottom of the stack, which is never that deep.
    scratch = Address(0x0100, "u8")

    @pytest.fixture
    def make(self, program):
        def make(frame_ratio=3, **options):
            addresses = options.pop("memory_addresses", self.watched)
            return RetroEmulator(
                "nestopia", rom_path("hop") / "hop.nes", addresses, frame_ratio, **{"timeout": 30, **options}
            )

        return make
