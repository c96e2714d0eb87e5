"""Whether a process still runs, by its number, and what this one has mapped."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest


def running(pid):
    """A process that has ended and that nobody has waited for does not run."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def assert_gone(pid, within):
    """Waits until the process has ended; after `within` seconds it is killed, and the test fails."""
    deadline = time.monotonic() + within
    while running(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            pytest.fail(f"process {pid} was still there after {within} s")
        time.sleep(0.01)


def mappings(name):
    """How many pieces of memory with this name, such as "toolkit-link", this process has mapped."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    return sum(f"memfd:{name}" in line for line in lines)
