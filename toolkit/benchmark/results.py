"""What was measured, round by round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median


@dataclass
class Results:
    """Numbers by name, for each round those that could be had."""

    rounds: list[dict[str, float]] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)

    def begin_round(self) -> None:
        self.rounds.append({})

    def add(self, name: str, value: float | Mapping[str, float]) -> None:
        """One measurement of this round; of several numbers at once, each is called `name` and its own name."""
        if isinstance(value, Mapping):
            self.rounds[-1].update({f"{name} {key}": number for key, number in value.items()})
        else:
            self.rounds[-1][name] = value

    def add_failure(self, name: str) -> None:
        self.failures[name] = self.failures.get(name, 0) + 1

    def has(self, *names: str) -> bool:
        """Whether there is a round with all of these."""
        return any(all(name in each for name in names) for each in self.rounds)

    def median(self, name: str) -> float:
        return median(each[name] for each in self.rounds if name in each)

    def ratio(self, name: str, other: str) -> float:
        """The median of the rounds' ratios. Within a round the two were measured one soon after the other, so that a
        slow minute of the machine slows both: that is steadier than the ratio of the medians."""
        return median(each[name] / each[other] for each in self.rounds if name in each and other in each)
