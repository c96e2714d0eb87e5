"""What went wrong when MAME did not come up, from its own words and its exit code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError, LaunchError, RomError, ToolkitError, UnknownGame
from toolkit.files import UNREADABLE, file_problem, folder_problem
from toolkit.mame.binary import version
from toolkit.mame.slots import Slots, check_media, check_slots, list_slots
from toolkit.mame.workspace import Media

# src/frontend/mame/mame.h: EMU_ERR_MISSING_FILES, EMU_ERR_FATALERROR, EMU_ERR_DEVICE, EMU_ERR_NO_SUCH_SYSTEM and
# EMU_ERR_INVALID_CONFIG.
MISSING_FILES: Final = 2
FATAL: Final = 3
BAD_MEDIA: Final = 4
NO_SUCH_SYSTEM: Final = 5
UNKNOWN_OPTION: Final = 6
# What it prints with each of these codes, which are not always known: see `toolkit.link.handle`.
_WORDS: Final = (
    (MISSING_FILES, re.compile(r"Required files are missing")),
    (BAD_MEDIA, re.compile(r"Device .* load .*failed")),
    (NO_SUCH_SYSTEM, re.compile(r"Unknown system '")),
    (UNKNOWN_OPTION, re.compile(r"Error: unknown option")),
)
_TRIED: Final = re.compile(r"\(tried in ([^)]*)\)")
NO_MEDIA: Final = "Images must be mounted"
_UNKNOWN: Final = re.compile(r"unknown option: -?(\S+)", re.IGNORECASE)
# How long a program that failed may take to tell its version.
VERSION_PATIENCE: Final = 10.0
OTHER_MAME: Final = "take another one, of version 0.251 or later and with Lua plugins, as distributions build it"
# What is there whenever nothing is shown or heard, and with every ROM set that differs from the one MAME knows.
NOISE: Final = re.compile(
    rb"ALSA lib |Warning: -video none |.* WRONG CHECKSUMS:$| +(EXPECTED|FOUND): CRC\(|WARNING: the machine might not "
)


def explain(
    error: LaunchError,
    game_id: str,
    folders: Sequence[Path] = (),
    media: Media | None = None,
    slots: Slots | None = None,
) -> ToolkitError:
    """The error to raise instead of `error`, with MAME's words in it.

    Args:
        error: What was raised where MAME was started.
        game_id: The machine.
        folders: Where MAME looked for ROMs.
        media, slots: What the caller wanted in the machine.
    """
    never_ran = isinstance(error.__cause__, OSError) and not isinstance(error.__cause__, TimeoutError)
    if never_ran or not error.argv:
        return error
    binary = Path(error.argv[0])
    try:
        number = version(binary, VERSION_PATIENCE)
    except LaunchError as problem:
        return _again(error, f"{problem}\nStarted as if it were one, {error}")
    code = _reason(error.stderr) or error.exit_code
    if code == MISSING_FILES:
        return RomError(
            f"{_unreadable_sets(error.stderr, game_id, folders)}"
            f"MAME says that files of {game_id} are missing or wrong:\n{error.stderr}\n"
            f"Put the ROM set ({game_id}.zip, and those of its parents) into the ROM folder; "
            f"toolkit doctor --game {game_id} checks it"
        )
    if code == NO_SUCH_SYSTEM:
        return UnknownGame(f"MAME has no machine {game_id!r}; it says:\n{error.stderr}\ntoolkit list-games finds names")
    unknown = _UNKNOWN.search(error.stderr)
    if code == UNKNOWN_OPTION and unknown and unknown[1] not in {**(media or {}), **(slots or {})}:
        return _again(error, f"{binary} is MAME {number}, which does not know its option -{unknown[1]}: {OTHER_MAME}")
    if code in (FATAL, BAD_MEDIA, UNKNOWN_OPTION) and (slots or media):
        try:
            known = list_slots(game_id, binary)
            check_media(media or {}, known, game_id)
            check_slots(slots or {}, known, game_id)
        except ToolkitError as problem:
            return problem
    if code in (BAD_MEDIA, UNKNOWN_OPTION) or NO_MEDIA in error.stderr:
        return ConfigError(
            f"MAME does not start {game_id} with the files in its media slots; it says:\n{error.stderr}\n"
            f"media={{slot: path}} fills a slot; mame -listmedia {game_id} shows which there are. slots= is for "
            f"controllers and other devices; toolkit list-slots {game_id} shows those"
        )
    if error.exit_code is not None and error.exit_code < 0 and "sdl" in error.argv:
        # Seen where there is neither a sound card nor a sound server: a library below MAME crashes.
        return _again(
            error,
            f"{error}\nThe machine's sound was asked for. If there is no sound device here, leave it out, or set the "
            f"variable SDL_AUDIODRIVER to dummy",
        )
    if error.exit_code is None or error.exit_code == 0:
        return _again(error, f"{error}\nIt is MAME {number}, and it did not run our plugin: {OTHER_MAME}")
    return _again(error, f"{error}\nIt is MAME {number}: it does not run {game_id} here, whoever starts it")


def _again(error: LaunchError, message: str) -> LaunchError:
    return LaunchError(message, error.argv, error.exit_code, error.stderr)


def failed(words: str) -> bool:
    """Whether MAME says that it did not work, for when its exit code is unknown."""
    return _reason(words) is not None or "Fatal error" in words


def _reason(words: str) -> int | None:
    """The exit code that goes with what MAME has printed."""
    return next((code for code, pattern in _WORDS if pattern.search(words)), None)


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
