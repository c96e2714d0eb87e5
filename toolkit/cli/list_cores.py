"""toolkit list-cores: the libretro cores that are installed here."""

from __future__ import annotations

import argparse
import json

from toolkit.cli.text import say

HELP = "list the libretro cores that RetroEmulator finds by name, and where they are"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print a list of objects with name, path and source")


def run(args: argparse.Namespace) -> int:
    from toolkit.retro.cores import core_folders, list_cores

    cores = list_cores()
    if args.json:
        say(json.dumps([{"name": c.name, "path": str(c.path), "source": c.source} for c in cores], indent=1))
        return 0
    width = max((len(core.name) for core in cores), default=0)
    for core in cores:
        say(f"{core.name:{width}}  {core.path}  ({core.source})")
    if not cores:
        say("no core was found; looked in:")
        for source, folder in core_folders():
            say(f"  {folder}  ({source})")
        say("install one (Debian: apt-get install libretro-nestopia), or name a folder in TOOLKIT_CORES")
        return 1
    return 0
