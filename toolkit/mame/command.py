"""MAME's command line."""

from __future__ import annotations

from pathlib import Path

from toolkit.mame.binary import find_binary, headless_environment
from toolkit.mame.workspace import Workspace


def base_arguments(workspace: Workspace, binary: Path) -> list[str]:
    """What every MAME of ours gets: nothing of the user's configuration, all files in the private folder."""
    return [
        "-noreadconfig",
        *("-inipath", "."),
        *("-homepath", "home"),
        *("-cfg_directory", "cfg"),
        *("-nvram_directory", "nvram"),
        *("-state_directory", "sta"),
        *("-snapshot_directory", "snap"),
        *("-diff_directory", "diff"),
        *("-hashpath", workspace.add_software_lists(binary)),
        "-nonvram_save",
        "-noautosave",
        "-nocheat",
        "-noconfirm_quit",
        "-skip_gameinfo",
    ]


def plugin_arguments() -> list[str]:
    """Starts our plugin, and makes its frames current, of the screen's own size, and unsmoothed."""
    return [
        "-plugins",
        *("-pluginspath", "plugins"),
        *("-plugin", "toolkit"),
        *("-snapview", "native"),
        *("-snapsize", "auto"),
        "-nosnapbilinear",
        "-update_in_pause",
    ]


def video_arguments(*, render: bool, throttle: bool, frame_skip: int, sound: bool) -> list[str]:
    """How the machine is shown and heard."""
    return [
        *("-video", "soft" if render else "none"),
        *(["-window", "-nomaximize"] if render else []),
        *("-sound", "sdl" if sound else "none"),
        "-throttle" if throttle else "-nothrottle",
        "-noautoframeskip",
        *("-frameskip", str(frame_skip)),
    ]


__all__ = ["base_arguments", "find_binary", "headless_environment", "plugin_arguments", "video_arguments"]
