"""toolkit render: turns a movie into a film."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from toolkit.cli.progress import ProgressLine
from toolkit.cli.replay import add_movie
from toolkit.cli.text import say
from toolkit.errors import ConfigError

HELP = "turn a recorded movie into an MP4 with sound (ffmpeg makes it), or a GIF"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_movie(parser)
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE", help="a .mp4 or .gif")
    parser.add_argument("--no-sound", "--mute", action="store_true", help="leave the game's sound out of an MP4")
    parser.add_argument("--magnify", type=int, default=2, metavar="N", help="each pixel becomes N by N (default: 2)")
    parser.add_argument(
        "--square-pixels", action="store_true", help="keep the console's pixels square, whatever shape its screen had"
    )
    parser.add_argument("--start", type=float, default=0, metavar="S", help="leave out the first S seconds")
    parser.add_argument("--seconds", type=float, metavar="S", help="only so many seconds")


def run(args: argparse.Namespace) -> int:
    from toolkit.retro.film import write_film
    from toolkit.retro.movie import read_movie
    from toolkit.retro.replay import Player

    if not 1 <= args.magnify <= 16:
        raise ConfigError(f"--magnify is a number from 1 to 16, got {args.magnify}")
    if args.start < 0 or (args.seconds is not None and args.seconds <= 0):
        raise ConfigError("--start is 0 or more seconds, and --seconds more than 0")
    movie = read_movie(args.movie)
    line = ProgressLine()
    sound = not args.no_sound and args.output.suffix.lower() == ".mp4"
    with Player(movie, rom=args.rom, core=args.core, system=args.system, sound=sound) as player:
        aspect = None if args.square_pixels else player.aspect_ratio
        first = round(args.start * player.frame_rate)
        last = None if args.seconds is None else first + round(args.seconds * player.frame_rate)

        def frames() -> Iterator[npt.NDArray[np.uint8]]:
            for number, picture in enumerate(islice(player.play(), last)):
                if line.due():
                    line.show(f"frame {number + 1} of {len(movie.inputs)}")
                if number >= first:
                    yield picture
                elif player.sound is not None:
                    player.sound.take()  # it belongs to what is left out

        count = write_film(args.output, frames(), player.frame_rate, args.magnify, player.sound, aspect)
    line.end(f"frame {len(movie.inputs)} of {len(movie.inputs)}")
    say(f"{args.output}: {count} frames, {args.output.stat().st_size / 1e6:.1f} MB")
    return 0
