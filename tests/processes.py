"""Whether a process still runs, by its number."""

import os
import signal
import time

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
