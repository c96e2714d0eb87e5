"""toolkit list-actions: what can be pressed on a machine."""

from __future__ import annotations

import argparse
from typing import Any

from toolkit.cli.options import add_binary, add_game, parse_media, parse_slots, resolve_game
from toolkit.cli.text import say

HELP = "list the ports and fields of a machine, as Action(port, field) takes them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_game(parser)
    parser.add_argument("--python", action="store_true", help="print lines of Python: Action(...)")
    add_binary(parser)


def run(args: argparse.Namespace) -> int:
    from toolkit.emulator import Emulator

    roms, game = resolve_game(args.game, args.roms)
    media, slots = parse_media(args.media), parse_slots(args.slot)
    with Emulator(
        "list-actions", roms, game, {}, binary_path=args.binary, media=media, slots=slots, screen=None
    ) as emulator:
        fields = emulator.list_fields()
    if args.python:
        for entry in fields:
            say(_line(entry))
        return 0
    rows = [(entry["port"], entry["field"], _kind(entry)) for entry in fields]
    rows.insert(0, ("PORT", "FIELD", "KIND"))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for port, field, kind in rows:
        say(f"{port:{widths[0]}}  {field:{widths[1]}}  {kind}")
    return 0


def _line(entry: dict[str, Any]) -> str:
    """A line of Python that makes an Action of the field, with a value that it takes."""
    from toolkit.emulator.fields import usable_value

    names = f"{entry['port']!r}, {entry['field']!r}"
    if not entry["settable"]:
        return f"# Action({names}): {entry['reason']}"
    pressed = entry["kind"] in ("digital", "toggle")
    return f"Action({names})" if pressed else f"Action({names}, {usable_value(entry)})  # {_kind(entry)}"


def _kind(entry: dict[str, Any]) -> str:
    kind, name = entry["kind"], entry["class"]
    text = kind if name in (kind, "controller", "misc") else f"{kind}, {name}"
    if "settings" in entry:
        text += ": " + ", ".join(f"{setting['value']} {setting['name']}" for setting in entry["settings"])
    elif "minimum" in entry:
        text += f", {entry['minimum']} to {entry['maximum']}"
    if "impulse" in entry:
        text += f", counts for {entry['impulse']} frames"
    if "hides" in entry:
        text += f", hides {', '.join(entry['hides'])}"
    if not entry["settable"]:
        text += f"; cannot be set: {entry['reason']}"
    elif not entry.get("enabled", True):
        text += "; without effect now"
    return text
