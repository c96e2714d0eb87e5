"""Vectors of environments: ours beside bare cores, and beside those of other libraries."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from toolkit.benchmark import libretro_measure
from toolkit.benchmark import vector_measure as measure
from toolkit.benchmark.peer import STABLE_RETRO, TURBO, Peer
from toolkit.benchmark.report import Row
from toolkit.benchmark.suite import Section, Task

PEERS: Final = (STABLE_RETRO, TURBO)
COUNTS: Final = (8, 16)
BOUT_COUNTS: Final = (8,)
# At which count, and what is to be reached there: against turbo, against bare cores; microseconds of the parent's.
BUDGET_COUNT: Final = 8
AGAINST_TURBO: Final = 1.05
AGAINST_BARE: Final = 0.95
PARENT: Final = 60.0
# What twice as many must keep of the speed.
KEPT: Final = 0.9
BARE_FRAME_RATE: Final = 3000
# Fewer have no half to send to while the other half runs.
FEWEST_HALVED: Final = 2
HALVES: Final = "asynchronous (send/recv, half a batch)"


@dataclass
class VectorSection(Section):
    """Many of Airstriker, and of bout on MAME.

    Args:
        counts: How many environments, of Airstriker.
        bout_counts: The same of bout, which is left out if there are none.
    """

    rivals: ClassVar[Collection[Peer]] = PEERS

    subject: libretro_measure.Subject
    seconds: float = 3.0
    counts: Sequence[int] = COUNTS
    bout_counts: Sequence[int] = BOUT_COUNTS

    def __post_init__(self) -> None:
        most = measure.most_of_bout()
        self._too_many = [count for count in self.bout_counts if count > most]
        self.bout_counts = [count for count in self.bout_counts if count <= most]

    @property
    def title(self) -> str:
        return (
            f"vectors of {libretro_measure.GAME} and bout, gray 84x84 stacked 4, {self.seconds:g} s each on "
            f"{os.cpu_count()} cores; steps (of 4 and 3 frames) per second of all environments together"
        )

    def tasks(self) -> list[Task]:
        subject, seconds = self.subject, self.seconds
        tasks: list[Task] = []
        for place, count in enumerate(self.counts):
            these: list[Task] = []
            if STABLE_RETRO in self.peers:
                task = partial(measure.stable_retro, self.peers[STABLE_RETRO], subject, count, seconds)
                these.append((f"{STABLE_RETRO.name} {count}", task))
            if TURBO in self.peers:
                for threads in _threads(count):
                    turbo = partial(measure.turbo, self.peers[TURBO], subject, count, seconds, threads)
                    these.append((f"{TURBO.name} {count} {threads}", turbo))
            # The bare cores between both ways of ours, as both are compared with them.
            if count >= FEWEST_HALVED:
                these.append((f"ours halves {count}", partial(measure.ours, "halves", count, seconds)))
            these.append((f"bare {count}", partial(measure.bare_cores, subject, _cores(count), self._bare_frames)))
            these.append((f"ours {count}", partial(measure.ours, "vector", count, seconds)))
            # To and fro, so that ours of two counts, which are compared too, stand together.
            tasks += these if place % 2 == 0 else reversed(these)
        for count in self.bout_counts:
            if count >= FEWEST_HALVED:
                tasks.append((f"bout halves {count}", partial(measure.bout, "halves", count, seconds)))
            tasks.append((f"bout {count}", partial(measure.bout, "vector", count, seconds)))
            tasks.append((f"bout async {count}", partial(measure.bout, "async", count, seconds)))
        return tasks

    @property
    def _bare_frames(self) -> int:
        return round(self.seconds * BARE_FRAME_RATE)

    # --- what came out ----------------------------------------------------------------------------------------------

    def speed(self, what: str, count: int) -> float | None:
        """Steps per second: of "bare", "ours" and "bout", "ours halves" and "bout halves" (`send` and `recv` of half a
        batch), "bout async" (AsyncVectorEnv), or of a peer by its name, with the number of threads that is best for it;
        None if it was not measured."""
        names = self._names(what, count)
        return max((self.results.median(name) for name in names), default=None)

    def ratio(self, what: str, against: str, count: int) -> float | None:
        """The median of the rounds' ratios; against a peer the smallest of those that its numbers of threads give."""
        names = [(name, other) for name in self._names(what, count) for other in self._names(against, count)]
        return min((self.results.ratio(*both) for both in names if self.results.has(*both)), default=None)

    def _names(self, what: str, count: int) -> list[str]:
        if what == TURBO.name:
            names = [f"{what} {count} {threads}" for threads in _threads(count)]
        else:
            names = [f"{what} {count}" + ("" if what in ("bare", STABLE_RETRO.name) else " speed")]
        return [name for name in names if self.results.has(name)]

    def rows(self) -> list[Row]:
        rows = []
        for count in self.counts:
            rows += self._rows(count)
        rows += self._more_rows()
        for count in self.bout_counts:
            rows.append(self._row(f"bout on MAME, {count}", "bout", count, None))
            if count >= FEWEST_HALVED:
                rows.append(self._row(f"  {HALVES}; against all together", "bout halves", count, None, "bout"))
            rows.append(self._row("  against AsyncVectorEnv over single ones", "bout async", count, "bout"))
        return rows

    def _rows(self, count: int) -> list[Row]:
        budgets = count == BUDGET_COUNT
        rows = [
            self._row(f"bare cores, {_cores(count)} at once", "bare", count, None),
            self._row(f"make_vec, {count}; against bare cores", "ours", count, None, "bare",
                      AGAINST_BARE if budgets else None),
        ]  # fmt: skip
        if count >= FEWEST_HALVED:
            rows.append(self._row(f"  {HALVES}; against bare cores", "ours halves", count, None, "bare"))
        for peer in PEERS:
            if peer in self.peers:
                least = AGAINST_TURBO if budgets and peer is TURBO else None
                rows.append(self._row(f"  against {self.peers[peer]}", peer.name, count, "ours", least=least))
            else:
                rows.append(Row(f"  against {peer.name}", "not installed"))
        return rows

    def _row(
        self,
        text: str,
        what: str,
        count: int,
        ours: str | None,
        against: str | None = None,
        least: float | None = None,
    ) -> Row:
        """A speed, with the ratio of it to another, or of ours to it."""
        speed = self.speed(what, count)
        if speed is None:
            return Row(text, "failed each time")
        failures = "".join(self.failed(name.removesuffix(" speed")) for name in self._names(what, count))
        got = self.ratio(what, against, count) if against else self.ratio(ours, what, count) if ours else None
        return Row(
            text + failures,
            f"{speed:.0f}/s",
            "" if got is None else f"{got:.2f}",
            "" if least is None else f"{least:.2f}",
            None if got is None or least is None else got >= least,
        )

    def _more_rows(self) -> list[Row]:
        results, rows = self.results, []
        half, all_of_them = f"ours {BUDGET_COUNT} speed", f"ours {2 * BUDGET_COUNT} speed"
        if results.has(half, all_of_them):
            kept = results.ratio(all_of_them, half)
            what = f"{2 * BUDGET_COUNT} emulators against {BUDGET_COUNT}"
            rows.append(Row(what, "", f"{kept:.2f}", f"{KEPT:.2f}", kept >= KEPT))
        for count in self.counts:
            if not results.has(f"ours {count} cpu"):
                continue
            cpu = results.median(f"ours {count} cpu")
            budget = ("60 us", cpu < PARENT) if count == BUDGET_COUNT else ("", None)
            rows.append(Row(f"the parent's CPU time per step of one of {count}", f"{cpu:.0f} us", "", *budget))
            rows.append(Row(f"memory of one emulator of {count}", f"{results.median(f'ours {count} memory'):.0f} MiB"))
            rows.append(Row(f"memory of the parent of {count}", f"{results.median(f'ours {count} parent'):.0f} MiB"))
        return rows

    def notes(self) -> list[str]:
        notes = super().notes()
        for count in self._too_many:
            needed = count * measure.BOUT_MEMORY / 1024
            notes.append(f"{count} emulators of bout were not measured: they take {needed:.0f} GiB of free memory")
        return notes


def _cores(count: int) -> int:
    """How many bare cores show what so many emulators could do at best: no more than can run at once."""
    return min(count, os.cpu_count() or 1)


def _threads(count: int) -> list[int]:
    """Numbers of threads of which turbo's best may be: one per processor, or one per environment."""
    return sorted({_cores(count), count})
