"""Dumps of cartridges: which console they are for, and what headers and orders of bytes they come with.

Facts are from the consoles' own checks of a cartridge (the logo of Nintendo's handhelds, Sega's "SEGA" and "TMR SEGA")
and from what copiers and emulators put before a dump.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from toolkit.retro.systems import AMBIGUOUS, SYSTEMS, System

# As much of a file as has to be seen to know its console.
HEAD: Final = 0x10000
INES: Final = b"NES\x1a"
_FDS: Final = b"FDS\x1a"
# Of the three formats that the NES's emulators know.
NES_HEADERS: Final = (INES, b"UNIF", _FDS)
# What emulators' headers begin with, and their sizes: of the NES, its disk system, the Lynx, the Atari 7800.
_HEADERS: Final = ((0, INES, 16), (0, _FDS, 16), (0, b"LYNX", 64), (1, b"ATARI7800", 128))
# Of copiers of many consoles: Super Magic Drive, Super Wild Card, Game Doctor, Magic Super Griffin, ...
_COPIER: Final = 512
_SMD_BLOCK: Final = 0x4000
# How the word 0x80371240 at the beginning of each N64 cartridge looks in the orders of bytes that copiers store.
_N64: Final = (bytes.fromhex("80371240"), bytes.fromhex("37804012"), bytes.fromhex("40123780"))
_GAME_BOY_LOGO: Final = bytes.fromhex("ceed6666cc0d000b")
_LOGO: Final = bytes.fromhex("24ffae51699aa221")


def identify(head: bytes, extension: str) -> System | None:
    """The console that a dump is for, by its first `HEAD` bytes, or else by what its file ends in; None if neither
    tells."""
    name = _by_content(head)
    if name is not None:
        return SYSTEMS[name]
    if extension in AMBIGUOUS:
        return None
    for system in SYSTEMS.values():
        if extension in system.extensions:
            return system
    return next((system for system in SYSTEMS.values() if extension in system.dumps), None)


def _by_content(head: bytes) -> str | None:
    if head.startswith(NES_HEADERS):
        return "Nes"
    if head[:4] in _N64:
        return "N64"
    if head[0x100:0x108] == b"SEGA 32X":
        return "32x"
    if b"SEGADISCSYSTEM" in head[:0x20]:
        return "SCD"
    if b"SEGA SEGASATURN" in head[:0x20]:
        return "Saturn"
    if b"SEGA" in (head[0x100:0x104], head[0x101:0x105]):
        return "Genesis"
    if head[8:10] == b"\xaa\xbb" and _deinterleave(head[_COPIER : _COPIER + _SMD_BLOCK])[0x100:0x104] == b"SEGA":
        return "Genesis"
    if head[0x104:0x10C] == _GAME_BOY_LOGO:
        # 0xC0: it refuses to run on a Game Boy without colours.
        return "GbColor" if head[0x143:0x144] == b"\xc0" else "GameBoy"
    if head[4:12] == _LOGO and head[0xB2:0xB3] == b"\x96":
        return "GbAdvance"
    if head[0xC0:0xC8] == _LOGO:
        return "NintendoDs"
    for place in (0x7FF0, 0x3FF0, 0x1FF0):
        if head[place : place + 8] == b"TMR SEGA":
            # The regions 5 to 7 are the Game Gear's.
            return "GameGear" if 5 <= head[place + 15] >> 4 <= 7 else "Sms"
    return "Snes" if _is_snes(head) or _is_snes(head[_COPIER:]) else None


def _is_snes(head: bytes) -> bool:
    """Whether the header inside the cartridge, at one of its two places, has a checksum and its complement."""
    for place in (0x7FDC, 0xFFDC):
        complement = int.from_bytes(head[place : place + 2], "little")
        checksum = int.from_bytes(head[place + 2 : place + 4], "little")
        # What is erased has all bits set in one and none in the other, which fits by chance.
        if complement ^ checksum == 0xFFFF and 0 < checksum < 0xFFFF:
            return True
    return False


def readings(data: bytes, extension: str) -> list[tuple[str, bytes]]:
    """What a dumped file may stand for: SHA-1s, each with the data to store; the plain reading comes first.

    A header is left out of the hash, as rom.sha files mostly leave it out; what an emulator needs of headers is
    stored with the dump, and what a copier put there is not.
    """
    found: dict[str, bytes] = {}
    for content, stored in _readings(data, extension):
        found.setdefault(hashlib.sha1(content).hexdigest(), stored)
    return list(found.items())


def _readings(data: bytes, extension: str) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of what is hashed and what is stored."""
    yield data, data
    for place, magic, size in _HEADERS:
        if data[place : place + len(magic)] == magic:
            yield data[size:], data
    if extension == "nes" and data[:4] != INES:
        # stable-retro leaves out as many bytes, whatever they are.
        yield data[16:], data
    if len(data) % 1024 == _COPIER:
        body = data[_COPIER:]
        yield body, body
        straight = _deinterleave(body)
        yield straight, straight
    if data[:4] in _N64:
        # In the order of the console, and in both of the others.
        straight = _swap(data, _N64.index(data[:4]))
        for order in range(3):
            swapped = _swap(straight, order)
            yield swapped, swapped


def _deinterleave(body: bytes) -> bytes:
    """A Super Magic Drive dump in order: each 16 KiB has first its odd bytes, then its even ones."""
    result = bytearray(body)
    half = _SMD_BLOCK // 2
    for start in range(0, len(body) - _SMD_BLOCK + 1, _SMD_BLOCK):
        result[start + 1 : start + _SMD_BLOCK : 2] = body[start : start + half]
        result[start : start + _SMD_BLOCK : 2] = body[start + half : start + _SMD_BLOCK]
    return bytes(result)


def _swap(data: bytes, order: int) -> bytes:
    """An N64 dump with the bytes of each 16-bit word exchanged (1), or those of each 32-bit word reversed (2); the same
    twice is what it was."""
    group = (1, 2, 4)[order]
    whole = len(data) - len(data) % group
    result = bytearray(data)
    for byte in range(group):
        result[byte:whole:group] = data[group - 1 - byte : whole : group]
    return bytes(result)
