"""Many environments' infos as one, the way Gymnasium's vector environments have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np


def gather(infos: Iterable[tuple[int, Mapping[str, Any]]], count: int) -> dict[str, Any]:
    """An array of `count` values under each key, and under the key with `_` before it which environments have one.

    Numbers and truth values become arrays of their kind, dicts become dicts of the same form, all else objects.
    """
    found: dict[str, list[tuple[int, Any]]] = {}
    for number, info in infos:
        for key, value in info.items():
            found.setdefault(key, []).append((number, value))
    result: dict[str, Any] = {}
    for key, entries in found.items():
        present = np.zeros(count, np.bool_)
        present[[number for number, _ in entries]] = True
        result[key] = _array(entries, count)
        result["_" + key] = present
    return result


def _array(entries: list[tuple[int, Any]], count: int) -> Any:
    first = entries[0][1]
    if isinstance(first, dict):
        return gather(entries, count)
    if isinstance(first, (bool, np.bool_)):
        kind: Any = np.bool_
    elif isinstance(first, (int, np.integer)):
        kind = np.int64
    elif isinstance(first, (float, np.floating)):
        kind = np.float64
    else:
        kind = object
    values = np.full(count, None, object) if kind is object else np.zeros(count, kind)
    for number, value in entries:
        values[number] = value
    return values
