"""Which machines MAME has."""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path
from typing import Final, NamedTuple

from toolkit.errors import ConfigError, LaunchError
from toolkit.mame.binary import find_binary, printed, query

_MACHINE: Final = re.compile(r"<machine [^>]*>")
_SET: Final = re.compile(r'\b(?:name|romof)="([a-z0-9_]+)"')
# A description may itself contain quotes: the first and the last one of the line enclose it.
_LINE: Final = re.compile(r'(?P<name>[a-z0-9_]+)\s+"(?P<description>.*)"')


class Game(NamedTuple):
    """One of MAME's machines: `name` is the game_id that an Emulator takes."""

    name: str
    description: str


def list_games(text: str = "", binary_path: str | os.PathLike[str] | None = None) -> list[Game]:
    """The machines whose name or description contains every word of `text`, in MAME's order; all without `text`.

    Upper and lower case are the same. No ROM is needed: this is what MAME knows, not what you have.

    Raises:
        ConfigError: There is no MAME.
        LaunchError: What MAME printed is no list.
    """
    if not isinstance(text, str):
        raise ConfigError(f"list_games() searches for text, got {text!r}")
    binary = find_binary(binary_path)
    # Nothing of the user's configuration: a mistake in it would fail the listing.
    answer = query(binary, ["-noreadconfig", "-listfull"])
    games = parse(answer.stdout.decode("utf-8", "replace"))
    if not games:
        raise LaunchError(
            f"{binary} -listfull listed no machine; {printed(answer)}\nIs it a MAME?", answer.args, answer.returncode
        )
    words = text.casefold().split()
    return [game for game in games if all(word in f"{game.name} {game.description}".casefold() for word in words)]


@functools.cache
def list_sets(game_id: str, binary: Path) -> tuple[str, ...]:
    """The ROM sets that a machine may take files from: its own, those of its parents and of its devices. Remembered.

    Raises:
        LaunchError: MAME could not be asked.
    """
    listing = query(binary, ["-noreadconfig", "-listxml", game_id]).stdout.decode("utf-8", "replace")
    names = [name for line in _MACHINE.findall(listing) for name in _SET.findall(line)]
    parents = [name for name in dict.fromkeys(names) if f'<machine name="{name}"' not in listing]
    return tuple(dict.fromkeys([game_id, *names, *(name for parent in parents for name in list_sets(parent, binary))]))


def parse(listing: str) -> list[Game]:
    """The machines in what `-listfull` prints; its heading and lines of any other form are left out."""
    matches = (_LINE.fullmatch(line.strip()) for line in listing.splitlines())
    return [Game(match["name"], match["description"]) for match in matches if match]
