"""What can be pressed on a machine."""

from __future__ import annotations

import os
from collections.abc import Mapping

from toolkit.emulator.mame import Emulator, RomsPath


def list_actions(
    roms_path: RomsPath,
    game_id: str,
    binary_path: str | os.PathLike[str] | None = None,
    *,
    media: Mapping[str, str | os.PathLike[str]] | None = None,
) -> list[dict[str, str]]:
    """Every port and field of a machine, as an `Action` takes them: [{"port": ":INPUTS", "field": "P1 Left"}, ...].

    Starts the machine for it, without running it. `Emulator.list_fields` tells more of each: whether it is analog, a
    switch, and its range or settings.

    Args:
        roms_path: The folder, or folders, with the ROM sets.
        game_id: MAME's name of the machine.
        binary_path: The MAME to run; otherwise $TOOLKIT_MAME, the one on PATH, or Debian's.
        media: Files for the media slots of console and computer drivers.

    Raises:
        ConfigError: MAME, the folder or the machine does not exist.
        RomError: Files of the machine are missing; says which, in MAME's words.
    """
    with Emulator(
        "list_actions", roms_path, game_id, {}, binary_path=binary_path, media=media, screen=None
    ) as emulator:
        return [{"port": entry["port"], "field": entry["field"]} for entry in emulator.list_fields()]
