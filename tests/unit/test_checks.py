"""What counts as a number, and what does not, wherever it comes from."""

from __future__ import annotations

import decimal
import fractions
import importlib
import math
from typing import Any

import numpy as np
import pytest

from toolkit.checks import check_chance, check_flag, check_integer, check_real, check_seconds, is_integer
from toolkit.errors import ConfigError

THREE = (
    *(kind(3) for kind in (int, np.int8, np.uint8, np.int16, np.uint32, np.int64, np.uint64)),
    *(np.array(3), np.array([3]), np.array([[3]], np.uint8)),
)
NO_INTEGERS = (
    *(True, np.True_, np.array(True), 3.0, np.float32(3), np.array(3.0), math.nan, math.inf),
    *("3", b"3", np.str_("3"), None, [3], (3,), {}, 3j, object(), decimal.Decimal(3)),
    *(np.array([3, 3]), np.array([], np.int64), np.datetime64(3, "s"), np.array(None)),
)
QUARTER = (
    *(kind(0.25) for kind in (float, np.float16, np.float32, np.float64, np.longdouble)),
    *(np.array(0.25), np.array([0.25]), fractions.Fraction(1, 4), decimal.Decimal("0.25")),
)
NO_REALS = (
    *(True, np.True_, np.array(True), "0.25", b"0.25", np.str_("0.25"), None, [0.25], 1j, object(), 10**400),
    *(math.nan, np.float32("nan"), np.array([0.25, 0.25]), np.timedelta64(1, "s"), decimal.Decimal("sNaN")),
    *(math.inf, -math.inf, np.float32("inf")),
)
REAL_CHECKS = (check_real, check_seconds, check_chance)


def integer(value: Any) -> int:
    return check_integer("it", value, 0, 9)


def refused(check: Any, value: Any, message: str = "^it .*, got ") -> None:
    with pytest.raises(ConfigError, match=message):
        print(f"{check.__name__} took {value!r} for {check(value)!r}")  # Shown if it does not raise.


def named(check: Any) -> Any:
    return lambda value: check("it", value)


def test_whole_numbers_of_all_kinds_become_pythons_own() -> None:
    for value in THREE:
        number = check_integer("it", value, 3, 3)
        assert (number, type(number), is_integer(value)) == (3, int, True), value


def test_what_is_no_whole_number_is_refused() -> None:
    for value in NO_INTEGERS:
        refused(integer, value, "it is a whole number from 0 to 9, got ")
        assert not is_integer(value), value


def test_whole_numbers_have_limits() -> None:
    assert check_integer("it", 10**30, 1) == 10**30
    for value in (0, np.int64(-1)):
        refused(lambda value: check_integer("it", value, 1), value, "it is a whole number from 1, got ")
    for value in (0, 4, np.uint8(4), 10**30):
        refused(lambda value: check_integer("it", value, 1, 3), value, "it is a whole number from 1 to 3, got ")


def test_real_numbers_of_all_kinds_become_pythons_own() -> None:
    for check in REAL_CHECKS:
        for value in QUARTER:
            number = check("it", value)
            assert (number, type(number)) == (0.25, float), value
        assert type(check("it", np.int64(0) if check is check_chance else np.int64(1))) is float


def test_what_is_no_real_number_is_refused() -> None:
    for check in REAL_CHECKS:
        for value in NO_REALS:
            refused(named(check), value)


def test_real_numbers_have_limits() -> None:
    assert check_real("it", math.inf, 0, infinite=True) == math.inf
    refused(lambda value: check_real("it", value, 0, 1), 1.5, "it is a number from 0 to 1, got 1.5")
    refused(lambda value: check_real("it", value, 0), math.inf, "it is a finite number from 0, got inf")
    refused(lambda value: check_real("it", value, 0, infinite=True), math.nan, "it is a number from 0, got nan")
    for seconds in (0, -1, 1_000_001):
        refused(named(check_seconds), seconds, "it must be more than 0 seconds, and at most 1000000, got")
    for chance in (-0.1, 1, np.float32(1)):
        refused(named(check_chance), chance, "it is from 0 to less than 1, got")


def test_flags_of_all_kinds_become_pythons_own() -> None:
    for kind in (bool, int, np.bool_, np.int64, np.array):
        assert check_flag("it", kind(True)) is True
        assert check_flag("it", kind(False)) is False
    for value in ("false", "", None, 2, -1, 0.0, 1.0, [], [True], np.array([True, False])):
        refused(named(check_flag), value, "it is True or False, got ")


def test_pytorchs_tensors_are_read_too(sb3: Any) -> None:
    torch = importlib.import_module("torch")
    for three in (torch.tensor(3), torch.tensor([3], dtype=torch.int32)):
        assert type(integer(three)) is int
    for wrong in (torch.tensor(True), torch.tensor(3.0), torch.tensor([3, 3])):
        refused(integer, wrong)
    assert check_real("it", torch.tensor([0.25], requires_grad=True)) == 0.25
    assert check_flag("it", torch.tensor(False)) is False
    refused(named(check_real), torch.tensor(True))
