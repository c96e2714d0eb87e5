"""When an episode is over: the `done` of scenario.json, which may be nested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from toolkit.errors import ConfigError
from toolkit.retro.json_file import Node
from toolkit.retro.operators import (
    Measurement,
    Operator,
    operator_name,
    parse_measurement,
    parse_operator,
    parse_reference,
)

# Conditions in conditions. The frontend reads JSON of 64 levels, and each of these takes two of them, but for a few.
MAX_NESTED: Final = 24


@dataclass(frozen=True, slots=True)
class Test:
    """A question about one variable; the answer is yes if the operator gives a positive number."""

    __test__ = False  # for pytest, which would take it for one of its classes

    name: str
    measurement: Measurement
    operator: Operator
    reference: int

    def holds(self, values: Mapping[str, int], deltas: Mapping[str, int]) -> bool:
        value = deltas[self.name] if self.measurement is Measurement.DELTA else values[self.name]
        return self.operator(value, self.reference) > 0

    def message(self, numbers: Mapping[str, int]) -> dict[str, Any]:
        """As the link's call `follow` takes it, where variables go by number."""
        return {
            "number": numbers[self.name],
            "delta": self.measurement is Measurement.DELTA,
            "op": operator_name(self.operator).replace("-", "_"),
            "reference": self.reference,
        }


@dataclass(frozen=True, slots=True)
class Condition:
    """Any or all of some tests and conditions. All of none hold, and not any of none."""

    every: bool = False
    parts: tuple[Test | Condition, ...] = ()

    def holds(self, values: Mapping[str, int], deltas: Mapping[str, int]) -> bool:
        for part in self.parts:
            if part.holds(values, deltas) is not self.every:
                return not self.every
        return self.every

    def message(self, numbers: Mapping[str, int]) -> dict[str, Any]:
        """As the link's call `follow` takes it, where variables go by number."""
        return {"every": self.every, "parts": [part.message(numbers) for part in self.parts]}

    def names(self) -> set[str]:
        """The variables that it asks about."""
        found: set[str] = set()
        for part in self.parts:
            found |= {part.name} if isinstance(part, Test) else part.names()
        return found


def parse_condition(node: Node, level: int = 0) -> Condition:
    """A scenario's `done`, or a node in it, so many levels down.

    Raises:
        ConfigError: It is malformed.
    """
    if level > MAX_NESTED:
        raise ConfigError(f"{node.path}: its conditions are nested too deeply; {MAX_NESTED} in one another are allowed")
    parts: list[Test | Condition] = []
    variables, nodes, condition = node.get("variables"), node.get("nodes"), node.get("condition")
    if variables is not None:
        for name, test in variables.members().items():
            measurement = parse_measurement(test, Measurement.ABSOLUTE)
            parts.append(Test(name, measurement, parse_operator(test), parse_reference(test)))
    if nodes is not None:
        parts += [parse_condition(part, level + 1) for part in nodes.members().values()]
    if condition is not None and condition.value not in ("any", "all"):
        condition.wrong('"any" or "all"')
    return Condition(condition is not None and condition.value == "all", tuple(parts))
