"""What can be pressed on a machine."""

from __future__ import annotations

import os
from typing import Any

from toolkit.emulator.mame import Emulator
from toolkit.mame.slots import Slots
from toolkit.mame.workspace import Media, RomsPath


def list_actions(
    roms_path: RomsPath,
    game_id: str,
    binary_path: str | os.PathLike[str] | None = None,
    *,
    media: Media | None = None,
    slots: Slots | None = None,
) -> list[dict[str, Any]]:
    """Every field of a machine's input ports, and what an `Action` can hold it at.

    Starts the machine for it, without running it.

    Returns:
        One dict for each field. An `Action` takes its "port" and "field". Its "kind" is

        - "digital": 1 presses it. MAME counts some of these for "impulse" frames only, however long they are held.
        - "toggle": each press flips it, and it stays so.
        - "analog": "minimum" to "maximum", as the machine reads it. A paddle, stick, pedal or light gun has a position;
          of a dial, trackball or mouse it is the counter that the machine watches, which wraps. While it is held, MAME
          reads the fields that "hides" names as if they were not pressed.
        - "adjuster": a knob inside the machine, "minimum" to "maximum".
        - "dipswitch", "config": one of its "settings", each a dict of "value", the number, and "name".

        "settable" is False where MAME does not let a plugin set the field, and "reason" says why. "enabled" is False
        while another switch keeps the field from having an effect. "class", "mask", "default" and "analog" are MAME's.

    Args:
        roms_path: The folder, or folders, with the ROM sets.
        game_id: MAME's name of the machine.
        binary_path: The MAME to run; otherwise $TOOLKIT_MAME, the one on PATH, or Debian's.
        media: Files for the media slots of console and computer drivers.
        slots: What is plugged in; its fields are among those listed.

    Raises:
        ConfigError: MAME, the folder or the machine does not exist.
        RomError: Files of the machine are missing; says which, in MAME's words.
    """
    with Emulator(
        "list_actions", roms_path, game_id, {}, binary_path=binary_path, media=media, slots=slots, screen=None
    ) as emulator:
        return emulator.list_fields()
