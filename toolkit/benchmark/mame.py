"""MAME beside itself without us, and beside MAMEToolkit."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, Final

from toolkit.benchmark import mame_measure as measure
from toolkit.benchmark.peer import MAMETOOLKIT, Peer
from toolkit.benchmark.report import Row
from toolkit.benchmark.suite import Section, Task
from toolkit.mame.binary import version

COUNTS: Final = (1, 2, 4, 8)
PEER: Final = MAMETOOLKIT.name


@dataclass
class MameSection(Section):
    """A machine on MAME."""

    rivals: ClassVar[Collection[Peer]] = (MAMETOOLKIT,)

    subject: measure.Subject
    seconds: int

    @property
    def title(self) -> str:
        return (
            f"{self.subject.game_id} on MAME {version(self.subject.binary)}, {self.seconds} emulated seconds each; "
            "percent of real time"
        )

    def tasks(self) -> list[Task]:
        subject, seconds = self.subject, self.seconds
        tasks: list[Task] = [
            ("raw", lambda: measure.raw_speed(subject, seconds)),
            ("ratio 1", lambda: measure.stepped_speed(subject, seconds, 1)),
            ("ratio 3", lambda: measure.stepped_speed(subject, seconds, 3)),
        ]
        if MAMETOOLKIT in self.peers:
            roms = subject.roms_path.absolute()
            peer = self.peers[MAMETOOLKIT]
            tasks.append((PEER, lambda: peer.measure("mametoolkit_step", roms, subject.game_id, seconds)))
        tasks += [
            ("start", lambda: measure.start_time(subject)),
            ("memory", lambda: measure.memory(subject)),
            ("link", lambda: measure.round_trip(subject.binary)),
        ]
        for count in COUNTS:
            tasks.append((f"x{count}", lambda count=count: measure.together(subject, count, 4.0, 3)))  # type: ignore[misc]
        return tasks

    def rows(self) -> list[Row]:
        results = self.results
        rows = [Row("raw MAME, drawing every frame", _percent(results.median("raw")), "1.00")]
        for ratio, least in (3, 1.0), (1, 0.70):
            name = f"ratio {ratio}"
            got = results.ratio(name, "raw")
            rows.append(
                Row(f"step(), frame_ratio {ratio}", _percent(results.median(name)), f"{got:.2f}", f"{least:.2f}",
                    got >= least)
            )  # fmt: skip
        rows += self.emulator_rows()
        for count in COUNTS:
            what = f"{count} at once, frame_ratio 3, {os.cpu_count()} cores"
            name = f"x{count}"
            rows.append(Row(what, _percent(results.median(name)), f"{results.ratio(name, 'x1'):.2f}"))
        return rows + self._peer_rows()

    def _peer_rows(self) -> list[Row]:
        results = self.results
        speed, start = f"{PEER} speed", f"{PEER} start"
        if MAMETOOLKIT not in self.peers:
            return [Row(PEER, "not installed")]
        peer = self.peers[MAMETOOLKIT]
        if not results.has(speed):
            return [Row(str(peer), "failed each time")]
        faster, sooner = results.ratio("ratio 3", speed), results.ratio(start, "start")
        return [
            Row(f"{peer}, frame_ratio 3{self.failed(PEER)}", _percent(results.median(speed)), "1.00"),
            Row("  step() against it", _percent(results.median("ratio 3")), f"{faster:.2f}", "1.45", faster >= 1.45),
            Row("  its constructor to first step", f"{results.median(start):.2f} s", "1.00"),
            Row("  ours against it", f"{results.median('start'):.2f} s", f"{sooner:.1f}", "8", sooner >= 8),
        ]


def _percent(value: float) -> str:
    return f"{value:.0f} %"
