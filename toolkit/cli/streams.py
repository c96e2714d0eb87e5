"""stdin, stdout and stderr of a command that was started without them, as by cron or a daemon."""

from __future__ import annotations

import os
import sys
from typing import Final

NAMES: Final = ("stdin", "stdout", "stderr")


def open_standard_streams() -> None:
    """Puts nothing, /dev/null, in the place of those that are closed.

    Only for a program of our own: what a library prints can then be printed, and no file that is opened later gets
    their numbers, in which a library of somebody else's would print.
    """
    for number, name in enumerate(NAMES):
        if getattr(sys, name) is not None:
            continue
        mode = "r" if number == 0 else "w"
        # The lowest number that is free, which is usually this one; it stays open until the end.
        stream = os.fdopen(os.open(os.devnull, os.O_RDWR), mode, closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
