"""The consoles: which files are theirs, which cores run them, where their memory begins, what their pads have.

The button lists, the memory's base and the lists of combinations are part of what an integration means (they number
the actions), so they are those of gym-retro and stable-retro. A button stands at its libretro joypad number.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from toolkit.errors import ConfigError

_PAD_3 = "UP DOWN, LEFT RIGHT, A B A+B"
_PAD_SEGA = "UP DOWN, LEFT RIGHT, A B C X Y Z A+B B+C A+X B+Y C+Z X+Y Y+Z"
_PAD_GB = "UP DOWN, LEFT RIGHT, A B SELECT A+B A+SELECT B+SELECT A+B+SELECT"
_SEGA = "B A MODE START UP DOWN LEFT RIGHT C Y X Z"
_NINTENDO = "B - SELECT START UP DOWN LEFT RIGHT A"
# 16-bit words that the core keeps in the computer's order, while the console's is big-endian.
_SWAPPED = ("=", ">", 2)


@dataclass(frozen=True)
class System:
    """One console.

    Args:
        name: As at the end of a game's name.
        extensions: Of its ROM files, without the dot, as stable-retro has them.
        cores: Names of libretro cores, the one that stable-retro takes first.
        buttons: By libretro's joypad number; None where the pad has none.
        combinations: Groups of combinations of buttons that make sense together.
        ram_base: The address of the core's system RAM, where the core has no memory map.
        overlay: Byte order in which the core keeps memory, that of the console, and of groups of how many bytes.
        headered: Bytes of a header that the ROM's hash leaves out.
        dumps: What dumps of its games end in besides. Those in `AMBIGUOUS` say nothing about the console.
    """

    name: str
    extensions: tuple[str, ...]
    cores: tuple[str, ...]
    buttons: tuple[str | None, ...]
    combinations: tuple[tuple[tuple[str, ...], ...], ...]
    ram_base: int = 0
    overlay: tuple[str, str, int] = ("=", "=", 1)
    headered: int = 0
    dumps: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """All endings that a file of one of its games may have, the most usual first."""
        return (*self.extensions, *self.dumps)


def _system(
    name: str,
    extensions: str,
    cores: str,
    buttons: str,
    groups: str,
    ram_base: int = 0,
    overlay: tuple[str, str, int] = ("=", "=", 1),
    headered: int = 0,
    dumps: str = "",
) -> System:
    return System(
        name,
        tuple(extensions.split()),
        tuple(cores.split()),
        tuple(None if button == "-" else button for button in buttons.split()),
        tuple(((), *(tuple(combo.split("+")) for combo in group.split())) for group in groups.split(", ")),
        ram_base,
        overlay,
        headered,
        tuple(dumps.split()),
    )


# Of the pad of libretro, which is every console's here.
MAX_BUTTONS: Final = 16
# Endings that files of many consoles have.
AMBIGUOUS: Final = ("bin", "rom")

SYSTEMS: Final = {
    system.name: system
    for system in (
        _system(
            "Genesis",
            "md",
            "genesis_plus_gx picodrive blastem",
            _SEGA,
            _PAD_SEGA,
            0xFF0000,
            _SWAPPED,
            dumps="gen smd mdx 68k sgd bin rom",
        ),
        _system(
            "Nes", "nes", "fceumm nestopia quicknes mesen", _NINTENDO, _PAD_3, headered=16, dumps="fds unf unif bin rom"
        ),
        _system(
            "Snes",
            "sfc",
            "snes9x bsnes_mercury_balanced bsnes_mercury_performance bsnes_mercury_accuracy bsnes",
            "B Y SELECT START UP DOWN LEFT RIGHT A X L R",
            "UP DOWN, LEFT RIGHT, A B X Y A+B B+Y Y+X X+A A+B+Y B+Y+X Y+X+A A+B+Y+X, L R L+R",
            0x7E0000,
            dumps="smc fig swc bs st bin rom",
        ),
        _system("GameBoy", "gb", "gambatte mgba sameboy", _NINTENDO, _PAD_GB, 0xC000, dumps="gbc dmg sgb cgb bin rom"),
        _system("GbColor", "gbc", "gambatte mgba sameboy", _NINTENDO, _PAD_GB, 0xC000, dumps="cgb gb bin rom"),
        _system(
            "GbAdvance",
            "gba",
            "mgba vba_next gpsp",
            f"{_NINTENDO} - L R",
            f"{_PAD_GB}, L R L+R",
            dumps="agb mb bin rom",
        ),
        _system(
            "Atari2600",
            "a26",
            "stella stella2014",
            "BUTTON - SELECT RESET UP DOWN LEFT RIGHT",
            "UP DOWN, LEFT RIGHT, BUTTON",
            0x80,
            dumps="bin rom",
        ),
        _system(
            "Sms",
            "sms",
            "genesis_plus_gx picodrive",
            "B - - PAUSE UP DOWN LEFT RIGHT A",
            _PAD_3,
            0xC000,
            dumps="sg mv bin rom",
        ),
        _system(
            "GameGear",
            "gg",
            "genesis_plus_gx picodrive",
            "B - - START UP DOWN LEFT RIGHT A",
            _PAD_3,
            0xC000,
            dumps="bin rom",
        ),
        _system("SCD", "scd", "genesis_plus_gx picodrive", _SEGA, _PAD_SEGA, overlay=_SWAPPED, dumps="cue chd iso bin"),
        _system("32x", "32x", "picodrive", _SEGA, _PAD_SEGA, overlay=_SWAPPED, dumps="bin smd md rom"),
        _system(
            "PCEngine",
            "pce",
            "mednafen_pce_fast mednafen_pce",
            "II III SELECT RUN UP DOWN LEFT RIGHT I IV V VI",
            "UP DOWN, LEFT RIGHT, I II III IV IV V I+II II+III I+IV II+V III+VI IV+V V+VI",
            0xF80000,
            dumps="sgx cue chd ccd toc bin rom",
        ),
        _system("Saturn", "chd", "mednafen_saturn", _SEGA, _PAD_SEGA, overlay=_SWAPPED, dumps="cue ccd toc iso"),
        _system("FBNeo", "zip", "fbneo", _SEGA, _PAD_SEGA, overlay=_SWAPPED, dumps="7z"),
        _system(
            "NintendoDs",
            "nds",
            "melonds desmume",
            "B Y SELECT START UP DOWN LEFT RIGHT A X L R L2 R2 L3 R3",
            "UP DOWN, LEFT RIGHT, A B X Y SELECT A+B X+Y, L R L+R",
            dumps="dsi srl bin rom",
        ),
        _system(
            "N64",
            "n64 v64 z64 bin u1 ndd",
            "parallel_n64 mupen64plus_next",
            "A B - START UP DOWN LEFT RIGHT C-RIGHT C-UP L R Z C-MODE L3 R3",
            "UP DOWN, LEFT RIGHT, A B Z L R C-UP C-RIGHT START",
            dumps="rom",
        ),
    )
}
EXTENSIONS: Final = {extension: system for system in SYSTEMS.values() for extension in system.extensions}
# Every ending that a file of any console's game may have, stable-retro's first.
FILES: Final = tuple(dict.fromkeys([*EXTENSIONS, *(name for system in SYSTEMS.values() for name in system.dumps)]))


def system_of_rom(rom: str | PurePath) -> System:
    """The console whose ROM this is, by the file's extension.

    Raises:
        ConfigError: No console has that extension.
    """
    extension = PurePath(rom).suffix[1:].lower()
    if extension not in EXTENSIONS:
        raise ConfigError(f"{rom}: no console's ROM ends in {extension!r}; known: {', '.join(sorted(EXTENSIONS))}")
    return EXTENSIONS[extension]


def system_of_game(game: str) -> System | None:
    """The console in a game's name, such as Airstriker-Genesis-v0; None if it names none."""
    base, _, last = game.rpartition("-")
    if last[:1] == "v" and last[1:].isdigit():
        base, _, last = base.rpartition("-")
    if not base:
        return None
    return SYSTEMS.get(last) or (SYSTEMS["FBNeo"] if last.lower() == "arcade" else None)
