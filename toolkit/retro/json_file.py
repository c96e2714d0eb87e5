"""Reads an integration's JSON, and says where in the file it is wrong."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any, Final, NoReturn

from toolkit.errors import ConfigError
from toolkit.files import decode_text
from toolkit.limits import reason

INT64: Final = range(-(2**63), 2**63)
MAX_BYTES: Final = 16 * 2**20


class Node:
    """A value in a JSON file that knows where it stands, so that a complaint can say so."""

    def __init__(self, path: str, where: str, value: Any) -> None:
        self.path = path
        self.where = where
        self.value = value

    def wrong(self, expected: str) -> NoReturn:
        """Raises ConfigError: the file and the place, what was expected and what is there."""
        text = repr(self.value)
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
        if os.path.getsize(path) > MAX_BYTES:
            raise ConfigError(f"{path}: an integration's file has at most {MAX_BYTES >> 20} MiB")
        value = json.loads(decode_text(Path(path).read_bytes()), parse_constant=_refuse)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {reason(error)}") from error
    except RecursionError:
        raise ConfigError(f"{path}: this is nested too deeply") from None
    except ValueError as error:
        raise ConfigError(f"{path}: this is no valid JSON: {error}") from None
    node = Node(os.fspath(path), "", value)
    if not isinstance(value, dict):
        node.wrong("an object")
    return node


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON's")
