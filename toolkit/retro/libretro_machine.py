"""A console on a libretro core, as environments and movies want it: stable-retro's memory, colours and states."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from toolkit.emulator.observation import Observation
from toolkit.errors import ConfigError, StateError
from toolkit.files import unreadable
from toolkit.link import Child, SlotView
from toolkit.retro.cores import CORES_VARIABLE, core_folders, find_core
from toolkit.retro.emulator import RetroEmulator
from toolkit.retro.game_file import file_for_console
from toolkit.retro.machine import Pixels
from toolkit.retro.observation import MemoryArea
from toolkit.retro.sound import Samples
from toolkit.retro.systems import System

if TYPE_CHECKING:
    from toolkit.publication import Endpoint

# What stable-retro answers when a core asks for these options. It answers for no other one, and cores then go by what
# they have built in, which may be something else than the default that they declare: Genesis Plus GX's address errors.
OPTIONS: Final = {
    "genesis_plus_gx": {
        "genesis_plus_gx_bram": "per game",
        "genesis_plus_gx_render": "single field",
        "genesis_plus_gx_blargg_ntsc_filter": "disabled",
    }
}
# The size of the picture where stable-retro goes by something else than what the core says after loading.
SIZES: Final = {
    ("Genesis Plus GX", "Genesis"): (320, 224),
    ("Genesis Plus GX", "Sms"): (256, 192),
    ("Genesis Plus GX", "GameGear"): (160, 144),
    ("Mednafen PCE Fast", "PCEngine"): (256, 242),
}
ATARI_WIDTH: Final = 160
# libretro's flag of memory that cannot be written.
CONSTANT: Final = 1


class ConsoleEmulator(RetroEmulator):
    """Publishes the memory that stable-retro shows, which is known only when the core has started."""

    areas: Sequence[tuple[int, int, MemoryArea | None]] = ()

    def __init__(self, *arguments: Any, console: System, show_ram: bool = True, **options: Any) -> None:
        self.console = console
        self._show_ram = show_ram
        super().__init__(*arguments, **options)

    def _command(self, program: Path, log_level: str) -> list[str]:
        program_name, *rest = super()._command(program, log_level)
        return [program_name, "--defaults", "core", *rest]

    def _game_file(self, rom: Path, program: Path, limit: float) -> Path:
        return file_for_console(rom, self.console, self._path("game"))

    def _configure(self, child: Child, publish_ram: bool | Sequence[MemoryArea]) -> None:
        self.areas = memory_areas(child.hello, self.console.ram_base)
        self._whole = all(area is not None for *_, area in self.areas)
        super()._configure(child, [area for *_, area in self.areas if area is not None and self._show_ram])

    def ram_of(self, memory: Pixels | None) -> Pixels:
        """What was published, with zeros for holes: uint8, (bytes,); `memory` itself where there are none."""
        if memory is not None and self._whole:
            return memory
        ram = np.zeros(sum(length for _, length, _ in self.areas), np.uint8)
        start = end = 0
        for _, length, area in self.areas:
            if area is not None and memory is not None:
                ram[start : start + length] = memory[end : end + length]
                end += length
            start += length
        return ram


def memory_areas(hello: Mapping[str, Any], ram_base: int) -> list[tuple[int, int, MemoryArea | None]]:
    """Address, length and place of each block of memory: those of the core's map that can be written, or else its work
    RAM. A block without a place is a hole in the map, which reads as zeros."""
    areas: dict[int, tuple[int, MemoryArea | None]] = {}
    for entry in hello.get("map") or ():
        if entry["source"] != "core":
            continue  # the frontend's own knowledge
        length = map_length(int(entry["start"]), int(entry.get("select", 0)), int(entry["length"]))
        if length and not int(entry.get("flags", 0)) & CONSTANT:
            place = None if entry["hole"] else MemoryArea(length, int(entry["start"]), ":bus")
            areas[int(entry["start"])] = length, place
    if not areas:
        sizes = {space["device"]: int(space.get("size", 0)) for space in hello["spaces"]}
        if sizes.get(":ram"):
            areas[ram_base] = sizes[":ram"], MemoryArea(sizes[":ram"])
    return [(address, *areas[address]) for address in sorted(areas)]


def map_length(start: int, select: int, length: int) -> int:
    """How many bytes stable-retro shows of a descriptor in a core's map: from the lowest bit of its address that is
    selected, and no more than there are."""
    if not select:
        return length
    shown = (~select & ~start) + 1 & select
    return min(shown, length) if length else shown


class LibretroMachine:
    """A console with a game in it; see `Machine`.

    Args:
        system: The console.
        start: Starts the emulator.
        players: How many play.
    """

    def __init__(self, system: System, start: Callable[[], ConsoleEmulator], players: int) -> None:
        self._start = start
        self._players = players
        self.system = system
        self._view: SlotView | None = None
        # That view, if the memory has changed since, other than by running a frame.
        self._outdated: SlotView | None = None
        self._emulator = emulator = start()
        try:
            self.blocks = [(address, length) for address, length, _ in emulator.areas]
            self.frame_rate = float(emulator.refresh_rate)
            info = emulator.core_info
            self.sample_rate = float(info["sample_rate"])
            self.core = {"name": info["machine"], "version": info["backend_version"], "id": core_id(emulator.core)}
            self.options = emulator.options
            self.system_folder = emulator.system_folder
            self.partial_states = bool(info["partial_states"])
            self._size = picture_size(system.name, info)
        except BaseException:
            emulator.close()
            raise

    @property
    def aspect_ratio(self) -> float:
        """Width by height of `picture` on a screen, which may be a part of what the core draws."""
        screen: dict[str, float] = self._emulator.core_info["screens"][0]
        width, height = self._size
        return self._emulator.aspect_ratio * (width / screen["width"]) / (height / screen["height"])

    def run(self, pressed: Sequence[int]) -> None:
        self._view = self._emulator.exchange_buttons(pressed)

    def _seen(self) -> SlotView:
        if self._view is None:
            closed = "this machine is closed; make a new environment"
            raise StateError(closed if self._emulator.closed else "no frame was run yet")
        return self._view

    @property
    def picture(self) -> Pixels:
        view = self._seen()
        if view.frame is None:
            raise StateError("the core has not drawn anything yet")
        self._emulator.settle(view)
        pixels = view.frame.pixels
        width, height = self._size
        if pixels.shape[:2] != (height, width):
            # Part of it, or black around it: an environment's observations have all the same shape.
            whole = np.zeros((height, width, 3), np.uint8)
            part = pixels[:height, :width]
            whole[: part.shape[0], : part.shape[1]] = part
            return whole
        return pixels.copy()

    @property
    def ram(self) -> Pixels:
        view = self._seen()
        if view is self._outdated:
            view = self._read_again(view)
        return self._emulator.ram_of(view.memory)

    def _read_again(self, view: SlotView) -> SlotView:
        """What the memory holds now; the picture stays the one of the last frame."""
        self._emulator.settle(view)
        now = self._emulator.step_buttons((), 0)
        self._view = now._replace(frame=view.frame)
        return self._view

    def save(self) -> bytes:
        return self._emulator.save_core_state()

    def load(self, state: bytes) -> None:
        self._emulator.load_core_state(state)
        self._outdated = self._view

    def write(self, offset: int, data: bytes) -> None:
        start = 0
        for _, length, area in self._emulator.areas:
            first, last = max(offset, start), min(offset + len(data), start + length)
            if first < last and area is not None:
                self._emulator.write_memory(
                    area.address + first - start, data[first - offset : last - offset], device=area.device, space="raw"
                )
            start += length
        self._outdated = self._view

    @property
    def rom(self) -> Path:
        assert self._emulator.rom is not None
        return self._emulator.rom

    def take_sound(self) -> Samples:
        return self._emulator.take_audio()

    def set_cheats(self, codes: Sequence[str]) -> None:
        self._emulator.set_cheats(codes)

    def restart(self) -> None:
        self._emulator.reset()
        self._outdated = self._view

    @property
    def lost(self) -> bool:
        return self._emulator.lost

    def replace(self) -> None:
        self._view = self._outdated = None
        self._emulator.close()
        self._emulator = self._start()

    def close(self) -> None:
        self._view = self._outdated = None
        self._emulator.close()


def picture_size(system: str, info: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height of the picture that stable-retro shows, which is the same for all of a game."""
    width, height = SIZES.get((info["machine"], system), (info["screens"][0]["width"], info["screens"][0]["height"]))
    return (ATARI_WIDTH if info["machine"] == "Stella" else int(width)), int(height)


def core_id(path: Path) -> str:
    """The name by which `find_core` finds a core's file again, if it lies in one of the usual folders."""
    return path.name.partition("_libretro")[0]


def choose_core(system: System, core: str | os.PathLike[str] | None) -> Path:
    """The file of the core that was asked for, or of the first of the console's that is installed.

    stable-retro's own come first, where they are: only with the same core are games the same.

    Raises:
        ConfigError: There is none.
    """
    if core is not None and (not isinstance(core, str) or os.sep in core):
        return find_core(core)
    folders = core_folders()
    given = [folder for source, folder in folders if source == CORES_VARIABLE]
    theirs = [folder for source, folder in folders if source == "stable-retro"]
    for name in system.cores if core is None else [core]:
        for folder in [*given, *theirs, *(folder for _, folder in folders)]:
            path = folder / f"{name}_libretro.so"
            if os.path.isfile(path):
                return find_core(path)
    if core is not None:
        return find_core(core)
    raise ConfigError(
        f"there is no libretro core for {system.name}: it would be {' or '.join(system.cores)}. pip install "
        "stable-retro brings one; Debian's packages are called libretro-NAME; $TOOLKIT_CORES names folders to look in"
        f"{unreadable(folder for _, folder in folders)}"
    )


def start_machine(
    system: System,
    rom: str | os.PathLike[str],
    game: str,
    players: int,
    core: str | os.PathLike[str] | None,
    options: Mapping[str, str] | None,
    timeout: float,
    publish: str | Endpoint | None = None,
    *,
    system_folder: str | os.PathLike[str] | None = None,
    sound: bool = False,
) -> LibretroMachine:
    """A console with a game in it, before its first frame.

    Args:
        sound: Keep all sound until it is taken; otherwise there is that of the last frame.

    Raises:
        ConfigError: No such core, option or folder.
        RomError: The core refuses the game.
        LaunchError: The frontend did not come up.
    """
    path = choose_core(system, core)
    start = partial(
        ConsoleEmulator,
        path,
        rom,
        console=system,
        publish_ram=True,
        observation=Observation(zero_filled=True),
        env_id=game,
        options={**OPTIONS.get(core_id(path), {}), **(options or {})},
        system=system_folder,
        players=players,
        timeout=timeout,
        publish=publish,
        audio=sound or "frame",
    )
    return LibretroMachine(system, start, players)
