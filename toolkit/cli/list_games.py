"""toolkit list-games: the machines that MAME knows."""

from __future__ import annotations

import argparse

from toolkit.cli.options import add_binary
from toolkit.cli.text import say

HELP = "list MAME's machines whose name or description contains every word of a text; no ROM is needed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", help="words to look for (default: list all machines)")
    add_binary(parser)


def run(args: argparse.Namespace) -> int:
    from toolkit.mame.listing import list_games

    text = " ".join(args.text)
    games = list_games(text, args.binary)
    width = max((len(game.name) for game in games), default=0)
    for game in games:
        say(f"{game.name:{width}}  {game.description}")
    if not games:
        say(f"no machine has all of these words in its name or description: {text}")
        return 1
    return 0
