"""MAME's own windows, for a human: its list of games, its debugger, a game to play."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from toolkit.errors import LaunchError
from toolkit.link.process import EmulatorProcess
from toolkit.mame.binary import find_binary
from toolkit.mame.command import base_arguments, plugin_arguments, video_arguments
from toolkit.mame.display import window_environment
from toolkit.mame.failures import explain, failed
from toolkit.mame.slots import Slots, media_arguments, slot_arguments
from toolkit.mame.workspace import Media, RomsPath, Workspace, check_game_id

# How often the wait for the window's end looks for signals; the wait itself ends at once.
POLL: Final = 0.5
LEAVE_PATIENCE: Final = 0.0
# Read by lua_plugins/toolkit/init.lua.
SKIP_VARIABLE: Final = "TOOLKIT_SKIP_WARNINGS"


def see_games(binary_path: str | os.PathLike[str] | None = None, *, roms_path: RomsPath | None = None) -> None:
    """Opens the window in which MAME lists its games, and waits until it is closed.

    With `roms_path`, the games that are there can be started from it.

    Raises:
        ConfigError: There is no MAME, or no display.
    """
    open_window(None, roms_path, binary_path=binary_path)


def run_cheat_debugger(
    roms_path: RomsPath,
    game_id: str,
    binary_path: str | os.PathLike[str] | None = None,
    *,
    media: Media | None = None,
    slots: Slots | None = None,
) -> None:
    """Opens a game in MAME's debugger, and waits until it is closed.

    Its command `cheatinit`, then `cheatnext` after each change in the game, finds where a value lies in memory;
    `help cheats` explains them.

    Raises:
        ConfigError: There is no MAME, no display, no such machine or folder.
        RomError: Files of the machine are missing; says which, in MAME's words.
    """
    open_window(game_id, roms_path, ["-debug"], binary_path=binary_path, media=media, slots=slots)


def open_window(
    game_id: str | None,
    roms_path: RomsPath | None,
    arguments: Sequence[str] = (),
    *,
    sound: bool = False,
    skip_warnings: bool = False,
    binary_path: str | os.PathLike[str] | None = None,
    media: Media | None = None,
    slots: Slots | None = None,
) -> None:
    """Runs MAME in a window at its own speed until it is closed; on Ctrl-C, ends it.

    Args:
        game_id: The machine; None opens MAME's list of games.
        roms_path: The folder, or folders, with the ROM sets, if it needs any.
        arguments: More options for MAME.
        sound: Play the machine's sound.
        skip_warnings: Start without MAME's screens about wrong checksums and imperfect emulation.
        binary_path: The MAME to run; otherwise the usual one.
        media: Files for the media slots.
        slots: What is plugged in.

    Raises:
        ConfigError: There is no MAME, no display, no such machine or folder.
        RomError: Files of the machine are missing.
        LaunchError: MAME failed; carries what it said.
    """
    binary = find_binary(binary_path)
    environment = window_environment()
    if skip_warnings:
        environment[SKIP_VARIABLE] = "1"
    workspace = Workspace()
    process: EmulatorProcess | None = None
    try:
        argv = [
            str(binary),
            *([check_game_id(game_id)] if game_id is not None else []),
            *slot_arguments(slots or {}),
            *(media_arguments(workspace, media or {}, game_id, binary) if game_id is not None else []),
            *("-rompath", workspace.add_roms(roms_path) if roms_path is not None else "roms"),
            *base_arguments(workspace, binary),
            *video_arguments(render=True, throttle=True, frame_skip=0, sound=sound),
            *(plugin_arguments() if skip_warnings else []),
            *arguments,
        ]
        process = EmulatorProcess(argv, cwd=workspace.path, env=environment, pass_fds=(), output=workspace.output)
        while not process.leaves(POLL):
            pass
        code, words = process.exit_code, process.stderr()
        if failed(words) if code is None else code != 0:
            said = process.words("the end of what it printed")
            error = LaunchError(f"MAME {process.describe_exit()}; {said}", argv, code, words)
            raise explain(error, game_id or "the list of games", media=media, slots=slots)
    finally:
        if process is not None:
            process.end(LEAVE_PATIENCE)
        workspace.close()
