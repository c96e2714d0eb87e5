"""Starting the emulator's process, and ending it whatever state it is in."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError, LaunchError

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
            target = None if output is None else os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC)
        except OSError as error:
            raise ConfigError(f"cannot write {output}: {error.strerror}") from error
        try:
            # A process group of its own: Ctrl-C in a terminal reaches us, and we decide what becomes of the child.
            self._process = subprocess.Popen(
                self.argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=target,
                stderr=target,
                pass_fds=tuple(pass_fds),
                process_group=0,
            )
        except OSError as error:
            raise LaunchError(f"cannot start {argv[0]}: {start_problem(argv[0], error)}", argv) from error
        finally:
            if target is not None:
                os.close(target)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

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
        """The same as the end of a message, which says so if there is nothing."""
        text = self.stderr().strip()
        return f"{what}:\n{text}" if text else "it printed nothing"

    def wait(self, timeout: float) -> int | None:
        """Its exit code, or None if it still runs after `timeout` seconds."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def describe_exit(self) -> str:
        """In words, how it ended."""
        code = self.exit_code
        if code is None:
            return "closed its end of the link but still runs"
        if code < 0:
            try:
                return f"was ended by {signal.Signals(-code).name}"
            except ValueError:
                return f"was ended by signal {-code}"
        return f"left with exit code {code}"

    def end(self, patience: float) -> None:
        """Waits `patience` seconds for it to leave by itself, then asks with SIGTERM, then does not ask any more."""
        if not self._leaves(patience):
            self._signal(signal.SIGTERM)
            self._leaves(TERM_PATIENCE)
        self.kill()

    def kill(self) -> None:
        """Ends it at once, and whatever it has started in its process group."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        # Until it has been waited for, its number, which is that of the group, cannot have become another's.
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def _leaves(self, patience: float) -> bool:
        """Whether it is gone within so many seconds; does not wait for it, so that its group can still be ended."""
        if self._process.returncode is not None:
            return True
        descriptor = os.pidfd_open(self.pid)
        try:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            return bool(poll.poll(1000 * patience))
        finally:
            os.close(descriptor)
