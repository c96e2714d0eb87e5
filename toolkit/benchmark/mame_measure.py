"""Single measurements. Each returns a number that the suite takes medians and ratios of."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from toolkit.benchmark import emulator_measure
from toolkit.emulator import Address, Emulator
from toolkit.errors import LaunchError
from toolkit.mame.binary import query
from toolkit.mame.command import base_arguments, video_arguments
from toolkit.mame.workspace import Workspace

# What the Street Fighter environment watches: a step without any would be cheaper than those that people take.
WATCHED: Final = {
    "fighting": Address(0x02011389, "u8"),
    "winsP1": Address(0x02011383, "u8"),
    "winsP2": Address(0x02011385, "u8"),
    "healthP1": Address(0x02068D0A, "s16"),
    "healthP2": Address(0x020691A2, "s16"),
}
_AVERAGE: Final = re.compile(rb"Average speed: ([0-9.]+)%")


@dataclass(frozen=True)
class Subject:
    """The machine that is measured."""

    roms_path: Path
    game_id: str
    binary: Path

    def emulator(self, name: str, frame_ratio: int) -> Emulator:
        return Emulator(name, self.roms_path, self.game_id, WATCHED, frame_ratio, binary_path=self.binary)


def raw_speed(subject: Subject, seconds: int) -> float:
    """MAME by itself, drawing every frame, for so many emulated seconds from power-on: percent of real time."""
    workspace = Workspace()
    try:
        argv = [
            subject.game_id,
            *("-rompath", workspace.add_roms(subject.roms_path)),
            *base_arguments(workspace, subject.binary),
            *video_arguments(render=False, throttle=False, frame_skip=0, sound=False),
            *("-seconds_to_run", str(seconds)),
        ]
        output = query(subject.binary, argv, cwd=workspace.path)
    finally:
        workspace.close()
    match = _AVERAGE.search(output.stdout + output.stderr)
    if match is None:
        raise LaunchError(
            f"MAME did not say how fast it was; it printed:\n{output.stdout.decode('utf-8', 'replace')}", argv
        )
    return float(match[1])


def stepped_speed(subject: Subject, seconds: int, frame_ratio: int) -> float:
    """The same through `Emulator.step`, with the frame of every step: percent of real time."""
    with subject.emulator("bench", frame_ratio) as emulator:
        steps = round(seconds * emulator.refresh_rate / frame_ratio)
        start = time.perf_counter()
        for _ in range(steps):
            emulator.step()
        elapsed = time.perf_counter() - start
        return 100 * steps * frame_ratio / emulator.refresh_rate / elapsed


def start_time(subject: Subject) -> float:
    """Seconds from the call of the constructor to the end of the first step."""
    return emulator_measure.start_time(lambda: subject.emulator("bench", 3))


def round_trip(binary: Path) -> float:
    """Median microseconds of a command that runs no frame: the link alone. On pong, which needs no ROM."""
    with Emulator("bench", ".", "pong", {}, binary_path=binary) as emulator:
        return emulator_measure.round_trip(emulator)


def memory(subject: Subject) -> float:
    """MiB that one more emulator takes after ten emulated seconds."""
    with subject.emulator("bench", 3) as emulator:
        emulator.run(600)
        for _ in range(8):
            emulator.step()
        return emulator_measure.memory(emulator)


def together(subject: Subject, count: int, seconds: float, frame_ratio: int) -> float:
    """`count` emulators in as many threads for so many real seconds: percent of real time, all of them together."""
    emulators: list[Emulator] = []
    try:
        for number in range(count):
            emulators.append(subject.emulator(f"bench{number}", frame_ratio))
        refresh = emulators[0].refresh_rate
        begin = threading.Barrier(count + 1)
        stop = threading.Event()

        def run(emulator: Emulator) -> None:
            begin.wait()
            while not stop.is_set():
                emulator.step()

        threads = [threading.Thread(target=run, args=(emulator,)) for emulator in emulators]
        for thread in threads:
            thread.start()
        begin.wait()
        start = time.perf_counter()
        stop.wait(seconds)
        stop.set()
        for thread in threads:
            thread.join()
        elapsed = time.perf_counter() - start
        return 100 * sum(emulator.frame_number for emulator in emulators) / refresh / elapsed
    finally:
        for emulator in emulators:
            emulator.close()
