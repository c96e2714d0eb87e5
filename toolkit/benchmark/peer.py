"""Other people's libraries on the same game, each in a process of its own, where they are installed.

A peer is measured by a script in `peers/`, run by the Python that the peer is installed for: `Found.measure`. To add a
measurement, add a script, and call that.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from toolkit import __version__
from toolkit.errors import ConfigError, ToolkitError

VARIABLE: Final = "TOOLKIT_PEER_PYTHON"
SCRIPTS: Final = Path(__file__).parent / "peers"
TIMEOUT: Final = 300.0
QUESTION_TIMEOUT: Final = 30.0


class PeerFailed(ToolkitError):
    """It was started and measured nothing."""


@dataclass(frozen=True)
class Peer:
    """A library to compare with.

    Args:
        name: What pip calls it.
        version: The only one that is meant; any if empty.
        runner: What to start its Python with; its first word is a program that must be there.
        package: The Debian package with that program.
    """

    name: str
    version: str = ""
    runner: tuple[str, ...] = ()
    package: str = ""

    @property
    def how_to_install(self) -> str:
        """A sentence for people who miss it in the table."""
        requirement = f"{self.name}=={self.version}" if self.version else self.name
        folder = f"peer-{self.name.lower()}"
        debian = f", apt-get install {self.package}" if self.package else ""
        return (
            f"{self.name} was not measured. It takes an environment of its own: python3 -m venv {folder}, "
            f"{folder}/bin/pip install {requirement}{debian}, and name {folder}/bin/python in {VARIABLE} (several: "
            f"separated by {os.pathsep!r})"
        )


@dataclass(frozen=True)
class Found:
    """A peer that is installed, its version, and the Python that it is installed for."""

    peer: Peer
    version: str
    python: str

    def __str__(self) -> str:
        return f"{self.peer.name} {self.version}"

    def measure(self, script: str, *arguments: object, timeout: float = TIMEOUT) -> dict[str, float]:
        """What `peers/SCRIPT.py` prints when it is run with these arguments.

        Raises:
            PeerFailed: It printed no JSON object of numbers, or did not end within `timeout` seconds.
        """
        result = run_script((*self.peer.runner, self.python), script, arguments, timeout)
        try:
            return {name: float(value) for name, value in result.items()}
        except (TypeError, ValueError) as error:
            raise PeerFailed(f"{self.python} with {script}.py measured {result!r}, which are no numbers") from error


MAMETOOLKIT: Final = Peer("MAMEToolkit", "1.1.0", ("xvfb-run", "-a"), "xvfb")
STABLE_RETRO: Final = Peer("stable-retro")
TURBO: Final = Peer("stable-retro-turbo")
# This very package, for measurements that are to be taken in just the same way.
OURSELVES: Final = Found(Peer("coinop-toolkit"), __version__, sys.executable)


def find(*peers: Peer) -> dict[Peer, Found]:
    """Those that are installed: for one of the Pythons that TOOLKIT_PEER_PYTHON names, or else for this one.

    Raises:
        ConfigError: The variable names something that is no Python.
    """
    named = [name for name in os.environ.get(VARIABLE, "").split(os.pathsep) if name]
    found: dict[Peer, Found] = {}
    for python in [*named, sys.executable]:
        try:
            versions = run_script([python], "installed", [peer.name for peer in peers], QUESTION_TIMEOUT)
        except PeerFailed as error:
            raise ConfigError(f"{VARIABLE} names {python!r}, which is no Python that runs here: {error}") from error
        for peer in peers:
            version = str(versions.get(peer.name, ""))
            runs = not peer.runner or shutil.which(peer.runner[0]) is not None
            if peer not in found and version and peer.version in ("", version) and runs:
                found[peer] = Found(peer, version, python)
    return found


def run_script(python: Sequence[str], script: str, arguments: Sequence[object], timeout: float) -> dict[str, Any]:
    """The last JSON object that a script in `peers/` prints on a line of its own.

    Raises:
        PeerFailed: None, or not within `timeout` seconds; carries the end of what it said on stderr.
    """
    argv = [*python, str(SCRIPTS / f"{script}.py"), *map(str, arguments)]
    what = f"{python[-1]} with {script}.py"
    try:
        # In a session of its own, so that whatever it started can be ended with it.
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise PeerFailed(f"cannot start {python[0]}: {error.strerror}") from error
    with process:
        try:
            output, complaint = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            raise PeerFailed(f"{what} did not finish within {timeout:g} s") from error
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    for line in reversed(output.splitlines()):
        with suppress(ValueError):
            result = json.loads(line)
            if isinstance(result, dict):
                return result
    raise PeerFailed(f"{what} measured nothing (exit status {process.returncode}); it printed:\n{complaint[-2000:]}")
