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
from toolkit.errors import ConfigError

HELP = "turn a recorded movie into an MP4 (with ffmpeg) or a GIF"
DEFAULT_RATE = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_movie(parser)
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE", help="a .mp4 or .gif")
    parser.add_argument("--magnify", type=int, default=2, metavar="N", help="each pixel becomes N by N (default: 2)")
    parser.add_argument("--start", type=float, default=0, metavar="S", help="leave out the first S seconds")
    parser.add_argument("--seconds", type=float, metavar="S", help="only so many seconds")


def run(args: argparse.Namespace) -> int:
    from toolkit.retro.film import write_film
    from toolkit.retro.movie import read_movie
    from toolkit.retro.replay import play_movie

    if not 1 <= args.magnify <= 16:
        raise ConfigError(f"--magnify is a number from 1 to 16, got {args.magnify}")
    if args.start < 0 or (args.seconds is not None and args.seconds <= 0):
        raise ConfigError("--start is 0 or more seconds, and --seconds more than 0")
    movie = read_movie(args.movie)
    rate = movie.details.get("frame_rate")
    rate = float(rate) if isinstance(rate, (int, float)) and 1 <= rate <= 1000 else DEFAULT_RATE
    first = round(args.start * rate)
    last = None if args.seconds is None else first + round(args.seconds * rate)
    line = ProgressLine()

    def frames() -> Iterator[npt.NDArray[np.uint8]]:
        pictures = play_movie(movie, rom=args.rom, core=args.core)
        try:
            for number, picture in enumerate(islice(pictures, last)):
                if line.due():
                    line.show(f"frame {number + 1} of {len(movie.inputs)}")
                if number >= first:
                    yield picture
        finally:
            pictures.close()  # type: ignore[attr-defined]  # it is a generator

    count = write_film(args.output, frames(), rate, args.magnify)
    line.end(f"frame {len(movie.inputs)} of {len(movie.inputs)}")
    print(f"{args.output}: {count} frames, {args.output.stat().st_size / 1e6:.1f} MB")
    return 0
