"""Reads an integration's JSON, and says where in the file it is wrong."""

from __future__ import annotations

import math
import os
from typing import Any, Final, NoReturn

from toolkit.errors import ConfigError
from toolkit.files import read_file
from toolkit.foreign_json import parse_object
from toolkit.limits import reason

INT64: Final = range(-(2**63), 2**63)
# The longest of stable-retro's has 21 kB. What is read takes some thirty times as much memory.
MAX_BYTES: Final = 4 * 2**20
# Whoever reads what may be nested says how deeply; Python itself gives up at a thousand.
MAX_DEPTH: Final = 900


class Node:
    """A value in a JSON file that knows where it stands, so that a complaint can say so."""

    def __init__(self, path: str, where: str, value: Any) -> None:
        self.path = path
        self.where = where
        self.value = value

    def wrong(self, expected: str) -> NoReturn:
        """Raises ConfigError: the file and the place, what was expected and what is there."""
        try:
            text = repr(self.value)
        except RecursionError:
            text = "what is nested too deeply"
        text = text if len(text) <= 80 else f"{text[:80]}..."
        raise ConfigError(f"{self.path}: {self.where or 'the file'} must be {expected}, got {text}")

    def get(self, name: str) -> Node | None:
        """The member `name` of an object; None if it has none."""
        if not isinstance(self.value, dict):
            self.wrong("an object")
        if name not in self.value:
            return None
        return Node(self.path, f"{self.where}.{name}" if self.where else name, self.value[name])

    def members(self) -> dict[str, Node]:
        """The members of an object, in the order of their names' bytes."""
        if not isinstance(self.value, dict):
            self.wrong("an object")
        try:
            names = sorted(self.value, key=str.encode)
        except UnicodeEncodeError:
            self.wrong("an object whose names are text")
        return {name: Node(self.path, f"{self.where}.{name}", self.value[name]) for name in names}

    def items(self) -> list[Node]:
        """The items of an array."""
        if not isinstance(self.value, list):
            self.wrong("an array")
        return [Node(self.path, f"{self.where}[{number}]", value) for number, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.wrong("text")
        return self.value

    def whole(self, allowed: range = INT64) -> int:
        """A whole number; 3.0 is one, and true is not."""
        value = self.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
            self.wrong(f"a whole number from {allowed.start} to {allowed.stop - 1}")
        return value

    def number(self) -> float:
        """A number that a 32-bit float can hold."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.wrong("a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not abs(number) < 3.4e38:
            self.wrong("a number that fits 32-bit floating point")
        return number


def read_json(path: str | os.PathLike[str]) -> Node:
    """The object in the file.

    Raises:
        ConfigError: The file cannot be read, is no JSON, or holds something else than an object.
    """
    try:
        value = parse_object(read_file(path, MAX_BYTES), MAX_BYTES, MAX_DEPTH)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {reason(error)}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: this is no valid JSON: {error}") from None
    return Node(os.fspath(path), "", value)
