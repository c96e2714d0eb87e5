"""toolkit bench: how fast it is here, beside raw MAME in the same run."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

HELP = "measure speed beside raw MAME, and beside MAMEToolkit where that is installed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--roms", type=Path, help="folder with the ROM set (default: the bundled game)")
    parser.add_argument("--game", default="sfiii3n", help="the machine to measure (default: sfiii3n)")
    parser.add_argument("--seconds", type=int, default=45, help="emulated seconds per measurement (default: 45)")
    parser.add_argument("--repeats", type=int, default=5, help="rounds; medians are shown (default: 5)")
    parser.add_argument("--quick", action="store_true", help="one round of 20 emulated seconds: a first impression")
    parser.add_argument("--binary", help="the MAME to run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single measurement to FILE")


def run(args: argparse.Namespace) -> int:
    from tqdm import tqdm

    from games.homebrew import rom_path
    from toolkit.benchmark import Suite, table
    from toolkit.benchmark.measure import Subject
    from toolkit.mame.binary import find_binary, version

    binary = find_binary(args.binary)
    roms = args.roms if args.roms is not None else rom_path("bout")
    seconds, repeats = (20, 1) if args.quick else (args.seconds, args.repeats)
    suite = Suite(Subject(roms, args.game, binary), seconds, repeats)
    with tqdm(suite.run(), total=len(suite.tasks()), unit="measurement") as progress:
        for name in progress:
            progress.set_postfix_str(name)
    print(f"\n{args.game} on MAME {version(binary)}, {os.cpu_count()} cores; medians of {repeats} interleaved rounds")
    print(f"of {seconds} emulated seconds; percent of real time, more is faster.\n")
    print(table(suite.rows()))
    if args.json is not None:
        args.json.write_text(json.dumps(suite.results, indent=1))
        print(f"\nevery measurement: {args.json}")
    return 0
