"""The library of native_shim/library, which is built with the package; without a C compiler it is not there."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any, Final

LIBRARY: Final = Path(__file__).parent.parent / "native" / "libtoolkit.so"


def function(name: str, result: type[Any] | None, *arguments: Any) -> Any | str:
    """A function of it, or why it is not there; the interpreter is free while it works."""
    try:
        found = getattr(ctypes.CDLL(str(LIBRARY)), name)
    except (OSError, AttributeError) as error:
        return str(error)
    found.restype, found.argtypes = result, arguments
    return found
