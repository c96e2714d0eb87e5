"""Every error that the toolkit raises on purpose.

One root, and small classes that are also the builtin people already catch. A message says what was tried, what came
back and what to do next.

Each can be made from its message alone, because that is how pickle makes it again when it comes from another process;
the other attributes are put back after that. Where a builtin is a kind of OSError, the toolkit's class is the first
base: otherwise OSError would take two arguments for an error number and a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class ToolkitError(Exception):
    """The root of all errors of this package."""


class ConfigError(ToolkitError, ValueError):
    """What was asked for cannot be done: no such folder, a bad mode, an unknown field."""


class RomError(ConfigError, FileNotFoundError):
    """Files of the game are missing or wrong; carries the emulator's own words.

    stable-retro raises FileNotFoundError for a game without its ROM. As from there, `errno` and `filename` are None:
    the message names the file.
    """


class UnknownGame(ConfigError, FileNotFoundError):
    """Neither MAME nor any integration knows a game of that name."""


class UnknownSystem(ConfigError, KeyError):
    """No console is called so."""

    __str__ = Exception.__str__  # KeyError would show the message quoted


class LimitError(ToolkitError, OSError):
    """The operating system gives no more of something: descriptors, memory, processes, room on a disk. The message
    names the limit and says how to raise it; `errno` is the system's number."""

    # Not those of OSError, which would be lost in a copy.
    errno: int | None = None
    strerror: str | None = None

    def __init__(self, message: str, number: int | None = None) -> None:
        super().__init__(message)
        self.errno = number
        self.strerror = message

    __str__ = Exception.__str__


class StateError(ToolkitError, RuntimeError):
    """Something was called in the wrong order, or after close."""


class LaunchError(ToolkitError):
    """The emulator did not come up."""

    def __init__(self, message: str, argv: Sequence[str] = (), exit_code: int | None = None, stderr: str = "") -> None:
        super().__init__(message)
        self.argv = list(argv)
        self.exit_code = exit_code
        self.stderr = stderr


class ProtocolError(ToolkitError):
    """The other side of the link sent something that the protocol does not allow."""


class VersionMismatch(ProtocolError):
    """The two sides of the link speak different versions of it."""


class StepTimeout(ToolkitError, TimeoutError):
    """The emulator is alive but did not answer in time."""


class EmulatorExited(ToolkitError):
    """The emulator is gone; carries its exit code (negative: the signal that ended it) and the end of its stderr."""

    def __init__(self, message: str, exit_code: int | None = None, stderr: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.stderr = stderr


class SequenceStuck(ToolkitError):
    """A wait for evidence ran out of frames; carries which step it was, and the values last seen."""

    def __init__(self, message: str, step: str = "", values: Mapping[str, int] | None = None) -> None:
        super().__init__(message)
        self.step = step
        self.values = dict(values or {})


class MovieDiffers(ToolkitError):
    """A movie was played back, and a frame is not what it was; carries which one, counted from 0."""

    def __init__(self, message: str, frame: int = 0) -> None:
        super().__init__(message)
        self.frame = frame


class MovieWarning(UserWarning):
    """A movie that is being recorded will not play back as it was: what changed the machine is not in it."""


class Silence(ToolkitError, TimeoutError):
    """Nothing was heard from any publisher in time."""


class FrameLost(ToolkitError, LookupError):
    """A published picture cannot be had: it was overwritten, or not sent to where this process is."""
