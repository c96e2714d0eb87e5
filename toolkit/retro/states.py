"""Start states: a core's own state, compressed with gzip."""

from __future__ import annotations

import gzip
import os
import zlib
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError, StateError
from toolkit.files import open_file
from toolkit.limits import reason
from toolkit.retro.enums import State
from toolkit.retro.integrations import Integrations, find_file
from toolkit.retro.json_file import read_json

# More than any core's state; what unpacks to more is no state.
MAX_STATE: Final = 2**28


def read_state(path: str | os.PathLike[str]) -> bytes:
    """The state in the file.

    Raises:
        ConfigError: It cannot be read.
        StateError: It is no gzip file, is cut short, or damaged.
    """
    try:
        with open_file(path) as packed, gzip.open(packed) as file:
            data = file.read(MAX_STATE + 1)
    except gzip.BadGzipFile as error:
        raise StateError(f"{path} is no start state: it is not compressed with gzip ({error})") from None
    except (EOFError, zlib.error) as error:
        raise StateError(f"the start state {path} is cut short or damaged: {error}") from None
    except OSError as error:
        raise ConfigError(f"cannot read the start state {path}: {reason(error)}") from error
    except ValueError as error:
        # No file can be called so. An integration's metadata.json may say anything.
        raise ConfigError(f"cannot read the start state {os.fspath(path)!r}: {error}") from error
    if not 0 < len(data) <= MAX_STATE:
        raise StateError(f"{path} is no start state: it unpacks to {len(data) or 'no'} bytes")
    return data


def find_state(game: str, name: str, integrations: Integrations, core: str | None = None) -> Path:
    """The file of a game's start state; `name` may also be a path.

    A start state belongs to one core. Those beside the game's other files are for the core that stable-retro takes; a
    folder there with the name of another core, such as `nestopia`, holds that one's.

    Args:
        game: The integration's name.
        name: The state's, with or without its ending.
        integrations: Where to look.
        core: The core's name. In each folder its own states come first.

    Raises:
        ConfigError: There is none; the message lists those that there are.
    """
    file = name if name.endswith(".state") else f"{name}.state"
    if os.path.basename(file) != file:
        return Path(file)
    found = find_file(game, file, integrations, core)
    if found is None:
        folders = [folder / game for folder in integrations.folders]
        folders += [folder / core for folder in folders if core]
        states = sorted({path.stem for folder in folders for path in folder.glob("*.state")})
        raise ConfigError(f"{game} has no start state {name!r}; it has {', '.join(states) or 'none'}")
    return found


def choose_state(game: str, state: State | str | None, players: int, integrations: Integrations) -> str | None:
    """The name of the state that was asked for; None to start where the machine is switched on, as State.NONE and None
    ask for.

    Raises:
        ConfigError: Neither a name nor a State; or a malformed metadata.json.
    """
    if isinstance(state, str):
        return state
    if state is State.NONE or state is None:
        return None
    if state is not State.DEFAULT:
        raise ConfigError(f"state is a name, State.DEFAULT or State.NONE, got {state!r}")
    path = find_file(game, "metadata.json", integrations)
    if path is None:
        return None
    metadata = read_json(path)
    for_players, default = metadata.get("default_player_state"), metadata.get("default_state")
    if for_players is not None and players <= len(for_players.items()):
        return for_players.items()[players - 1].text()
    return None if default is None or default.value is None else default.text()
