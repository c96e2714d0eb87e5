"""Starting the emulator's process, and ending it whatever state it is in."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TextIO

from toolkit.errors import ConfigError, LaunchError
from toolkit.limits import inherited, limit_error
from toolkit.link.descriptors import Descriptor
from toolkit.link.handle import start

STDERR_END: Final = 4000
TERM_PATIENCE: Final = 0.5
STDERR_READ: Final = 1 << 16


def start_problem(program: str | os.PathLike[str], error: OSError) -> str:
    """Why a program could not be started, in words."""
    if isinstance(error, FileNotFoundError) and os.path.exists(program):
        return "it is there, but the interpreter that its first line names, or its loader, is not"
    return str(error.strerror)


class EmulatorProcess:
    """One child process with its output in a file.

    Args:
        argv: The program and its arguments, passed as they are: no shell ever sees them.
        cwd: The folder it runs in.
        env: Its environment.
        pass_fds: Descriptors that it inherits.
        output: The file for its stdout and stderr; None leaves both on ours, for debugging.
        noise: Which lines of it say nothing, and are left out where it is shown.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        pass_fds: Sequence[int],
        output: Path | None,
        noise: re.Pattern[bytes] | None = None,
    ) -> None:
        self.argv = list(argv)
        self._output = output
        self._noise = noise
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            target = None if output is None else Descriptor(os.open(output, flags, 0o600))
        except OSError as error:
            tried = f"cannot write {output}"
            raise limit_error(error, tried) or ConfigError(f"{tried}: {error.strerror}") from error
        try:
            self._handle = start(
                self.argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=_own(sys.__stdout__, 1) if target is None else target,
                stderr=_own(sys.__stderr__, 2) if target is None else target,
                pass_fds=tuple(pass_fds),
            )
        except OSError as error:
            tried = f"cannot start {argv[0]}"
            raise limit_error(error, tried) or LaunchError(f"{tried}: {start_problem(argv[0], error)}", argv) from error
        self.pid = self._handle.process.pid

    @property
    def running(self) -> bool:
        return not self._handle.ended()

    @property
    def exit_code(self) -> int | None:
        """Negative when a signal ended it; None while it runs, and where nobody can know: see `ProcessHandle`."""
        return self._handle.exit_code

    def stderr(self) -> str:
        """The end of what it wrote, without the noise."""
        if self._output is None:
            return "(its output went to this process's own stderr)"
        try:
            with self._output.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - STDERR_READ))
                data = file.read(STDERR_READ)
        except OSError:
            return ""
        noise = self._noise
        lines = [line for line in data.splitlines() if noise is None or not noise.match(line)]
        return b"\n".join(lines)[-STDERR_END:].decode("utf-8", "replace")

    def words(self, what: str = "what it printed") -> str:
        """The same as the end of a message, which says so if there is nothing; and which limits it had."""
        text, limits = self.stderr().strip(), inherited()
        said = f"{what}:\n{text}" if text else "it printed nothing"
        return f"{said}\n{limits}" if limits else said

    def leaves(self, patience: float) -> bool:
        """Whether it is gone within so many seconds."""
        return self._handle.ended(patience)

    def describe_exit(self) -> str:
        """In words, how it ended."""
        return self._handle.describe()

    def end(self, patience: float) -> None:
        """Waits `patience` seconds for it to leave by itself, then asks with SIGTERM, then does not ask any more."""
        if not self.leaves(patience):
            self.signal(signal.SIGTERM)
            self.leaves(TERM_PATIENCE)
        self.kill()

    def kill(self) -> None:
        """Ends it at once, and whatever it has started in its process group."""
        self.signal(signal.SIGKILL)
        self._handle.close()

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to it and to whatever it has started in its process group, if there is anybody left."""
        self._handle.signal_group(number)


def _own(stream: TextIO | None, descriptor: int) -> int | None:
    """What Popen takes for our own stdout or stderr; nothing where Python was started without it: what has its number
    now is another file."""
    try:
        os.fstat(descriptor)
    except OSError:
        stream = None
    return subprocess.DEVNULL if stream is None else None
