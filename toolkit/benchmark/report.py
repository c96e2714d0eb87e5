"""Benchmark results as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, the value, what it is compared with, and the budget."""

    what: str
    value: str
    ratio: str = ""
    budget: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "MISSED", None: ""}[self.met]


HEAD = Row("what", "median", "ratio", "budget")


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, aligned so that it reads well in a terminal too."""
    cells = [[r.what, r.value, r.ratio, r.budget, r.verdict] for r in (HEAD, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
