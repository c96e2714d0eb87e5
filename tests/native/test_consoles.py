"""Every console that stable-retro's wheel has a core for: the same memory, pictures and speed as there.

With tiny ROMs of our own, which do nothing but count in memory.
"""

import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.native.stable_retro_machine import FRAMES
from toolkit.retro.libretro_machine import start_machine
from toolkit.retro.systems import system_of_rom

SCRIPT = Path(__file__).with_name("stable_retro_machine.py")


def placed(size, *parts):
    data = bytearray(size)
    for place, part in parts:
        data[place : place + len(part)] = part
    return bytes(data)


# Each program: increment a byte of work RAM for ever.
NES = (16, b"\xe6\x10\x4c\x00\x80"), (0, b"NES\x1a\x02\x01"), (16 + 0x7FFA, b"\x00\x80" * 3)
GAME_BOY = b"\x21\x00\xc0\x34\x18\xfd"
Z80 = b"\x21\x00\xc0\x34\x18\xfd"
ROMS = {
    "nes": placed(16 + 0x8000 + 0x2000, *NES),
    "sfc": placed(0x8000, (0, b"\xe6\x10\x80\xfc"), (0x7FC0, b"TEST".ljust(21) + b"\x20\x00\x08"),
                  (0x7FDC, b"\xff\xff\x00\x00"), (0x7FFC, b"\x00\x80")),
    "gb": placed(0x8000, (0x100, b"\x00\xc3\x50\x01"), (0x134, b"TEST"), (0x150, GAME_BOY)),
    "gbc": placed(0x8000, (0x100, b"\x00\xc3\x50\x01"), (0x134, b"TEST"), (0x143, b"\x80"), (0x150, GAME_BOY)),
    "sms": placed(0x8000, (0, Z80)),
    "gg": placed(0x8000, (0, Z80)),
    "a26": placed(0x1000, (0, b"\xe6\x90\x4c\x00\xf0"), (0xFFA, b"\x00\xf0" * 3)),
    "md": placed(0x20000, (0, b"\x00\xff\xff\x00\x00\x00\x02\x00"), (0x100, b"SEGA MEGA DRIVE "),
                 (0x200, b"\x52\xb9\x00\xff\x00\x10\x60\xf8")),
    "pce": placed(0x40000, (0, b"\xa9\xf8\x53\x02\xe6\x10\x80\xfc"), (0x1FFE, b"\x00\xe0")),
}  # fmt: skip


@pytest.mark.parametrize("extension", list(ROMS))
def test_the_same_machine(tmp_path, extension):
    rom = tmp_path / f"rom.{extension}"
    rom.write_bytes(ROMS[extension])
    done = subprocess.run([sys.executable, SCRIPT, rom], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout[done.stdout.index("{") :])
    machine = start_machine(system_of_rom(rom), rom, "test", 1, None, None, 30)
    try:
        assert [list(block) for block in machine.blocks] == theirs["blocks"]
        assert machine.frame_rate == pytest.approx(theirs["rate"])
        memories = set()
        for number in range(FRAMES):
            machine.run([0])
            memory, picture = machine.ram, machine.picture
            memories.add(zlib.crc32(memory.tobytes()))
            frame = [list(picture.shape), zlib.crc32(picture.tobytes()), zlib.crc32(memory.tobytes())]
            assert frame == theirs["frames"][number], f"frame {number}"
        # It counts.
        assert len(memories) > FRAMES / 2
        # What is written is there, also in the last block.
        machine.write(len(memory) - 2, b"\x12\x34")
        machine.run([0])
        if extension != "a26":  # whose stack is there, and registers
            assert machine.ram[-2:].tobytes() == b"\x12\x34"
    finally:
        machine.close()
