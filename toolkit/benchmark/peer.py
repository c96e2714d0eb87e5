"""MAMEToolkit 1.1.0 on the same ROM, in a process of its own, where it is installed.

It brings a MAME of its own, and needs an X display even when it shows nothing, so it runs under xvfb-run.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from toolkit.errors import ToolkitError

PYTHON_VARIABLE: Final = "TOOLKIT_PEER_PYTHON"
HOW_TO_INSTALL: Final = (
    "not installed: make an environment, `pip install MAMEToolkit==1.1.0` into it, apt-get install xvfb, "
    f"and name its python in {PYTHON_VARIABLE}"
)


class PeerFailed(ToolkitError):
    """It was started and measured nothing."""


_TIMEOUT: Final = 300.0
# Its emulator thread cannot be ended in an orderly way; the measurement is over when the line is printed.
_SCRIPT: Final = """
import json, os, sys, time
from MAMEToolkit.emulator import Address, Emulator
roms, game, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
watched = {str(a): Address(hex(a), m) for a, m in ((0x02011389, "u8"), (0x02011383, "u8"), (0x02011385, "u8"),
                                                   (0x02068D0A, "s16"), (0x020691A2, "s16"))}
begin = time.perf_counter()
emulator = Emulator("bench", roms, game, watched, frame_ratio=3, render=False)
emulator.step([])
started = time.perf_counter() - begin
steps = round(seconds * 59.6 / 3)
begin = time.perf_counter()
for _ in range(steps):
    emulator.step([])
elapsed = time.perf_counter() - begin
print("RESULT", json.dumps([started, 100 * steps * 3 / 59.6 / elapsed]), flush=True)
emulator.console.process.kill()
os._exit(0)
"""


def _python() -> str | None:
    named = os.environ.get(PYTHON_VARIABLE)
    if named:
        return shutil.which(named)
    return sys.executable if importlib.util.find_spec("MAMEToolkit") else None


def installed() -> bool:
    """Whether it can be measured here."""
    return _python() is not None and shutil.which("xvfb-run") is not None


def run(roms_path: Path, game_id: str, seconds: int) -> tuple[float, float]:
    """Seconds from its constructor to its first step, and its speed at frame_ratio 3 in percent of real time."""
    python = _python()
    assert python is not None
    argv = ["xvfb-run", "-a", python, "-c", _SCRIPT, str(roms_path.absolute()), game_id, str(seconds)]
    try:
        output = subprocess.run(argv, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise PeerFailed(f"MAMEToolkit did not finish within {_TIMEOUT:g} s") from error
    for line in output.stdout.splitlines():
        if line.startswith("RESULT "):
            started, speed = json.loads(line.removeprefix("RESULT "))
            return float(started), float(speed)
    raise PeerFailed(f"MAMEToolkit measured nothing; it printed:\n{output.stderr[-2000:]}")
