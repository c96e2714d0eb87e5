"""Checks of the numbers and truth values that a caller gives, whatever library they come from.

A number may be Python's own, NumPy's, or an array or tensor of one element. What is returned is Python's own, so that
it can be stored, compared, and sent as JSON.
"""

from __future__ import annotations

import math
from typing import Any, Final, SupportsFloat, SupportsIndex

from toolkit.errors import ConfigError

# What poll() can wait is 24 days.
MAX_SECONDS: Final = 1_000_000


def is_integer(value: object) -> bool:
    """Whether `value` is a whole number as `check_integer` takes it: 3, np.int64(3), but neither 3.0 nor True."""
    return _whole(value) is not None


def check_integer(name: str, value: Any, least: int, most: int | None = None) -> int:
    """`value` as an int, if it is a whole number from `least` to `most`; None is no upper limit.

    Args:
        name: What the number is, for the message.
        value: An int, or anything with `__index__`: NumPy's integers, arrays and tensors of one integer. A truth value
            is no number here, nor is a float, even a whole one.
        least, most: The limits, both included.

    Raises:
        ConfigError: It is not.
    """
    number = value if type(value) is int else _whole(value)
    if number is None or number < least or (most is not None and number > most):
        limits = f"from {least}" if most is None else f"from {least} to {most}"
        raise ConfigError(f"{name} is a whole number {limits}, got {value!r}")
    return number


def check_real(
    name: str, value: Any, least: float = -math.inf, most: float = math.inf, *, infinite: bool = False
) -> float:
    """`value` as a float, if it is a number from `least` to `most`.

    Args:
        name: What the number is, for the message.
        value: An int, a float, or anything with `__index__` or `__float__`: NumPy's numbers, arrays and tensors of one
            number, fractions. A truth value is no number here, nor is a text, nor NaN.
        least, most: The limits, both included.
        infinite: Whether infinity is a number here.

    Raises:
        ConfigError: It is not.
    """
    number = _real(value)
    if number is None or not least <= number <= most or (math.isinf(number) and not infinite):
        kind = "a number" if infinite or -math.inf < least <= most < math.inf else "a finite number"
        limits = "" if least == -math.inf else f" from {least:g}"
        limits += "" if most == math.inf else f" to {most:g}"
        raise ConfigError(f"{name} is {kind}{limits}, got {value!r}")
    return number


def check_limit(steps: Any) -> int | None:
    """`max_episode_steps` as an int; None, or -1 as in Gymnasium, is no limit, and None then.

    Raises:
        ConfigError: It is neither, nor a whole number from 1.
    """
    unlimited = steps is None or (is_integer(steps) and steps == -1)
    return None if unlimited else check_integer("max_episode_steps", steps, 1)


def check_seconds(name: str, value: Any) -> float:
    """`value` as a float, if it is a time limit.

    Raises:
        ConfigError: It is no number above 0, or too large.
    """
    number = _real(value)
    if number is None or not 0 < number <= MAX_SECONDS:
        raise ConfigError(f"{name} must be more than 0 seconds, and at most {MAX_SECONDS}, got {value!r}")
    return number


def check_chance(name: str, value: Any) -> float:
    """`value` as a float, if it is the probability of something that must be able not to happen.

    Raises:
        ConfigError: It is no number from 0 to less than 1.
    """
    number = _real(value)
    if number is None or not 0 <= number < 1:
        raise ConfigError(f"{name} is from 0 to less than 1, got {value!r}")
    return number


def check_flag(name: str, value: Any) -> bool:
    """`value` as a bool, if it is one, NumPy's too, or the number 0 or 1. The text "false" would count as true.

    Raises:
        ConfigError: It is not.
    """
    flag = _scalar(value)
    if isinstance(flag, bool):
        return flag
    number = _whole(flag)
    if number not in (0, 1):
        raise ConfigError(f"{name} is True or False, got {value!r}")
    return number == 1


def check_choice(name: str, value: Any, least: int, most: int) -> int:
    """`value` as an int, if it is one of the whole numbers from `least` to `most` that an agent may choose.

    Learners hand over whatever their networks return, so that this takes more than `check_integer`: 1.0 and True are 1
    here, of NumPy and PyTorch too.

    Raises:
        ConfigError: It is none of them, no number, or NaN.
    """
    number = value if type(value) is int else whole(value)
    if number is None or not least <= number <= most:
        raise ConfigError(f"{name} is a whole number from {least} to {most}, got {value!r}")
    return number


def whole(value: Any) -> int | None:
    """`value` as an int, if it equals one and is no text: 3, 3.0, True, an array or tensor of one such; else None."""
    number = _scalar(value)
    try:
        found = int(number)
        return found if bool(found == number) else None
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None


def _scalar(value: Any) -> Any:
    """The element of an array or a tensor that has only one, as Python's own number; anything else as it is."""
    item = getattr(value, "item", None)
    if item is None:
        return value
    try:
        return item()
    except (TypeError, ValueError, RuntimeError):
        return value


def _whole(value: Any) -> int | None:
    number = _scalar(value)
    if isinstance(number, bool) or not isinstance(number, SupportsIndex):
        return None
    try:
        return number.__index__()
    except (TypeError, ValueError, RuntimeError):
        return None


def _real(value: Any) -> float | None:
    """`value` as a float; None if it is no number, or NaN."""
    number = _scalar(value)
    if isinstance(number, bool) or not isinstance(number, (SupportsFloat, SupportsIndex)):
        return None
    try:
        real = float(number)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return None
    return None if math.isnan(real) else real
