"""ROM files: what they hash to, and which of them belongs to which game."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError, RomError
from toolkit.files import unreadable
from toolkit.retro.integrations import Integrations, find_file, own_folders, unknown_game
from toolkit.retro.json_file import read_json
from toolkit.retro.systems import EXTENSIONS, SYSTEMS, system_of_game

# The largest cartridge there was; disc images are not copied about.
MAX_ROM: Final = 2**25 + 2**9
_SMD_HEADER: Final = 512
_SMD_BLOCK: Final = 0x4000


def hash_rom(data: bytes, extension: str) -> str:
    """The SHA-1 that a rom.sha has of a ROM: that of a `nes` file leaves its header out."""
    return hashlib.sha1(data[16:] if extension == "nes" else data).hexdigest()


def readings(data: bytes, extension: str) -> list[tuple[str, bytes]]:
    """What a dumped file may stand for: hashes, each with the data to store.

    A file may have a header that a copier added, or be interleaved (`smd`); the plain reading comes first.
    """
    plain = [(hash_rom(data, extension), data)]
    if extension == "nes":
        # The same cartridge without a header has the hash of the one with it.
        plain.append((hashlib.sha1(data).hexdigest(), data))
    elif len(data) % 1024 == 512:
        body = data[_SMD_HEADER:]
        plain.append((hashlib.sha1(body).hexdigest(), body))
        straight = _deinterleave(body)
        plain.append((hashlib.sha1(straight).hexdigest(), straight))
    return plain


def _deinterleave(body: bytes) -> bytes:
    """A Super Magic Drive dump in order: each 16 KiB has first its odd bytes, then its even ones."""
    result = bytearray(body)
    half = _SMD_BLOCK // 2
    for start in range(0, len(body) - _SMD_BLOCK + 1, _SMD_BLOCK):
        result[start + 1 : start + _SMD_BLOCK : 2] = body[start : start + half]
        result[start : start + _SMD_BLOCK : 2] = body[start + half : start + _SMD_BLOCK]
    return bytes(result)


def expected_hashes(game: str, integrations: Integrations) -> list[str]:
    """The hashes in a game's rom.sha; empty if it has none."""
    path = find_file(game, "rom.sha", integrations)
    return [] if path is None else read_hashes(path)


def read_hashes(path: Path) -> list[str]:
    """The hashes in a rom.sha, one per line.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        return [line.strip().lower() for line in path.read_text("ascii").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error


def find_rom(game: str, integrations: Integrations) -> Path:
    """The game's ROM.

    Raises:
        RomError: There is none; the message says how to get it there.
        ConfigError: No integration is called so.
    """
    metadata = find_file(game, "metadata.json", integrations)
    if metadata is not None:
        named = read_json(metadata).get("original_rom_name")
        if named is not None:
            path = find_file(game, named.text(), integrations)
            if path is not None:
                return path
    system = system_of_game(game)
    for extension in [*(system.extensions if system else ()), *EXTENSIONS]:
        path = find_file(game, f"rom.{extension}", integrations)
        if path is not None:
            return path
    hashes = expected_hashes(game, integrations)
    for folder in own_folders():
        # A homebrew game's ROM lies beside its integration, under its own name.
        for path in sorted(folder.parent.iterdir()) if (folder / game).is_dir() else ():
            extension = path.suffix[1:]
            if extension in EXTENSIONS and hash_rom(path.read_bytes(), extension) in hashes:
                return path
    if not hashes and find_file(game, "data.json", integrations) is None:
        raise unknown_game(game, integrations)
    which = f" (its SHA-1 is {' or '.join(hashes)})" if hashes else ""
    raise RomError(
        f"the ROM of {game} is not there{which}; run `toolkit import-roms FOLDER` with a folder that has it"
        f"{unreadable(folder / game for folder in integrations.folders)}"
    )


def stored_extension(game: str) -> str | None:
    """What a game's ROM file ends in when it is stored; None if the game's name names no console."""
    system = system_of_game(game)
    return None if system is None else SYSTEMS[system.name].extensions[0]
