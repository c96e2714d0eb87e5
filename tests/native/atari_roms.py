"""Atari 2600 games to play in tests: stable-retro's integrations, with the dumps that the package ale-py carries.

A dump is taken under its game's name, whether or not it is the one that the integration's rom.sha means: stable-retro
and the toolkit play the same one. Nothing of it is kept.
"""

import hashlib
import importlib.util
import shutil
from pathlib import Path

SUFFIX = "-Atari2600-v0"


def _folder(package, *parts):
    """A folder of an installed package, which is not imported: that would load an emulator."""
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise RuntimeError(f"the package {package} is missing; pip install -e .[dev] brings it")
    return Path(next(iter(spec.submodule_search_locations)), *parts)


def integrations():
    """The folder of each Atari integration, by its game's name."""
    return {path.name: path for path in sorted(_folder("stable_retro", "data", "stable").glob(f"*{SUFFIX}"))}


def dumps():
    """ale-py's dump of each integration that it has one for, by the integration's name."""
    known = {path.stem.replace("_", ""): path for path in _folder("ale_py", "roms").glob("*.bin")}
    found = {game: known.get(game.removesuffix(SUFFIX).lower()) for game in integrations()}
    return {game: path for game, path in found.items() if path is not None}


def is_meant(game):
    """Whether ale-py's dump is the one that the integration means."""
    digest = hashlib.sha1(dumps()[game].read_bytes()).hexdigest()
    return digest in (integrations()[game] / "rom.sha").read_text().split()


def has_program(game):
    """Whether its scenario is a program in Lua, which the toolkit refuses to run."""
    return '"script' in (integrations()[game] / "scenario.json").read_text()


def build(folder, games):
    """Makes `folder` hold these games' integrations with their dumps, for `add_custom_integration`.

    A scenario that is a program is left out, so that nothing is rewarded there and nothing ends.
    """
    for game in games:
        shutil.copytree(integrations()[game], folder / game)
        shutil.copyfile(dumps()[game], folder / game / "rom.a26")
        if has_program(game):
            (folder / game / "scenario.json").write_text("{}")
    return folder
