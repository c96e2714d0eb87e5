"""Zip archives that may be damaged, or made to do damage."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from typing import Final

# What Python's zipfile raises for archives that are none. It names only the first; the others come out of what it uses,
# found by damaging archives at random, and OSError, which it also raises for some.
DAMAGE: Final = (
    zipfile.BadZipFile,
    EOFError,
    IndexError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    zlib.error,
)
