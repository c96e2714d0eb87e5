"""toolkit list-slots: what can be plugged into a machine."""

from __future__ import annotations

import argparse

from toolkit.cli.options import add_binary
from toolkit.cli.text import say

HELP = "list a machine's slots for controllers and other devices, and what goes into each; no ROM is needed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("game", help="MAME's name of the machine")
    add_binary(parser)


def run(args: argparse.Namespace) -> int:
    from toolkit.mame.slots import list_slots

    slots = list_slots(args.game, args.binary)
    rows = [
        (slot.name, device + (" (default)" if device == slot.default else ""), description)
        for slot in slots
        for device, description in (slot.options or {"-": "nothing that you could choose"}).items()
    ]
    if not rows:
        say(f"{args.game} has no slots")
        return 0
    rows.insert(0, ("SLOT", "DEVICE", "WHAT IT IS"))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for slot, device, description in rows:
        say(f"{slot:{widths[0]}}  {device:{widths[1]}}  {description}".rstrip())
    return 0
