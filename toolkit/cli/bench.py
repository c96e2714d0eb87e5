"""toolkit bench: how fast it is here, beside bare emulators and other libraries in the same run."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.errors import ConfigError

if TYPE_CHECKING:
    from toolkit.benchmark import Section

HELP = "measure speed beside bare emulators, and beside other libraries where those are installed"
# Emulated seconds per real second that a vector is measured.
VECTOR_SHARE = 15
SECTIONS = ("mame", "libretro", "vector")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=SECTIONS, help="measure only this (default: all)")
    parser.add_argument("--roms", type=Path, help="folder with MAME's ROM set (default: the bundled game)")
    parser.add_argument("--game", default="sfiii3n", help="MAME's machine to measure (default: sfiii3n)")
    parser.add_argument("--seconds", type=int, default=45, help="emulated seconds per measurement (default: 45)")
    parser.add_argument("--repeats", type=int, default=5, help="rounds; medians are shown (default: 5)")
    parser.add_argument("--quick", action="store_true", help="one round of 20 emulated seconds: a first impression")
    parser.add_argument("--binary", help="the MAME to run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single measurement to FILE")


def run(args: argparse.Namespace) -> int:
    from tqdm import tqdm

    from toolkit.benchmark import Suite, table

    seconds, repeats = (20, 1) if args.quick else (args.seconds, args.repeats)
    sections, missing = _sections(args, seconds)
    suite = Suite(list(sections.values()), repeats)
    with tqdm(suite.run(), total=len(suite), unit="measurement") as progress:
        for name in progress:
            progress.set_postfix_str(name)
    print(f"\n{os.cpu_count()} cores; medians of {repeats} interleaved rounds, of ratios too; more is faster.")
    for section in sections.values():
        print(f"\n{section.title}:\n\n{table(section.rows())}")
        missing += section.notes()
    if missing:
        print()
    for note in dict.fromkeys(missing):
        print(f"- {note}")
    if args.json is not None:
        measured = {
            name: {"what": section.title, "rounds": section.results.rounds, "failures": section.results.failures}
            for name, section in sections.items()
        }
        args.json.write_text(json.dumps(measured, indent=1))
        print(f"\nevery measurement: {args.json}")
    return 0


def _sections(args: argparse.Namespace, seconds: int) -> tuple[dict[str, Section], list[str]]:
    """What is measured, by name, and what to say of one that is not."""
    from games.homebrew import rom_path
    from toolkit.benchmark import libretro_measure, mame_measure, peer
    from toolkit.benchmark.libretro import PEERS, LibretroSection
    from toolkit.benchmark.mame import MameSection
    from toolkit.benchmark.vector import VectorSection
    from toolkit.mame.binary import find_binary

    peers = peer.find(peer.MAMETOOLKIT, *PEERS)
    sections: dict[str, Section] = {}
    missing = []
    if args.only in (None, "mame"):
        roms = args.roms if args.roms is not None else rom_path("bout")
        sections["mame"] = MameSection(mame_measure.Subject(roms, args.game, find_binary(args.binary)), peers, seconds)
    if args.only in (None, "libretro", "vector"):
        try:
            subject = libretro_measure.find_subject()
        except ConfigError as error:
            if args.only:
                raise
            missing.append(f"libretro and vectors were not measured: {error}")
        else:
            if args.only != "vector":
                sections["libretro"] = LibretroSection(subject, peers, seconds)
            if args.only != "libretro":
                sections["vector"] = VectorSection(subject, peers, seconds / VECTOR_SHARE)
    return sections, missing
