"""Where integrations are looked for: the user's folders, this project's, an installed stable-retro's.

A file of a game is looked for in each folder in turn, so that a user's folder that holds nothing but the ROM is
completed by the others.
"""

from __future__ import annotations

import enum
import importlib.util
import os
from pathlib import Path
from typing import Final

import games.homebrew
from toolkit.errors import ConfigError
from toolkit.files import folder_problem, unreadable
from toolkit.storage import data_folder

VARIABLE: Final = "TOOLKIT_INTEGRATIONS"


class Integrations(enum.Flag):
    """Which of an installed stable-retro's collections are used, besides the user's and this project's."""

    STABLE = 1
    EXPERIMENTAL_ONLY = 2
    CONTRIB_ONLY = 4
    CUSTOM_ONLY = 8
    """Folders that were added with `add_custom_path`."""
    EXPERIMENTAL = EXPERIMENTAL_ONLY | STABLE
    CONTRIB = CONTRIB_ONLY | STABLE
    CUSTOM = CUSTOM_ONLY | STABLE
    ALL = STABLE | EXPERIMENTAL_ONLY | CONTRIB_ONLY | CUSTOM_ONLY
    DEFAULT = 16
    """`STABLE`, and whatever `add_integrations` added."""

    @property
    def folders(self) -> list[Path]:
        """The folders with games' folders in them, in the order in which they are searched."""
        return [*user_folders(), *own_folders(), *_stable_retro_folders(self.chosen)]

    @property
    def chosen(self) -> Integrations:
        """This, with what `DEFAULT` stands for now in its place."""
        return self & ~Integrations.DEFAULT | _defaults[0] if self & Integrations.DEFAULT else self

    @property
    def paths(self) -> list[str]:
        """stable-retro's names for the collections, relative to `data.path()`, and the folders that were added; what is
        searched besides is in `folders`."""
        parts = {
            Integrations.CONTRIB_ONLY: ["contrib"],
            Integrations.EXPERIMENTAL_ONLY: ["experimental"],
            Integrations.CUSTOM_ONLY: _custom,
            Integrations.STABLE: ["stable"],
        }
        return [name for part, names in parts.items() if self.chosen & part for name in names]

    def __str__(self) -> str:
        """As stable-retro writes it: "" for STABLE, or such as "stable|contrib"."""
        names = {
            Integrations.STABLE: "stable",
            Integrations.CONTRIB_ONLY: "contrib",
            Integrations.EXPERIMENTAL_ONLY: "experimental",
            Integrations.CUSTOM_ONLY: "custom",
        }
        chosen = self.chosen
        if chosen in (Integrations.STABLE, Integrations.ALL):
            return "" if chosen is Integrations.STABLE else "all"
        return "|".join(name for part, name in names.items() if chosen & part)

    @classmethod
    def add_custom_path(cls, path: str | os.PathLike[str]) -> None:
        """A folder that `CUSTOM_ONLY` stands for, with a folder per game. A relative path is one from the current
        folder, or where there is none, from `data.path()`; it need not be there yet.

        Raises:
            ConfigError: There is no folder at an absolute path.
        """
        problem = folder_problem(Path(path)) if os.path.isabs(path) else None
        if problem is not None:
            raise ConfigError(f"the folder {path} {problem}; it should hold a folder per game")
        _custom.append(os.fspath(path))

    @classmethod
    def clear_custom_paths(cls) -> None:
        _custom.clear()


_custom: list[str] = []
_defaults: list[Integrations] = [Integrations.STABLE]


class DefaultIntegrations:
    """What `Integrations.DEFAULT` stands for."""

    @classmethod
    def add(cls, extra: Integrations) -> None:
        """See `add_integrations`."""
        add_integrations(extra)

    @classmethod
    def reset(cls) -> None:
        """From here on `Integrations.DEFAULT` stands for STABLE alone again."""
        _defaults[0] = Integrations.STABLE


def add_integrations(integrations: Integrations) -> None:
    """From here on `Integrations.DEFAULT` stands for these, too."""
    _defaults[0] |= integrations & ~Integrations.DEFAULT


def add_custom_integration(path: str | os.PathLike[str]) -> None:
    """From here on games are looked for in the folder `path`, too; it holds a folder per game."""
    Integrations.add_custom_path(path)
    add_integrations(Integrations.CUSTOM_ONLY)


def user_folder() -> Path:
    """Where `toolkit import-roms` puts ROMs."""
    return data_folder("integrations")


def user_folders() -> list[Path]:
    """Those in $TOOLKIT_INTEGRATIONS, separated by colons, and the user's own."""
    given = [Path(part) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    return [*given, user_folder()]


def own_folders() -> list[Path]:
    """Those of our own homebrew."""
    return sorted(folder for folder in Path(games.homebrew.__file__).parent.glob("*/integration") if folder.is_dir())


def stable_retro_data() -> Path | None:
    """The folder of an installed stable-retro that holds its collections; None if it is not installed."""
    try:
        spec = importlib.util.find_spec("stable_retro")
    except (ImportError, ValueError):
        return None
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def _stable_retro_folders(chosen: Integrations) -> list[Path]:
    # In its own order: what is added comes before what is stable.
    data = stable_retro_data()
    folders = []
    if data is not None and chosen & Integrations.CONTRIB_ONLY:
        folders.append(data / "contrib")
    if data is not None and chosen & Integrations.EXPERIMENTAL_ONLY:
        folders.append(data / "experimental")
    if chosen & Integrations.CUSTOM_ONLY:
        folders += map(_custom_folder, _custom)
    if data is not None and chosen & Integrations.STABLE:
        folders.append(data / "stable")
    return [folder for folder in folders if os.path.isdir(folder)]


def _custom_folder(path: str) -> Path:
    here, data = Path(path).absolute(), stable_retro_data()
    if data is None or os.path.isdir(here) or os.path.isabs(path):
        return here
    return data / path if os.path.isdir(data / path) else here


def find_file(game: str, name: str, integrations: Integrations, core: str | None = None) -> Path | None:
    """The first file called `name` of a game; None if there is none. With `core`, one in the core's own folder, inside
    the game's, comes before the one beside that folder.

    Raises:
        ConfigError: A name that would lead out of the game's folder.
    """
    if not game or not name or any(os.sep in text or "\0" in text or text in (".", "..") for text in (game, name)):
        raise ConfigError(f"{game!r} and {name!r} must be the names of a game and of a file, without a folder")
    for folder in integrations.folders:
        for path in (*([folder / game / core / name] if core else []), folder / game / name):
            if os.path.isfile(path):
                return path
    return None


def find_beside(name: str, integrations: Integrations) -> Path | None:
    """The first file called `name` beside the games' folders; None if there is none.

    Raises:
        ConfigError: A name that would lead elsewhere.
    """
    if not name or os.sep in name or "\0" in name or name in (".", ".."):
        raise ConfigError(f"{name!r} must be the name of a file, without a folder")
    return next((path for folder in integrations.folders if os.path.isfile(path := folder / name)), None)


def unknown_game(game: str, integrations: Integrations) -> ConfigError:
    """The error for a game that no folder has an integration of."""
    folders = integrations.folders
    return ConfigError(
        f"no integration is called {game!r}; toolkit.retro.data.list_games() lists them, and ${VARIABLE} names folders "
        f"to look in besides{unreadable([*folders, *(folder / game for folder in folders)])}"
    )
