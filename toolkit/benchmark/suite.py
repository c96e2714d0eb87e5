"""Which measurements are taken, in which order, and what they are compared with."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import median

from toolkit.benchmark import measure, peer
from toolkit.benchmark.report import Row

logger = logging.getLogger(__name__)
COUNTS = (1, 2, 4, 8)


@dataclass
class Suite:
    """One benchmark run.

    Args:
        subject: The machine.
        seconds: Emulated seconds per measurement of speed.
        repeats: How often everything is measured; the rounds are interleaved, so that a busy moment of the machine
            hits all alike, and medians are reported.
    """

    subject: measure.Subject
    seconds: int = 45
    repeats: int = 5
    results: dict[str, list[float]] = field(default_factory=dict)
    peer_failures: int = 0

    def tasks(self) -> list[tuple[str, Callable[[], float]]]:
        """Everything to measure, by name, in order: `repeats` rounds."""
        subject, seconds = self.subject, self.seconds
        once: list[tuple[str, Callable[[], float]]] = [
            ("raw", lambda: measure.raw_speed(subject, seconds)),
            ("ratio 3", lambda: measure.stepped_speed(subject, seconds, 3)),
            ("ratio 1", lambda: measure.stepped_speed(subject, seconds, 1)),
            ("start", lambda: measure.start_time(subject)),
            ("memory", lambda: measure.memory(subject)),
            ("link", lambda: measure.round_trip(subject.binary)),
        ]
        for count in COUNTS:
            once.append((f"x{count}", lambda count=count: measure.together(subject, count, 4.0, 3)))  # type: ignore[misc]
        if peer.installed():
            once.append(("peer", lambda: self._peer()))
        return once * self.repeats

    def _peer(self) -> float:
        started, speed = peer.run(self.subject.roms_path, self.subject.game_id, self.seconds)
        self.results.setdefault("peer start", []).append(started)
        return speed

    def run(self) -> Iterator[str]:
        """Measures, yielding the name of each measurement after it is done."""
        for name, task in self.tasks():
            try:
                self.results.setdefault(name, []).append(task())
            except peer.PeerFailed as error:
                # It is no reason to lose all the other measurements.
                logger.warning("%s", error)
                self.peer_failures += 1
            yield name

    def median(self, name: str) -> float:
        return median(self.results[name])

    def rows(self) -> list[Row]:
        """What came out, against the budgets of the design."""
        raw = self.median("raw")
        rows = [Row("raw MAME, drawing every frame", _percent(raw), "1.00")]
        for ratio, least in (3, 1.0), (1, 0.70):
            got = self.median(f"ratio {ratio}") / raw
            rows.append(
                Row(f"step(), frame_ratio {ratio}", _percent(got * raw), f"{got:.2f}", f"{least:.2f}", got >= least)
            )
        link = self.median("link")
        rows.append(Row("the link alone, round trip", f"{link:.0f} us", "", "50 us", link <= 50))
        rows.append(Row("constructor to first step", f"{self.median('start'):.2f} s"))
        rows.append(Row("memory of one emulator", f"{self.median('memory'):.0f} MiB"))
        one = self.median("x1")
        for count in COUNTS:
            value = self.median(f"x{count}")
            rows.append(
                Row(f"{count} at once, frame_ratio 3, {os.cpu_count()} cores", _percent(value), f"{value / one:.2f}")
            )
        rows += self._peer_rows()
        return rows

    def _peer_rows(self) -> list[Row]:
        if not self.results.get("peer"):
            return [Row("MAMEToolkit 1.1.0", "failed each time" if self.peer_failures else peer.HOW_TO_INSTALL)]
        failures = f", failed {self.peer_failures} of {self.repeats} times" if self.peer_failures else ""
        speed, started = self.median("peer"), self.median("peer start")
        ours, start = self.median("ratio 3") / speed, started / self.median("start")
        return [
            Row(f"MAMEToolkit 1.1.0, frame_ratio 3{failures}", _percent(speed), "1.00"),
            Row("  step() against it", _percent(self.median("ratio 3")), f"{ours:.2f}", "1.45", ours >= 1.45),
            Row("  its constructor to first step", f"{started:.2f} s", "1.00"),
            Row("  ours against it", f"{self.median('start'):.2f} s", f"{start:.1f}", "8", start >= 8),
        ]


def _percent(value: float) -> str:
    return f"{value:.0f} %"
