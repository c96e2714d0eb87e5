"""toolkit import-roms: gives the integrations their ROMs."""

from __future__ import annotations

import argparse
import sys

from toolkit.cli.text import printable, say

HELP = "recognize ROMs in a folder by their hashes, inside zip archives too, and copy them to where games look for them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="where the ROMs are; folders in it are searched, too")


def run(args: argparse.Namespace) -> int:
    from tqdm import tqdm

    from toolkit.retro.import_roms import Outcome, candidates, import_file, known_hashes, skipped

    files = candidates(args.folder)
    known = known_hashes()
    if not known:
        say("no integration is installed: pip install stable-retro brings a thousand", sys.stderr)
        return 1
    found = []
    with tqdm(files, unit="file", disable=None, leave=False) as bar:
        for path in bar:
            problem = skipped(path)
            if problem is not None:
                bar.write(printable(f"{path} {problem}"), file=sys.stderr)
            for item in import_file(path, known):
                found.append(item)
                where = item.reason if item.target is None else item.target
                bar.write(printable(f"{item.game}: {item.outcome.value}, {where} (from {item.source})"))
    recognized = len({item.game for item in found if item.target is not None})
    total = len({game for games in known.values() for game in games})
    new = len({item.game for item in found if item.outcome is Outcome.IMPORTED})
    say(f"{len(files)} files: {recognized} games recognized, {new} imported, of {total} known")
    return 0 if recognized else 1
