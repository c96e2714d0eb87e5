"""What is installed on this machine, which never is what just lies in the current folder.

Programs and libraries that are found here are executed. Python itself looks into the current folder first when it is
started with -c, with -m or without a script, and an empty entry of PATH means that folder, too.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path


def package_folders(name: str) -> list[Path]:
    """The folders of an installed Python package; none if it is not installed. Nothing is imported."""
    here = _identity(os.curdir)
    path = [entry for entry in sys.path if entry and _identity(entry) != here]
    spec = _find_spec(name, path)
    # Without an origin it is no package but a folder of that name.
    if spec is None or spec.origin is None or not spec.submodule_search_locations:
        return []
    return [Path(place) for place in spec.submodule_search_locations if _identity(os.path.dirname(place)) != here]


def _find_spec(name: str, path: list[str]) -> ModuleSpec | None:
    """Like importlib.util.find_spec, in these folders; an editable installation has a finder of its own."""
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        spec: ModuleSpec | None = None if find is None else find(name, path)
        if spec is not None:
            return spec
    return None


def find_program(name: str) -> str | None:
    """The absolute path of a program: a path as it is, a name where PATH has it."""
    if os.sep in name:
        found = shutil.which(name)
        return None if found is None else os.path.abspath(found)
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return shutil.which(name, path=os.pathsep.join(filter(os.path.isabs, folders)) or os.devnull)


def _identity(folder: str) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino
