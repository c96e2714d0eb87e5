"""toolkit list-actions: what can be pressed on a machine."""

from __future__ import annotations

import argparse
from typing import Any

from toolkit.cli.options import add_binary, add_game, parse_media, resolve_game

HELP = "list the ports and fields of a machine, as Action(port, field) takes them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_game(parser)
    parser.add_argument("--python", action="store_true", help="print lines of Python: Action(...)")
    add_binary(parser)


def run(args: argparse.Namespace) -> int:
    from toolkit.emulator import Emulator

    roms, game = resolve_game(args.game, args.roms)
    media = parse_media(args.media)
    with Emulator("list-actions", roms, game, {}, binary_path=args.binary, media=media, screen=None) as emulator:
        fields = emulator.list_fields()
    if args.python:
        for entry in fields:
            print(f"Action({entry['port']!r}, {entry['field']!r})")
        return 0
    rows = [(entry["port"], entry["field"], _kind(entry)) for entry in fields]
    rows.insert(0, ("PORT", "FIELD", "KIND"))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for port, field, kind in rows:
        print(f"{port:{widths[0]}}  {field:{widths[1]}}  {kind}")
    return 0


def _kind(entry: dict[str, Any]) -> str:
    if entry["analog"]:
        return f"analog, {entry['minimum']} to {entry['maximum']}"
    if "settings" in entry:
        settings = ", ".join(f"{setting['value']} {setting['name']}" for setting in entry["settings"])
        return f"{entry['class']}: {settings}"
    return str(entry["class"])
