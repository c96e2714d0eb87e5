"""Which measurements are taken, in which order."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.benchmark.peer import PeerFailed
from toolkit.benchmark.report import Row
from toolkit.benchmark.results import Results

logger = logging.getLogger(__name__)
Task = tuple[str, Callable[[], float | Mapping[str, float]]]


@dataclass
class Section(ABC):
    """The measurements of one backend, and what they are compared with."""

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
        return []

    def failed(self, name: str) -> str:
        """For behind the name of a row, how often this measurement failed; "" if never."""
        times = self.results.failures.get(name)
        return f", failed {times} of {len(self.results.rounds)} times" if times else ""


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
