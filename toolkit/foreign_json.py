"""JSON that somebody else may have written: limited in size and depth, and without numbers that are none."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from toolkit.files import decode_text

MAX_TEXT: Final = 2**20
# What reads objects and arrays calls itself for each that stands in another.
MAX_DEPTH: Final = 100


def parse_object(text: bytes, most: int = MAX_TEXT, deepest: int = MAX_DEPTH) -> dict[str, Any]:
    """The object that `text`, in UTF-8 or with a byte order mark, says.

    Args:
        text: The JSON.
        most: How many bytes it may have.
        deepest: How many objects and arrays may stand in one another.

    Raises:
        ValueError: It is too long, no JSON, nested too deeply, no object, or has a number that no JSON has (NaN) or no
            float can hold (1e999). The message says which.
    """
    if len(text) > most:
        raise ValueError(f"it has {len(text)} bytes, and at most {most} are allowed")
    try:
        value = json.loads(decode_text(text), parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError(f"it is {type(value).__name__} and no object")
    if _is_deeper(value, deepest):
        raise ValueError("it is nested too deeply")
    return value


def member(fields: Mapping[str, Any], name: str, *kinds: type) -> Any:
    """`fields[name]`, if it is there and of one of `kinds`; a truth value is no int here, unless `kinds` has bool.

    Raises:
        ValueError: It is not.
    """
    if name not in fields:
        raise ValueError(f"it has no {name!r}")
    value = fields[name]
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        raise ValueError(f"its {name!r} is {value!r:.80}, and no {' or '.join(kind.__name__ for kind in kinds)}")
    return value


def count(fields: Mapping[str, Any], name: str) -> int:
    """`fields[name]`, if it is a whole number from 0 that 63 bits hold.

    Raises:
        ValueError: It is not.
    """
    value: int = member(fields, name, int)
    if not 0 <= value < 2**63:
        raise ValueError(f"its {name!r} is {value!r:.80}, and no number from 0 to 2**63 - 1")
    return value


def _is_deeper(value: dict[str, Any], most: int) -> bool:
    level: list[Any] = [value]
    for _ in range(most):
        inside = [part.values() if isinstance(part, dict) else part for part in level]
        level = [item for items in inside for item in items if isinstance(item, (dict, list))]
        if not level:
            return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON's")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text:.40} is larger than any number")
    return number
