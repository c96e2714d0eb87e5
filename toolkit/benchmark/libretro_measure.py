"""Single measurements of libretro. Each returns a number that the suite takes medians and ratios of."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from toolkit.benchmark import emulator_measure
from toolkit.errors import ConfigError, LaunchError
from toolkit.link.folder import PrivateFolder
from toolkit.retro.cores import find_core
from toolkit.retro.emulator import RetroEmulator
from toolkit.retro.integrations import Integrations
from toolkit.retro.libretro_machine import OPTIONS, choose_core, core_id
from toolkit.retro.program import find_program
from toolkit.retro.rom_files import console_of, find_rom
from toolkit.retro.states import find_state, read_state

GAME: Final = "Airstriker-Genesis-v0"
STATE: Final = "Level1"
FRAME_RATIO: Final = 4
WARM_UP: Final = 30
_TIMEOUT: Final = 300.0


@dataclass(frozen=True)
class Subject:
    """The game that is measured: its core, its ROM, and the start state of its integration."""

    core: Path
    rom: Path
    state: Path

    @property
    def folder(self) -> Path:
        """The integration's."""
        return self.state.parent

    @property
    def options(self) -> dict[str, str]:
        """The core's options, as `toolkit.retro.make` gives them."""
        return OPTIONS.get(core_id(self.core), {})

    def emulator(self, frame_ratio: int = FRAME_RATIO, **options: Any) -> RetroEmulator:
        """One at the start state, after its first step."""
        emulator = _Emulator(self.core, self.rom, {}, frame_ratio, options=self.options, **options)
        try:
            emulator.step()
            emulator.load_core_state(read_state(self.state))
        except BaseException:
            emulator.close()
            raise
        return emulator


class _Emulator(RetroEmulator):
    """With the core's own defaults, like the bare core and `toolkit.retro.make`: with others it is another game."""

    def _command(self, program: Path, log_level: str) -> list[str]:
        name, *rest = super()._command(program, log_level)
        return [name, "--defaults", "core", *rest]


def find_subject() -> Subject:
    """Airstriker, as stable-retro brings it, with the core that environments of it have.

    Raises:
        ConfigError: It is not there, or something that takes to run it; the message says what to do.
    """
    find_program()
    try:
        state = find_state(GAME, STATE, Integrations.DEFAULT)
        rom = find_rom(GAME, Integrations.DEFAULT)
    except ConfigError as error:
        raise ConfigError(f"{error}. stable-retro brings it: {sys.executable} -m pip install stable-retro") from error
    if importlib.util.find_spec("gymnasium") is None:
        raise ConfigError("toolkit.retro.make needs Gymnasium: pip install 'coinop-toolkit[retro]'")
    return Subject(find_core(choose_core(console_of(GAME, rom), None)), rom, state)


def bare_core(subject: Subject, frames: int) -> float:
    """The core by itself, drawing every frame for nobody, from the start state: frames per second."""
    folder = PrivateFolder()
    try:
        (folder.path / "state").write_bytes(read_state(subject.state))
        argv = [
            str(find_program()),
            *("--measure", str(frames)),
            *("--state", "state"),
            *("--defaults", "core"),
            *(word for key, value in subject.options.items() for word in ("--option", f"{key}={value}")),
            *(str(subject.core), str(subject.rom)),
        ]
        output = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT,
            cwd=folder.path,
            env={**os.environ, "HOME": str(folder.path)},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LaunchError(f"the core did not run {frames} frames within {_TIMEOUT:g} s", argv) from error
    finally:
        folder.close()
    try:
        # Cores may print, too; this is the last that is printed. The exit code alone may not be known.
        seconds = float(output.stdout.split()[-1])
    except (IndexError, ValueError):
        seconds = 0.0
    if output.returncode or not seconds > 0:
        raise LaunchError(f"the core was not measured: {output.stderr}", argv, output.returncode, output.stderr)
    return frames / seconds


def stepped_speed(subject: Subject, frames: int) -> float:
    """The same through `RetroEmulator.step`, 4 frames a step, with an RGB frame and the work RAM: frames per second."""
    with subject.emulator(publish_ram=True) as emulator:
        return _speed(emulator.step, frames)


def button_speed(subject: Subject, frames: int) -> float:
    """The same through `RetroEmulator.step_buttons`, which copies nothing."""
    with subject.emulator(publish_ram=True) as emulator:
        return _speed(lambda: emulator.step_buttons([0]), frames)


def _speed(step: Callable[[], object], frames: int) -> float:
    steps = max(frames // FRAME_RATIO, 1)
    for _ in range(WARM_UP):
        step()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return steps * FRAME_RATIO / (time.perf_counter() - start)


def start_time(subject: Subject) -> float:
    """Seconds from the call of the constructor to the end of the first step."""
    return emulator_measure.start_time(lambda: RetroEmulator(subject.core, subject.rom, options=subject.options))


def round_trip(subject: Subject) -> float:
    """Median microseconds of a command that runs no frame: the link alone."""
    with subject.emulator() as emulator:
        return emulator_measure.round_trip(emulator)


def memory(subject: Subject) -> float:
    """MiB that one more emulator takes after ten emulated seconds."""
    with subject.emulator(publish_ram=True) as emulator:
        for _ in range(600 // FRAME_RATIO):
            emulator.step()
        return emulator_measure.memory(emulator)
