"""A Game Boy program of our own, assembled by hand: once per frame it counts, reads the pad and changes the picture.

At 0xC000 the frames (u16), at 0xC004 the buttons A B SELECT START as bits 0 to 3, at 0xC005 a sum of all that was held.
"""

from __future__ import annotations

FRAMES, PAD, SUM, FREE = 0xC000, 0xC004, 0xC005, 0xC100
SIZE = 0x8000

PROGRAM = bytes.fromhex(
    "f3"  # 0150        di
    "f0 44 fe 90 20 fa"  # 0151 wait:  ldh a, (LY); cp 144; jr nz, wait
    "21 00 c0 34 20 02 23 34"  # ld hl, 0xC000; inc (hl); jr nz, +2; inc hl; inc (hl)
    "3e 10 e0 00 f0 00 f0 00 2f e6 0f ea 04 c0"  # ask for the buttons, twice, as they take a moment; to 0xC004
    "21 05 c0 86 3c 77"  # ld hl, 0xC005; add a, (hl); inc a; ld (hl), a
    "e0 47"  # ldh (BGP), a: the colours
    "f0 44 fe 90 28 fa"  # leave: ldh a, (LY); cp 144; jr z, leave
    "18 d4"  # jr wait
)


def cartridge() -> bytes:
    """32 KiB without a logo in its header, which is Nintendo's; of the cores here only gambatte does without."""
    rom = bytearray(SIZE)
    rom[0x100:0x104] = bytes.fromhex("00 c3 50 01")  # nop; jp 0x150
    rom[0x134:0x13C] = b"CONTRACT"
    rom[0x150 : 0x150 + len(PROGRAM)] = PROGRAM
    rom[0x14D] = -sum(byte + 1 for byte in rom[0x134:0x14D]) & 0xFF
    return bytes(rom)
