"""Which measurements are taken, in which order."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from toolkit.benchmark.peer import Found, Peer, PeerFailed
from toolkit.benchmark.report import Row
from toolkit.benchmark.results import Results

logger = logging.getLogger(__name__)
# Microseconds that a command may take which runs no frame.
LINK: Final = 50.0
Task = tuple[str, Callable[[], float | Mapping[str, float]]]


@dataclass
class Section(ABC):
    """The measurements of one backend, and what they are compared with.

    Args:
        subject: What is measured.
        peers: Those that are installed.
        seconds: Of each measurement of speed: emulated ones, of vectors real ones.
    """

    # Whom this backend is compared with, installed or not.
    rivals: ClassVar[Collection[Peer]]

    subject: object
    peers: Mapping[Peer, Found]
    seconds: float
    results: Results = field(default_factory=Results, kw_only=True)

    @property
    @abstractmethod
    def title(self) -> str:
        """What is measured, and in which unit: the line above the table."""

    @abstractmethod
    def tasks(self) -> list[Task]:
        """What is measured in one round, by name, in order; what is compared with one another stands together."""

    @abstractmethod
    def rows(self) -> list[Row]:
        """What came out, against the budgets of the design."""

    def notes(self) -> list[str]:
        """What there is to say under the table."""
        return [peer.how_to_install for peer in self.rivals if peer not in self.peers]

    def failed(self, name: str) -> str:
        """For behind the name of a row, how often this measurement failed; "" if never."""
        times = self.results.failures.get(name)
        return f", failed {times} of {len(self.results.rounds)} times" if times else ""

    def emulator_rows(self) -> list[Row]:
        """What one emulator takes, of the measurements "link" (us), "start" (s) and "memory" (MiB)."""
        link, start, memory = map(self.results.median, ("link", "start", "memory"))
        return [
            Row("the link alone, round trip", f"{link:.0f} us", "", f"{LINK:.0f} us", link <= LINK),
            Row("constructor to first step", f"{start:.2f} s" if start >= 0.1 else f"{1000 * start:.0f} ms"),
            Row("memory of one emulator", f"{memory:.0f} MiB"),
        ]


@dataclass
class Suite:
    """One benchmark run: `repeats` rounds of everything, so that a busy moment of the machine hits all alike."""

    sections: Sequence[Section]
    repeats: int = 5

    def __len__(self) -> int:
        return self.repeats * sum(len(section.tasks()) for section in self.sections)

    def run(self) -> Iterator[str]:
        """Measures, yielding the name of each measurement after it is done."""
        for _ in range(self.repeats):
            for section in self.sections:
                section.results.begin_round()
                for name, task in section.tasks():
                    try:
                        section.results.add(name, task())
                    except PeerFailed as error:
                        # It is no reason to lose all the other measurements.
                        logger.warning("%s", error)
                        section.results.add_failure(name)
                    yield name
