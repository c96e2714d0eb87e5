"""What a frame earns, computed as stable-retro does: in 32-bit floating point, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from ctypes import c_float
from dataclasses import dataclass

from toolkit.retro.json_file import Node
from toolkit.retro.native_order import native_order
from toolkit.retro.operators import Measurement, Operator, parse_measurement, parse_operator, parse_reference


def float32(value: float) -> float:
    """The nearest 32-bit floating-point number."""
    if isinstance(value, int) and abs(value) > 2**53:
        # By way of a double it would be rounded twice.
        low = abs(value).bit_length() - 24
        half, rest = 1 << (low - 1), abs(value) & ((1 << low) - 1)
        whole = abs(value) >> low
        whole += rest > half or (rest == half and whole & 1 == 1)
        value = (whole << low) * (1 if value > 0 else -1)
    return c_float(value).value


@dataclass(frozen=True, slots=True)
class RewardTerm:
    """What one variable, or the passing of time, is worth."""

    measurement: Measurement
    operator: Operator
    reference: int
    reward: float
    penalty: float

    def amount(self, value: int, delta: int) -> float:
        """`reward` times what was measured if that is positive, `penalty` times it if it is negative."""
        measured = int(self.operator(delta if self.measurement is Measurement.DELTA else value, self.reference))
        if measured == 0:
            return 0.0
        return float32(float32(measured) * (self.penalty if measured < 0 else self.reward))


@dataclass(frozen=True, slots=True)
class Reward:
    """What a frame earns one player."""

    time: float = 0.0
    terms: tuple[tuple[str, RewardTerm], ...] = ()

    def amount(self, values: Mapping[str, int], deltas: Mapping[str, int]) -> float:
        total = self.time
        for name, term in self.terms:
            total = float32(total + term.amount(values[name], deltas[name]))
        return total


def parse_reward(node: Node) -> Reward:
    """A scenario's `reward`, or one of its `rewards`.

    Raises:
        ConfigError: It is malformed.
    """
    time, variables = node.get("time"), node.get("variables")
    terms = {} if variables is None else {name: _term(term) for name, term in variables.members().items()}
    return Reward(
        0.0 if time is None else _term(time).amount(1, 1), tuple((name, terms[name]) for name in native_order(terms))
    )


def _term(node: Node) -> RewardTerm:
    return RewardTerm(
        parse_measurement(node, Measurement.DELTA),
        parse_operator(node),
        parse_reference(node),
        _factor(node, "reward"),
        _factor(node, "penalty"),
    )


def _factor(node: Node, name: str) -> float:
    factor = node.get(name)
    return 0.0 if factor is None or factor.value is None else float32(factor.number())
