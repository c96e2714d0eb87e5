"""One line that tells how it goes: rewritten on a terminal, a new one now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Final

from toolkit.cli.text import printable

TERMINAL_INTERVAL: Final = 0.2
LOG_INTERVAL: Final = 5.0


class ProgressLine:
    """Shows a text on stderr, not too often."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._interval = TERMINAL_INTERVAL if self._terminal else LOG_INTERVAL
        self._next = 0.0

    def due(self) -> bool:
        """Whether it is time to show something."""
        return time.monotonic() >= self._next

    def show(self, text: str) -> None:
        self._next = time.monotonic() + self._interval
        sys.stderr.write(f"\r\x1b[K{printable(text)}" if self._terminal else f"{printable(text)}\n")
        sys.stderr.flush()

    def end(self, text: str) -> None:
        """Shows `text` if there is a line to finish: other output then begins on one of its own."""
        if self._terminal:
            self.show(text)
            sys.stderr.write("\n")
            sys.stderr.flush()
