"""Single measurements of many environments at once, in steps per second of all of them together."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import psutil

from toolkit.benchmark import libretro_measure
from toolkit.benchmark.peer import OURSELVES, Found

# What all of them show: gray, small, four frames stacked; it is what agents of the literature see.
FRAMES: Final = 4
OPTIONS: Final[dict[str, Any]] = {
    "grayscale": True,
    "maxpool": True,
    "resize": (84, 84),
    "stack_num": 4,
    "channels_first": True,
}
BOUT: Final = "toolkit/Bout-v0"
# MiB that a MAME with bout takes, with some room beside it.
BOUT_MEMORY: Final = 550


def bare_cores(subject: libretro_measure.Subject, count: int, frames: int) -> float:
    """So many cores by themselves at the same time, each drawing `frames` frames for nobody: steps of 4 per second."""
    with ThreadPoolExecutor(count) as threads:
        runs = [threads.submit(libretro_measure.bare_core, subject, frames) for _ in range(count)]
        return sum(run.result() for run in runs) / FRAMES


def ours(mode: str, count: int, seconds: float) -> dict[str, float]:
    """`make_vec` of Airstriker, with the mode "halves" by `send` and `recv` of half a batch: `speed`; `cpu`,
    microseconds of the parent's per environment and step; `memory` of one emulator and of the `parent`, MiB."""
    return _toolkit(mode, libretro_measure.GAME, count, seconds, OPTIONS)


def most_of_bout() -> int:
    """How many of bout there is memory for."""
    return int(psutil.virtual_memory().available / 2**20 / BOUT_MEMORY)


def bout(mode: str, count: int, seconds: float) -> dict[str, float]:
    """The same of bout on MAME, or with the mode "async" of Gymnasium's AsyncVectorEnv over single environments."""
    # MAME's frames cannot be blended as cheaply as a libretro core's, and nothing flickers in bout.
    return _toolkit(mode, BOUT, count, seconds, {**OPTIONS, "maxpool": False})


def _toolkit(mode: str, game: str, count: int, seconds: float, options: dict[str, Any]) -> dict[str, float]:
    return OURSELVES.measure("vector_toolkit", mode, game, count, seconds, json.dumps(options))


def turbo(found: Found, subject: libretro_measure.Subject, count: int, seconds: float, threads: int) -> float:
    """stable-retro-turbo's vector of Airstriker, with so many threads."""
    place = (subject.folder, libretro_measure.STATE)
    return found.measure("vector_turbo", *place, count, seconds, threads)["speed"]


def stable_retro(found: Found, subject: libretro_measure.Subject, count: int, seconds: float) -> float:
    """Gymnasium's AsyncVectorEnv over stable-retro's environments of Airstriker."""
    place = (subject.folder, libretro_measure.STATE)
    return found.measure("vector_stable_retro", *place, count, seconds)["speed"]
