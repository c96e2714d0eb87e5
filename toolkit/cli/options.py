"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError

DEFAULT_GAME: Final = "sfiii3n"
BUNDLED: Final = "bout"


def add_binary(parser: argparse.ArgumentParser) -> None:
    """--binary, as binary_path= of an Emulator."""
    parser.add_argument(
        "--binary", metavar="PROGRAM", help="the MAME to run (default: $TOOLKIT_MAME, or the one that is installed)"
    )


def add_game(parser: argparse.ArgumentParser) -> None:
    """A machine and its ROM folder; without both, the bundled game."""
    parser.add_argument(
        "game",
        nargs="?",
        help=f"MAME's name of the machine, or {BUNDLED} for the bundled game (default: {BUNDLED})",
    )
    add_roms(parser)
    parser.add_argument(
        "--media",
        action="append",
        default=[],
        metavar="SLOT=FILE",
        help="a file for a media slot of a console or computer, such as cart=game.nes; may be given several times",
    )
    parser.add_argument(
        "--slot",
        action="append",
        default=[],
        metavar="SLOT=DEVICE",
        help="what is plugged into a slot, such as joyport1=pad; toolkit list-slots shows what can be",
    )


def add_roms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--roms",
        action="append",
        type=Path,
        metavar="FOLDER",
        help="a folder with ROM sets; may be given several times",
    )


def resolve_game(game: str | None, roms: list[Path] | None) -> tuple[list[Path], str]:
    """The ROM folders and the machine that were asked for.

    Without ROM folders, the bundled game's set stands in for its machine's; other machines then get no folder, which
    is enough for the few that need no ROM.
    """
    from games.homebrew import rom_path

    if game in (None, BUNDLED) or (game == DEFAULT_GAME and not roms):
        if roms and game == BUNDLED:
            raise ConfigError(f"{BUNDLED} is the bundled game and has its own ROM set; leave --roms out")
        return roms or [Path(rom_path(BUNDLED))], DEFAULT_GAME
    assert game is not None
    return roms or [], game


def parse_slots(given: list[str]) -> dict[str, str | None]:
    """What `--slot SLOT=DEVICE` gave, as slots= of an Emulator; nothing behind the = is nothing in the slot."""
    slots: dict[str, str | None] = {}
    for text in given:
        slot, separator, device = text.partition("=")
        if not separator:
            raise ConfigError(f"--slot takes SLOT=DEVICE, such as joyport1=pad; got {text!r}")
        slots[slot] = device or None
    return slots


def parse_media(given: list[str]) -> dict[str, str]:
    """What `--media SLOT=FILE` gave, as media= of an Emulator."""
    media = {}
    for text in given:
        slot, separator, path = text.partition("=")
        if not separator:
            raise ConfigError(f"--media takes SLOT=FILE, such as cart=game.nes; got {text!r}")
        media[slot] = path
    return media
