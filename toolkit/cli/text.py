"""What the command line prints: names of files and games come from anybody, and must not act on a terminal."""

from __future__ import annotations

import logging
import sys
from typing import TextIO


def printable(text: object) -> str:
    """One line of text, with "?" for each character that is none to look at: it shall not move the cursor."""
    return "".join(character if character.isprintable() else "?" for character in str(text))


def printable_lines(text: object) -> str:
    """As `printable`, of text that may have several lines, with tabs."""
    return "".join(character if character.isprintable() or character in "\n\t" else "?" for character in str(text))


def say(text: object = "", file: TextIO | None = None, *, flush: bool = False) -> None:
    """Prints text, of which each character can be looked at, and a line end, to stdout unless `file` is another."""
    print(printable_lines(text), file=sys.stdout if file is None else file, flush=flush)


class PrintableFormatter(logging.Formatter):
    """For warnings that a command's user sees."""

    def format(self, record: logging.LogRecord) -> str:
        return printable_lines(super().format(record))


def make_warnings_printable() -> None:
    """Warnings for which nobody has set up logging, which Python prints on stderr, are printable from here on."""
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(PrintableFormatter())
