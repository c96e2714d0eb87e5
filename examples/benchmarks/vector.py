"""How the speed of many environments grows with their number, beside other libraries: table, picture, all numbers.

    python examples/benchmarks/vector.py                      everything: half an hour
    python examples/benchmarks/vector.py --quick              one short round: a first impression
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
ASYNC = "Gymnasium's AsyncVectorEnv"


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
    return arguments


def lines_of(section: VectorSection) -> list[tuple[str, dict[str, str]]]:
    """What is compared with one another: a title, and the section's names by what is written beside them."""
    names = {OURS: "ours"}
    names |= {str(section.peers[peer]): peer.name for peer in (TURBO, STABLE_RETRO) if peer in section.peers}
    return [
        ("Airstriker, 4 frames a step", {**names, "bare cores": "bare"}),
        ("bout on MAME, 3 frames a step", {OURS: "bout", f"{ASYNC} over single ones": "bout async"}),
    ]


def speeds(section: VectorSection) -> str:
    """Steps per second as a table, a column for each number of environments."""
    counts = sorted({*section.counts, *section.bout_counts})
    lines = ["| steps per second | " + " | ".join(map(str, counts)) + " |", "| --- |" + " --- |" * len(counts)]
    for title, names in lines_of(section):
        for text, name in names.items():
            found = [section.speed(name, count) for count in counts]
            if any(found):
                cells = ["" if speed is None else f"{speed:.0f}" for speed in found]
                lines.append(f"| {title.partition(',')[0]}: {text} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw(section: VectorSection, path: Path) -> None:
    """The same as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, places = pyplot.subplots(1, 2, figsize=(11, 5), layout="constrained")
    for (title, names), counts, axes in zip(
        lines_of(section), (section.counts, section.bout_counts), places, strict=True
    ):
        for number, (text, name) in enumerate(names.items()):
            points = [(count, speed) for count in sorted(counts) if (speed := section.speed(name, count)) is not None]
            if not points:
                continue
            style = {"linestyle": "--", "color": "gray"} if name == "bare" else {"marker": "o", "color": f"C{number}"}
            axes.plot(*zip(*points, strict=True), label=text, **style)
        axes.set_title(title)
        axes.set_xscale("log", base=2)
        axes.set_xticks(sorted(counts), [str(count) for count in sorted(counts)])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_xlabel("environments")
        axes.set_ylabel(f"steps per second, {os.cpu_count()} cores")
        axes.grid(alpha=0.3)
        if axes.lines:
            # Below, where it hides nothing.
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False)
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
        draw(section, arguments.plot)
        print(f"picture: {arguments.plot}")
    except ImportError:
        print("- no picture was drawn: pip install 'coinop-toolkit[bench]' brings matplotlib")
    if arguments.json is not None:
        measured = {"rounds": section.results.rounds, "failures": section.results.failures}
        arguments.json.write_text(json.dumps({"what": section.title, **measured}, indent=1))
        print(f"every measurement: {arguments.json}")


def main() -> int:
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
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
