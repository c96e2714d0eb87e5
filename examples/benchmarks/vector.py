"""How the speed of many environments grows with their number, beside other libraries: table, picture, all numbers.

    python examples/benchmarks/vector.py                      everything: half an hour
    python examples/benchmarks/vector.py --quick              one short round: a first impression
    python examples/benchmarks/vector.py --counts 8 --bout    Airstriker alone, 8 of it
    python examples/benchmarks/vector.py --plot docs/vector.png --json vector.json

Airstriker needs pip install 'coinop-toolkit[retro]' stable-retro; bout needs MAME, and 0.5 GiB of memory for each.
Other libraries are found through TOOLKIT_PEER_PYTHON, as by toolkit bench; for what is missing it says what to do. The
picture needs pip install 'coinop-toolkit[bench]'. Ctrl-C ends it, and shows what was measured until then.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from toolkit.benchmark import Row, Suite, libretro_measure, table
from toolkit.benchmark.peer import STABLE_RETRO, TURBO, find
from toolkit.benchmark.vector import VectorSection
from toolkit.errors import ToolkitError

COUNTS = (1, 2, 4, 8, 16)
BOUT_COUNTS = (1, 2, 4, 8)
OURS = "coinop-toolkit"
HALVES = f"{OURS}, asynchronous (send/recv, half a batch)"
ASYNC = "Gymnasium's AsyncVectorEnv"
BARE = "bare cores"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="*", default=COUNTS, metavar="N", help="of Airstriker: 1 2 4 8 16")
    parser.add_argument("--bout", type=int, nargs="*", default=BOUT_COUNTS, metavar="N", help="of bout: 1 2 4 8")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement (default: 3)")
    parser.add_argument("--repeats", type=int, default=7, help="rounds; medians are shown (default: 7)")
    parser.add_argument("--quick", action="store_true", help="one round of one second each")
    parser.add_argument("--plot", type=Path, default=Path("vector.png"), help="the picture (default: vector.png)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single measurement to FILE")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.seconds, arguments.repeats = 1.0, 1
    if min((*arguments.counts, *arguments.bout, arguments.repeats), default=0) < 1 or arguments.seconds <= 0:
        parser.error("numbers of environments and rounds are 1 or more, seconds more than 0")
    if not arguments.counts and not arguments.bout:
        parser.error("there is nothing to measure: give a number to --counts or --bout")
    return arguments


def measured(section: VectorSection) -> dict[str, dict[str, dict[int, float]]]:
    """Steps per second by game, by whose they are, and by number of environments: of all that there are numbers of."""
    peers = {str(section.peers[peer]): peer.name for peer in (TURBO, STABLE_RETRO) if peer in section.peers}
    compared = {
        "Airstriker, 4 frames a step": {OURS: "ours", HALVES: "ours halves", **peers, BARE: "bare"},
        "bout on MAME, 3 frames a step": {
            OURS: "bout",
            HALVES: "bout halves",
            f"{ASYNC} over single ones": "bout async",
        },
    }
    counts = sorted({*section.counts, *section.bout_counts})
    games: dict[str, dict[str, dict[int, float]]] = {}
    for game, names in compared.items():
        for whose, name in names.items():
            points = {count: speed for count in counts if (speed := section.speed(name, count)) is not None}
            if points:
                games.setdefault(game, {})[whose] = points
    return games


def speeds(section: VectorSection) -> str:
    """Steps per second as a table, a column for each number of environments."""
    counts = sorted({*section.counts, *section.bout_counts})
    lines = ["| steps per second | " + " | ".join(map(str, counts)) + " |", "| --- |" + " --- |" * len(counts)]
    for game, compared in measured(section).items():
        for whose, points in compared.items():
            cells = [f"{points[count]:.0f}" if count in points else "" for count in counts]
            lines.append(f"| {game.partition(',')[0]}: {whose} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw(section: VectorSection, path: Path) -> None:
    """The same as a picture, a panel for each game that was measured."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    games = measured(section)
    size = (5.5 * len(games), 5.5)
    figure, panels = pyplot.subplots(1, len(games), figsize=size, layout="constrained", squeeze=False)
    for (game, compared), axes in zip(games.items(), panels[0], strict=True):
        for number, (whose, points) in enumerate(compared.items()):
            style = {"linestyle": "--", "color": "gray"} if whose == BARE else {"marker": "o", "color": f"C{number}"}
            axes.plot(list(points), list(points.values()), label=whose, **style)
        counts = sorted({count for points in compared.values() for count in points})
        axes.set_title(game)
        axes.set_xscale("log", base=2)
        axes.set_xticks(counts, [str(count) for count in counts])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_xlabel("environments")
        axes.set_ylabel(f"steps per second, {os.cpu_count()} cores")
        axes.grid(alpha=0.3)
        # Below, where it hides nothing.
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def measure(section: VectorSection, repeats: int) -> None:
    suite = Suite([section], repeats)
    with tqdm(suite.run(), total=len(suite), unit="measurement", dynamic_ncols=True) as bar:
        for name in bar:
            bar.set_postfix_str(name)


def report(section: VectorSection, rows: Sequence[Row], arguments: argparse.Namespace) -> None:
    print(f"\n{section.title}\n\n{speeds(section)}\n\n{table(rows)}\n")
    for note in section.notes():
        print(f"- {note}")
    try:
        if measured(section):
            draw(section, arguments.plot)
            print(f"picture: {arguments.plot}")
    except ImportError:
        print("- no picture was drawn: pip install 'coinop-toolkit[bench]' brings matplotlib")
    if arguments.json is not None:
        numbers = {"rounds": section.results.rounds, "failures": section.results.failures}
        arguments.json.write_text(json.dumps({"what": section.title, **numbers}, indent=1))
        print(f"every measurement: {arguments.json}")


def main() -> None:
    arguments = parse_arguments()
    try:
        section = VectorSection(
            libretro_measure.find_subject(),
            find(TURBO, STABLE_RETRO),
            arguments.seconds,
            arguments.counts,
            arguments.bout,
        )
        try:
            measure(section, arguments.repeats)
        except KeyboardInterrupt:
            print("stopped")
        report(section, section.rows(), arguments)
    except ToolkitError as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
