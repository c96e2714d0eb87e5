"""Start states of hop's levels: made by going through the menus.

python -m games.homebrew.hop.states     writes those of this package's integration folder
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from games.homebrew.hop.memory import ADDRESSES, LEVELS
from games.homebrew.hop.menus import in_play, to_level
from games.homebrew.roms import rom_path
from toolkit.emulator import Action, Address, BaseEmulator
from toolkit.environment import WaitUntil, play
from toolkit.retro import RetroEmulator

# Far more frames than a level's intro takes.
LEVEL_BUDGET: Final = 600
GAME: Final = "Hop-Nes-v0"
# Core -> where its states are in the game's folder. stable-retro knows only those beside the other files, and takes
# fceumm for the NES.
FOLDERS: Final = {"fceumm": "", "nestopia": "nestopia"}


def make_states(
    emulator: BaseEmulator,
    buttons: Mapping[str, Action],
    raw_state: Callable[[BaseEmulator], bytes],
    folder: Path,
) -> list[Path]:
    """Writes the start states of an integration folder, `Level1.state` to `Level6.state`: the first frame of play.

    Args:
        emulator: One of hop that watches at least "state" and "level". It is reset before each level.
        buttons: What presses "Select" and "Start" there.
        raw_state: The state as gym-retro keeps it: what the core serialized, without anything of ours around it.
        folder: Where to; it must exist.

    Returns:
        The files, in the order of the levels. Made again, they have the same bytes if the core's states have.

    Raises:
        SequenceStuck: The game did not come so far.
    """
    files = []
    for level in range(1, LEVELS + 1):
        emulator.reset()
        steps = [*to_level(level, buttons), WaitUntil(in_play, LEVEL_BUDGET, f"level {level}")]
        for _ in play(emulator, steps, f"the way to level {level}"):
            pass
        file = folder / f"Level{level}.state"
        # No time of making in it: equal states are equal files.
        file.write_bytes(gzip.compress(raw_state(emulator), mtime=0))
        files.append(file)
    return files


def make_core_states(core: str, folder: Path) -> list[Path]:
    """Writes the start states of a libretro core; see `make_states`.

    Raises:
        ConfigError: There is no such core.
    """
    watched = {name: Address(*ADDRESSES[name]) for name in ("state", "level")}
    buttons = {name: Action(":joypad1", name.upper()) for name in ("Select", "Start")}
    with RetroEmulator(core, rom_path("hop") / "hop.nes", watched, players=1) as emulator:
        return make_states(emulator, buttons, lambda _: emulator.save_core_state(), folder)


def main() -> None:
    for core, name in FOLDERS.items():
        folder = rom_path("hop") / "integration" / GAME / name
        folder.mkdir(exist_ok=True)
        make_core_states(core, folder)


if __name__ == "__main__":
    main()
