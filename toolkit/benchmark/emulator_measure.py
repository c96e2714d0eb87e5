"""Single measurements of any emulator, whatever runs behind the link."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Final

import psutil

from toolkit.emulator.base import BaseEmulator

PINGS: Final = 2000


def start_time(make: Callable[[], BaseEmulator]) -> float:
    """Seconds from the call of the constructor to the end of the first step."""
    start = time.perf_counter()
    with make() as emulator:
        emulator.step()
        return time.perf_counter() - start


def round_trip(emulator: BaseEmulator) -> float:
    """Median microseconds of a command that runs no frame: the link alone."""
    times = []
    for _ in range(PINGS):
        start = time.perf_counter()
        emulator.run(0)
        times.append(time.perf_counter() - start)
    return 1e6 * statistics.median(times)


def memory(emulator: BaseEmulator) -> float:
    """MiB that this emulator takes: of its process what no other shares."""
    return float(psutil.Process(emulator.pid).memory_full_info().uss) / 2**20
