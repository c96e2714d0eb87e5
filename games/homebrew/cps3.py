"""Makes the file set that MAME's driver `sfiii3n` loads, around a program of our own.

The facts come from MAME's src/mame/capcom/cps3.cpp (the mask, the keys, the memory map) and from
`mame -listxml sfiii3n` (names and sizes of the files). They were checked against MAME 0.251: a program encrypted
here boots there.
"""

from __future__ import annotations

import io
import struct
import zipfile

SET_NAME = "sfiii3n"
BOOT_FILE = "sfiii3_japan_nocd.29f400.u2"
BOOT_SIZE = 0x80000
KEY1 = 0xA55432B4
KEY2 = 0x0C129981
FLASH_SIZE = 0x200000
# (number of the SIMM, its chips): `mame -listxml sfiii3n` names them sfiii3-simm1.0 to sfiii3-simm6.7.
SIMMS = ((1, 4), (2, 4), (3, 8), (4, 8), (5, 8), (6, 8))
# A zip archive's oldest date: the archive must not depend on when it was made.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def _rotate_left(value: int, count: int) -> int:
    return ((value << count) | (value >> (16 - count))) & 0xFFFF


def _mix(value: int, key: int) -> int:
    total = (value + _rotate_left(value, 2)) & 0xFFFF
    return _rotate_left(total, 4) ^ (total & (value ^ key))


def mask(address: int, key1: int = KEY1, key2: int = KEY2) -> int:
    """The 32-bit word that the security cartridge XORs with the word at `address` (a multiple of 4)."""
    address ^= key1
    value = (address & 0xFFFF) ^ 0xFFFF
    value = _mix(value, key2 & 0xFFFF)
    value ^= (address >> 16) ^ 0xFFFF
    value = _mix(value, key2 >> 16)
    value ^= (address & 0xFFFF) ^ (key2 & 0xFFFF)
    return value << 16 | value


def encrypt(data: bytes, base: int = 0) -> bytes:
    """XOR every big-endian word of `data` with its mask; the same call decrypts.

    Raises:
        ValueError: The length or the base address is not a multiple of 4.
    """
    if len(data) % 4 or base % 4:
        raise ValueError(f"length {len(data)} and base {base:#x} must be multiples of 4")
    words = struct.unpack(f">{len(data) // 4}I", data)
    masked = (word ^ mask(base + 4 * index) for index, word in enumerate(words))
    return struct.pack(f">{len(words)}I", *masked)


def flash_names() -> list[str]:
    """The 40 flash chips of the set, all of `FLASH_SIZE` bytes."""
    return [f"sfiii3-simm{simm}.{chip}" for simm, chips in SIMMS for chip in range(chips)]


def set_files() -> dict[str, int]:
    """The names and the sizes of the files in a set."""
    return {BOOT_FILE: BOOT_SIZE, **dict.fromkeys(flash_names(), FLASH_SIZE)}


def make_set(program: bytes) -> bytes:
    """The bytes of `sfiii3n.zip` with `program` (plain, big-endian SH-2 code for address 0) as boot ROM.

    The flash chips are all zero. Equal programs give equal archives, byte for byte, under one version of zlib.

    Raises:
        ValueError: The program is empty or larger than the boot ROM.
    """
    if not 0 < len(program) <= BOOT_SIZE:
        raise ValueError(f"program has {len(program)} bytes, the boot ROM holds 1 to {BOOT_SIZE}")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, BOOT_FILE, encrypt(program.ljust(BOOT_SIZE, b"\xff")))
        for name in flash_names():
            _add(archive, name, bytes(FLASH_SIZE))
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _ZIP_DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data, compresslevel=6)
