"""What went wrong when MAME did not come up, from its exit code and its own words."""

from __future__ import annotations

from typing import Final

from toolkit.errors import ConfigError, LaunchError, RomError, ToolkitError

# src/frontend/mame/mame.h: EMU_ERR_MISSING_FILES and EMU_ERR_NO_SUCH_SYSTEM.
MISSING_FILES: Final = 2
NO_SUCH_SYSTEM: Final = 5


def explain(error: LaunchError, game_id: str) -> ToolkitError:
    """The error to raise instead of `error`, with MAME's words in it."""
    if error.exit_code == MISSING_FILES:
        return RomError(
            f"MAME says that files of {game_id} are missing or wrong:\n{error.stderr}\n"
            f"Put the ROM set ({game_id}.zip, and those of its parents) into the ROM folder; "
            f"toolkit doctor --game {game_id} checks it"
        )
    if error.exit_code == NO_SUCH_SYSTEM:
        return ConfigError(f"MAME has no machine {game_id!r}; it says:\n{error.stderr}\ntoolkit list-games finds names")
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
