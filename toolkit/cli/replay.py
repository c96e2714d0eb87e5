"""toolkit replay: plays a movie back and compares every frame."""

from __future__ import annotations

import argparse
from pathlib import Path

from toolkit.cli.progress import ProgressLine
from toolkit.cli.text import say

HELP = "play a recorded movie back, and stop at the first frame that is not what it was"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_movie(parser)


def add_movie(parser: argparse.ArgumentParser) -> None:
    """A movie, and what to play it with."""
    parser.add_argument("movie", metavar="FILE", help="a movie: ours, or a .bk2 of gym-retro or stable-retro")
    parser.add_argument("--rom", type=Path, metavar="FILE", help="the game's ROM (default: that of its integration)")
    parser.add_argument("--core", help="the libretro core, by name or path (default: the one it was recorded on)")
    parser.add_argument("--system", type=Path, metavar="FOLDER", help="with the core's BIOS files ($TOOLKIT_SYSTEM)")


def run(args: argparse.Namespace) -> int:
    from toolkit.retro.movie import read_movie
    from toolkit.retro.replay import play_movie

    movie = read_movie(args.movie)
    line = ProgressLine()
    count = 0
    for _ in play_movie(movie, rom=args.rom, core=args.core, system=args.system):
        count += 1
        if line.due():
            line.show(f"frame {count} of {len(movie.inputs)}")
    line.end(f"frame {count} of {len(movie.inputs)}")
    if movie.checksums:
        say(f"{args.movie}: {count} frames, each as it was recorded")
    else:
        say(f"{args.movie}: {count} frames played; the movie has no checksums to compare them with")
    return 0
