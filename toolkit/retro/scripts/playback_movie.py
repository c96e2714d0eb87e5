"""`python -m toolkit.retro.scripts.playback_movie MOVIE...`: films beside the movies; see `toolkit render`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from toolkit.cli import main as toolkit


def main(argv: Sequence[str] | None = None) -> int:
    """Makes an MP4 of each movie: the first status that is not 0, or 0."""
    parser = argparse.ArgumentParser(description="makes an MP4 of each movie, beside it; toolkit render can do more")
    parser.add_argument("movies", nargs="+", type=Path, metavar="MOVIE")
    parser.add_argument("-A", "--no-audio", action="store_true", help="leave the sound out")
    arguments = parser.parse_args(argv)
    sound = ["--no-sound"] if arguments.no_audio else []
    films = [(str(path), str(path.with_suffix(".mp4"))) for path in arguments.movies]
    return next((status for path, film in films if (status := toolkit(["render", path, "-o", film, *sound]))), 0)


if __name__ == "__main__":
    sys.exit(main())
