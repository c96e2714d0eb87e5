"""Raises KeyboardInterrupt, or calls something, at a chosen line of the toolkit: Ctrl-C without chance."""

import contextlib
import signal
import sys
from pathlib import Path

import toolkit

OURS = str(Path(toolkit.__file__).parent)


class At:
    """Within `with At(n, action)` the `n`-th line of the toolkit's that this thread comes to calls `action` first.

    `lines` counts them; `where` is the file and number of that line, None if there were not as many.
    """

    def __init__(self, number, action):
        self.number = number
        self.action = action
        self.lines = 0
        self.where = None

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)

    def _call(self, frame, event, _):
        return self._line if frame.f_code.co_filename.startswith(OURS) else None

    def _line(self, frame, event, _):
        if event == "line":
            self.lines += 1
            if self.lines == self.number:
                self.where = (frame.f_code.co_filename.removeprefix(OURS), frame.f_lineno)
                self.action()
        return self._line


def interrupt():
    """As Ctrl-C: where the toolkit holds it for a moment, its handler gets it and lets it come later."""
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler) and handler is not signal.default_int_handler:
        handler(signal.SIGINT, None)
    else:
        raise KeyboardInterrupt


def lines_of(call):
    """How many lines of the toolkit's a call takes."""
    with At(0, interrupt) as at:
        call()
    return at.lines


def interrupted(number, call):
    """Calls with an interrupt at line `number`; where that was."""
    with At(number, interrupt) as at, contextlib.suppress(KeyboardInterrupt):
        call()
    return at.where
