"""What a variable is compared with: the operators and measurements of scenario.json."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final

from toolkit.retro.json_file import Node

Operator = Callable[[int, int], int]


class Measurement(enum.Enum):
    """Which number of a variable counts."""

    ABSOLUTE = "absolute"
    """What it is now."""
    DELTA = "delta"
    """By how much it changed since the frame before."""


def _value(value: int, reference: int) -> int:
    return value


# Of a value and a reference. Without an operator the value itself counts.
OPERATORS: Final[dict[str, Operator]] = {
    "equal": lambda value, reference: value == reference,
    "negative-equal": lambda value, reference: value == -reference,
    "not-equal": lambda value, reference: value != reference,
    "less-than": lambda value, reference: value < reference,
    "greater-than": lambda value, reference: value > reference,
    "less-or-equal": lambda value, reference: value <= reference,
    "greater-or-equal": lambda value, reference: value >= reference,
    "nonzero": lambda value, reference: value != 0,
    "zero": lambda value, reference: value == 0,
    "positive": lambda value, reference: value > 0,
    "negative": lambda value, reference: value < 0,
    "sign": lambda value, reference: (value > 0) - (value < 0),
}


def operator_name(operator: Operator) -> str:
    """The name by which `parse_operator` finds it; "value" for what there is without a name."""
    return next((name for name, known in OPERATORS.items() if known is operator), "value")


def parse_operator(node: Node) -> Operator:
    """The operator that `node.op` names.

    Raises:
        ConfigError: There is none of that name.
    """
    name = node.get("op")
    if name is None:
        return _value
    if not isinstance(name.value, str) or name.value not in OPERATORS:
        name.wrong(f"one of {', '.join(OPERATORS)}")
    return OPERATORS[name.value]


def parse_measurement(node: Node, default: Measurement) -> Measurement:
    """What `node.measurement` says; `default` if it says nothing."""
    name = node.get("measurement")
    if name is None:
        return default
    if name.value not in ("absolute", "delta"):
        name.wrong('"absolute" or "delta"')
    return Measurement(name.value)


def parse_reference(node: Node) -> int:
    """What `node.reference` says; 0 if it says nothing."""
    reference = node.get("reference")
    return 0 if reference is None or reference.value is None else reference.whole()
