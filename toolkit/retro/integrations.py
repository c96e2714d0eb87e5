"""Where integrations are looked for: the user's folders, this project's, an installed stable-retro's.

A file of a game is looked for in each folder in turn, so that a user's folder that holds nothing but the ROM is
completed by the others.
"""

from __future__ import annotations

import difflib
import enum
import itertools
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import games.homebrew
from toolkit.errors import ConfigError, UnknownGame
from toolkit.files import folder_problem, unreadable
from toolkit.installed import package_folders
from toolkit.storage import data_folder

VARIABLE: Final = "TOOLKIT_INTEGRATIONS"
# How much two titles must have in common to be taken for misspellings of each other, of 1.
_LIKENESS: Final = 0.75


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
        # As in stable-retro, what is added comes before what is always there. The user's folders stand where it keeps
        # ROMs that were imported: in its stable collection.
        chosen = self.chosen
        return [*_added_folders(chosen), *user_folders(), *own_folders(), *_stable_folders(chosen)]

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
            Integrations.CUSTOM_ONLY: [given for given, _ in _custom],
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
        _custom.append((os.fspath(path), Path(path).absolute()))

    @classmethod
    def clear_custom_paths(cls) -> None:
        _custom.clear()


# As they were given, and where that was then.
_custom: list[tuple[str, Path]] = []
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
    return next((place / "data" for place in package_folders("stable_retro")), None)


def _added_folders(chosen: Integrations) -> list[Path]:
    """What is searched only where it is asked for, in stable-retro's order."""
    folders = []
    if chosen & Integrations.CONTRIB_ONLY:
        folders += _collection("contrib")
    if chosen & Integrations.EXPERIMENTAL_ONLY:
        folders += _collection("experimental")
    if chosen & Integrations.CUSTOM_ONLY:
        folders += [folder for folder in itertools.starmap(_custom_folder, _custom) if os.path.isdir(folder)]
    return folders


def _stable_folders(chosen: Integrations) -> list[Path]:
    return _collection("stable") if chosen & Integrations.STABLE else []


def _collection(name: str) -> list[Path]:
    data = stable_retro_data()
    return [data / name] if data is not None and os.path.isdir(data / name) else []


def _custom_folder(given: str, here: Path) -> Path:
    data = stable_retro_data()
    return here if data is None or os.path.isdir(here) or not os.path.isdir(data / given) else data / given


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


def find_json(game: str, name: str, integrations: Integrations) -> str | None:
    """The path of a game's variables or scenario: `name` itself if that ends in .json. None if the game has none of
    the two usual names, "data" and "scenario", which stands for an empty one.

    Raises:
        ConfigError: There is none of that name.
    """
    if name.endswith(".json"):
        return name
    path = find_file(game, f"{name}.json", integrations)
    if path is None and name not in ("data", "scenario"):
        raise ConfigError(
            f"{game} has no {name}.json; toolkit.retro.data.list_scenarios({game!r}) lists its scenarios, and a path "
            "that ends in .json names any other file"
        )
    return None if path is None else str(path)


def has_game(game: str, integrations: Integrations) -> bool:
    """Whether there is a folder for the game, whatever is in it."""
    return any(os.path.isdir(folder / game) for folder in integrations.folders)


def game_names(integrations: Integrations) -> list[str]:
    """The games that have a folder, whatever is in it."""
    names = set()
    for folder in integrations.folders:
        try:
            # Not what scandir's entries say, which fails for a link that leads to itself.
            names |= {name for name in os.listdir(folder) if os.path.isdir(folder / name)}
        except OSError:
            continue
    return sorted(names)


def find_beside(name: str, integrations: Integrations) -> Path | None:
    """The first file called `name` beside the games' folders; None if there is none.

    Raises:
        ConfigError: A name that would lead elsewhere.
    """
    if not name or os.sep in name or "\0" in name or name in (".", ".."):
        raise ConfigError(f"{name!r} must be the name of a file, without a folder")
    return next((path for folder in integrations.folders if os.path.isfile(path := folder / name)), None)


def unknown_game(game: str, integrations: Integrations) -> UnknownGame:
    """The error for a game that no folder has an integration of."""
    folders = integrations.folders
    missing = (
        "" if stable_retro_data() else "; stable-retro, which brings a thousand, is missing: pip install stable-retro"
    )
    return UnknownGame(
        f"no integration is called {game!r}{_advice(game, integrations)} toolkit.retro.data.list_games() lists them, "
        f"and ${VARIABLE} names folders to look in besides{missing}"
        f"{unreadable([*folders, *(folder / game for folder in folders)])}"
    )


def _advice(game: str, integrations: Integrations) -> str:
    """Which games may have been meant, and what has to be said for those in collections that were not asked for."""
    known = game_names(integrations)
    everywhere = game_names(Integrations.ALL)
    if game in everywhere:
        return " in what was searched, but in another collection; pass inttype=Integrations.ALL;"
    near = similar_games(game, known) or similar_games(game, everywhere)
    if not near:
        return ";"
    other = "" if near[0] in known else " (with inttype=Integrations.ALL)"
    return f"; did you mean {' or '.join(map(repr, near))}{other}?"


def similar_games(game: str, known: Sequence[str], most: int = 3) -> list[str]:
    """The names in `known` that `game` may stand for, the likeliest first: those that are the same but for case and
    version; then those whose name without the console is the same, or spelt much like it."""
    plain = _plain(game)
    title, _, console = plain.rpartition("-")
    names = {name: _plain(name) for name in known}
    # A game without a console is all title.
    titles = [plain, *([title] if title else [])]
    known_titles = {name: text.rpartition("-")[0] or text for name, text in names.items()}
    spelt = [
        close
        for text in titles
        for close in difflib.get_close_matches(text, sorted(set(known_titles.values())), most, _LIKENESS)
    ]
    near = [name for text in spelt for name, other in known_titles.items() if other == text]
    near.sort(key=lambda name: (names[name] != plain, bool(title) and not names[name].endswith(f"-{console}")))
    return list(dict.fromkeys(near))[:most]


def same_game(game: str, known: Sequence[str]) -> str | None:
    """The one name in `known` that is the same as `game` but for case and version; None if there is none, or several.

    gym-retro had no versions: its movies name Airstriker-Genesis what is now Airstriker-Genesis-v0.
    """
    same = [name for name in known if _plain(name) == _plain(game)]
    return same[0] if len(same) == 1 else None


def _plain(game: str) -> str:
    return re.sub(r"-v\d+$", "", game.strip()).casefold()
