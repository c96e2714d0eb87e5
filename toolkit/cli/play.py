"""toolkit play: a window for a human."""

from __future__ import annotations

import argparse

from toolkit.cli.options import add_binary, add_game, parse_media, parse_slots, resolve_game

HELP = """play a game yourself, in MAME's own window. It needs a display.

  5, 6        insert a coin for player 1, 2
  1, 2        start for player 1, 2
  arrows      player 1's stick
  Ctrl Alt Space, Shift Z X    player 1's buttons 1 to 3, 4 to 6
  Tab         MAME's menu, where all keys can be changed
  P           pause                 Esc   leave"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_game(parser)
    parser.add_argument("--no-sound", action="store_true", help="play in silence")
    parser.add_argument("--full-screen", action="store_true", help="fill the screen instead of opening a window")
    add_binary(parser)


def run(args: argparse.Namespace) -> int:
    from toolkit.mame.windows import open_window

    roms, game = resolve_game(args.game, args.roms)
    open_window(
        game,
        roms or None,
        # A window of the machine's own few pixels is too small for a human.
        ["-nowindow"] if args.full_screen else ["-maximize"],
        sound=not args.no_sound,
        skip_warnings=True,
        binary_path=args.binary,
        media=parse_media(args.media),
        slots=parse_slots(args.slot),
    )
    return 0
