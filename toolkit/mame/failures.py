"""What went wrong when MAME did not come up, from its exit code and its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError, LaunchError, RomError, ToolkitError, UnknownGame
from toolkit.files import UNREADABLE, file_problem, folder_problem

# src/frontend/mame/mame.h: EMU_ERR_MISSING_FILES, EMU_ERR_DEVICE, EMU_ERR_NO_SUCH_SYSTEM and EMU_ERR_INVALID_CONFIG.
MISSING_FILES: Final = 2
BAD_MEDIA: Final = 4
NO_SUCH_SYSTEM: Final = 5
UNKNOWN_OPTION: Final = 6
_TRIED: Final = re.compile(r"\(tried in ([^)]*)\)")
NO_MEDIA: Final = "Images must be mounted"
# What is there whenever nothing is shown or heard, and with every ROM set that differs from the one MAME knows.
NOISE: Final = re.compile(
    rb"ALSA lib |Warning: -video none |.* WRONG CHECKSUMS:$| +(EXPECTED|FOUND): CRC\(|WARNING: the machine might not "
)


def explain(error: LaunchError, game_id: str, folders: Sequence[Path] = ()) -> ToolkitError:
    """The error to raise instead of `error`, with MAME's words in it; `folders` are where it looked for ROMs."""
    if error.exit_code == MISSING_FILES:
        return RomError(
            f"{_unreadable_sets(error.stderr, game_id, folders)}"
            f"MAME says that files of {game_id} are missing or wrong:\n{error.stderr}\n"
            f"Put the ROM set ({game_id}.zip, and those of its parents) into the ROM folder; "
            f"toolkit doctor --game {game_id} checks it"
        )
    if error.exit_code == NO_SUCH_SYSTEM:
        return UnknownGame(f"MAME has no machine {game_id!r}; it says:\n{error.stderr}\ntoolkit list-games finds names")
    if error.exit_code in (BAD_MEDIA, UNKNOWN_OPTION) or NO_MEDIA in error.stderr:
        # The options that come from the caller are those for the media slots.
        return ConfigError(
            f"MAME does not start {game_id} with the files in its media slots; it says:\n{error.stderr}\n"
            f"media={{slot: path}} fills a slot; mame -listmedia {game_id} shows which there are"
        )
    if error.exit_code is not None and error.exit_code < 0 and "sdl" in error.argv:
        # Seen where there is neither a sound card nor a sound server: a library below MAME crashes.
        return LaunchError(
            f"{error}\nThe machine's sound was asked for. If there is no sound device here, leave it out, or set the "
            f"variable SDL_AUDIODRIVER to dummy",
            error.argv,
            error.exit_code,
            error.stderr,
        )
    return error


def _unreadable_sets(words: str, game_id: str, folders: Sequence[Path]) -> str:
    """A line for each ROM set that is there and cannot be read: to MAME it is as if there were none."""
    sets = dict.fromkeys([game_id, *(name for tried in _TRIED.findall(words) for name in tried.split())])
    lines = []
    for folder in folders:
        for name in sets:
            problems = [(folder / name, folder_problem(folder / name))]
            problems += [(path, file_problem(path)) for path in (folder / f"{name}.zip", folder / f"{name}.7z")]
            lines += [f"{path} {problem}\n" for path, problem in problems if problem and problem.startswith(UNREADABLE)]
    return "".join(lines)
