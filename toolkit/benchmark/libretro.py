"""A libretro core beside itself without us, and environments beside those of stable-retro and stable-retro-turbo."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, Final

from toolkit.benchmark import libretro_measure as measure
from toolkit.benchmark.peer import OURSELVES, STABLE_RETRO, TURBO, Found, Peer
from toolkit.benchmark.report import Row
from toolkit.benchmark.suite import Section, Task

REFRESH_RATE: Final = 59.92
# Those whose RetroEnv is measured, and how many times as fast ours has to be.
PEERS: Final[dict[Peer, float | None]] = {STABLE_RETRO: 1.1, TURBO: None}
OURS: Final = "make"


@dataclass
class LibretroSection(Section):
    """A game on its libretro core."""

    rivals: ClassVar[Collection[Peer]] = PEERS

    subject: measure.Subject
    seconds: int

    @property
    def title(self) -> str:
        return (
            f"{measure.GAME} on the libretro core {self.subject.core.stem}, {self.seconds} emulated seconds each; "
            "frames per second"
        )

    def tasks(self) -> list[Task]:
        subject, frames = self.subject, round(self.seconds * REFRESH_RATE)
        tasks: list[Task] = [
            ("bare", lambda: measure.bare_core(subject, frames)),
            ("step", lambda: measure.stepped_speed(subject, frames)),
            ("step_buttons", lambda: measure.button_speed(subject, frames)),
            (OURS, lambda: self._environment(OURSELVES, "toolkit.retro", frames)),
        ]
        for peer in PEERS:
            if peer in self.peers:
                found = self.peers[peer]
                tasks.append((peer.name, lambda found=found: self._environment(found, "stable_retro", frames)))  # type: ignore[misc]
        return [
            *tasks,
            ("link", lambda: measure.round_trip(subject)),
            ("start", lambda: measure.start_time(subject)),
            ("memory", lambda: measure.memory(subject)),
        ]

    def _environment(self, found: Found, module: str, frames: int) -> dict[str, float]:
        return found.measure("retro_step", module, self.subject.folder, measure.STATE, frames)

    def rows(self) -> list[Row]:
        results = self.results
        rows = [Row("the core alone, drawing every frame", _speed(results.median("bare")), "1.00")]
        for name in "step", "step_buttons":
            got = results.ratio(name, "bare")
            what = f"{name}(), 4 frames a step, RGB and work RAM"
            rows.append(Row(what, _speed(results.median(name)), f"{got:.2f}", "0.95", got >= 0.95))
        rows += self._environment_rows()
        return rows + self.emulator_rows()

    def _environment_rows(self) -> list[Row]:
        results = self.results
        ours = f"{OURS} speed"
        what = "toolkit.retro.make(), 1 frame a step"
        if not results.has(ours):
            return [Row(what, "failed each time")]
        rows = [Row(what + self.failed(OURS), _speed(results.median(ours)), f"{results.ratio(ours, 'bare'):.2f}")]
        for peer, budget in PEERS.items():
            theirs = f"{peer.name} speed"
            if peer not in self.peers:
                rows.append(Row(f"  against {peer.name}", "not installed"))
            elif not results.has(ours, theirs):
                rows.append(Row(f"  against {self.peers[peer]}", "failed each time"))
            else:
                got = results.ratio(ours, theirs)
                least, met = ("", None) if budget is None else (f"{budget:.2f}", got >= budget)
                what = f"  against {self.peers[peer]}{self.failed(peer.name)}"
                rows.append(Row(what, _speed(results.median(theirs)), f"{got:.2f}", least, met))
        return rows


def _speed(value: float) -> str:
    return f"{value:.0f}/s"
