"""toolkit doctor: what is here, what is missing, what to do."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from toolkit.cli.options import BUNDLED, DEFAULT_GAME, add_binary, add_roms, resolve_game
from toolkit.cli.text import say

if TYPE_CHECKING:
    from toolkit.cli.checks import Finding

HELP = "check everything that the toolkit needs, and say what to do about each problem"
WIDTH: Final = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--game", help=f"the machine whose ROMs to check (default: {DEFAULT_GAME})")
    add_roms(parser)
    add_binary(parser)


def run(args: argparse.Namespace) -> int:
    from toolkit.cli import checks, mame_checks

    def tell(findings: Iterable[checks.Finding]) -> checks.Mark:
        marks = [checks.Mark.OK]
        for finding in findings:
            _print(finding)
            marks.append(finding.mark)
        return checks.worst(marks)

    marks = [tell(checks.python()), tell(checks.system())]
    mame, bundled = tell(mame_checks.mame(args.binary)), tell(checks.bundled_game())
    marks += [mame, bundled]
    of_ours = not args.roms and args.game in (None, BUNDLED, DEFAULT_GAME)
    if mame is not checks.Mark.PROBLEM and not (of_ours and bundled is checks.Mark.PROBLEM):
        roms, game = resolve_game(args.game, args.roms)
        marks.append(tell(mame_checks.roms(args.binary, roms, game, bundled=of_ours)))
    mark = checks.worst(marks)
    if mark is checks.Mark.PROBLEM:
        say("\nSomething that is needed does not work: see each PROBLEM above.")
        return 1
    say("\nEverything that is needed works." + (" See the warnings." if mark is checks.Mark.WARNING else ""))
    return 0


def _print(finding: Finding) -> None:
    head = f"{finding.mark.value:8} {finding.subject:16} "
    indent = " " * len(f"{'':8} {'':16} ")
    lines = textwrap.wrap(finding.found, WIDTH - len(indent), break_long_words=False, break_on_hyphens=False) or [""]
    say(head + f"\n{indent}".join(lines), flush=True)
    for paragraph in finding.advice.splitlines():
        say(textwrap.fill(paragraph, WIDTH, initial_indent=indent + "-> ", subsequent_indent=indent + "   "))
