"""The emulators that hop is played on: MAME's NES, or that of a libretro core."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from toolkit.emulator import Address, BaseEmulator, Emulator
from toolkit.errors import ConfigError
from toolkit.options import parameters, refuse_unknown
from toolkit.retro import RetroEmulator

CORE: Final = "nestopia"
BACKENDS: Final[dict[str, type[BaseEmulator]]] = {"mame": Emulator, "libretro": RetroEmulator}
# What an environment tells its emulator by itself.
_SETTLED: Final = {"env_id", "roms_path", "game_id", "media", "rom", "memory_addresses", "frame_ratio"}


def open_emulator(
    backend: str, env_id: str, cartridge: Path, addresses: Mapping[str, Address], frame_ratio: int, **options: Any
) -> BaseEmulator:
    """An NES with the cartridge in it.

    Args:
        backend: One of `BACKENDS`.
        env_id: The emulator's name.
        cartridge: The file.
        addresses: What is read after each step.
        frame_ratio: Emulated frames per step.
        options: The emulator's own; for "libretro" also `core`, a name or a path.

    Raises:
        ConfigError: An option that the backend does not have; there is no such core; as the emulator.
        LaunchError: The emulator did not come up.
    """
    _check(backend, options)
    if backend == "mame":
        return Emulator(env_id, cartridge.parent, "nes", addresses, frame_ratio, media={"cart": cartridge}, **options)
    core = options.pop("core", CORE)
    return RetroEmulator(core, cartridge, addresses, frame_ratio, env_id=env_id, **{"players": 1, **options})


def _check(backend: str, options: Mapping[str, Any]) -> None:
    for name in options:
        owners = [owner for owner in BACKENDS if name in _options(owner)]
        if owners and backend not in owners:
            raise ConfigError(f"the backend {backend!r} has no option {name!r}; the backend {owners[0]!r} has it")
    refuse_unknown(options, _options(backend), f"the backend {backend!r}")


def _options(backend: str) -> frozenset[str]:
    return parameters(BACKENDS[backend]) - _SETTLED
