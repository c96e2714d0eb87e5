"""What `toolkit doctor` looks at: each check says what it found, and what to do where that is not enough."""

from __future__ import annotations

import enum
import mmap
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

from toolkit.errors import ToolkitError

MINIMUM_PYTHON: Final = (3, 11)
DISTRIBUTION: Final = "coinop-toolkit"
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
# A saved state of sfiii3n takes 112 MB while it is written.
SPACE_WANTED: Final = 500 * 2**20
SPACE_NEEDED: Final = 20 * 2**20
# MAME's process, its two pipes and its memory take about eight of ours.
FILES_WANTED: Final = 256


class Mark(enum.Enum):
    """How bad it is. Only a PROBLEM keeps something that is needed from working."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "PROBLEM"


class Finding(NamedTuple):
    """One line of the doctor's table; `advice` is empty where there is nothing to do."""

    mark: Mark
    subject: str
    found: str
    advice: str = ""


def python() -> Iterator[Finding]:
    """Python itself, and the packages that the toolkit needs."""
    version = platform.python_version()
    if sys.version_info[:2] >= MINIMUM_PYTHON:
        yield Finding(Mark.OK, "Python", f"{version}, {sys.executable}")
    else:
        wanted = ".".join(map(str, MINIMUM_PYTHON))
        yield Finding(Mark.PROBLEM, "Python", version, f"install Python {wanted} or later")
    try:
        requirements = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        yield Finding(Mark.WARNING, "packages", f"{DISTRIBUTION} is not installed", "run: pip install -e .")
        return
    matches = [_NAME.match(line) for line in requirements if "extra ==" not in line]
    found: list[str] = []
    missing: list[str] = []
    for match in matches:
        if match is None:
            continue
        name = match[0]
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Finding(
            Mark.PROBLEM, "packages", f"missing: {', '.join(missing)}", f"run: pip install {' '.join(missing)}"
        )
    if found:
        yield Finding(Mark.OK, "packages", ", ".join(found))


def system() -> Iterator[Finding]:
    """What the operating system must offer."""
    cores = len(os.sched_getaffinity(0))
    yield Finding(
        Mark.OK if cores > 1 else Mark.WARNING,
        "CPU",
        f"{cores} core{'s' if cores > 1 else ''} for this process",
        "" if cores > 1 else "an emulator and its agent share it: expect about half of the speed",
    )
    yield _native()
    yield _shared_memory()
    yield _pipes()
    yield _temporary_folder()
    yield _display()


def _native() -> Finding:
    from toolkit.link import pixels

    problem = pixels.load()
    if isinstance(problem, str):
        advice = "frames are whole and RGB only: install a C compiler (apt-get install gcc libc6-dev), then this again"
        return Finding(Mark.WARNING, "frames", f"the library for them was not built: {problem}", advice)
    return Finding(Mark.OK, "frames", "made in C")


def _shared_memory() -> Finding:
    try:
        descriptor = os.memfd_create("toolkit-doctor")
        try:
            os.truncate(descriptor, mmap.PAGESIZE)
            with mmap.mmap(descriptor, mmap.PAGESIZE) as memory:
                memory[:2] = b"ok"
        finally:
            os.close(descriptor)
    except OSError as error:
        advice = "frames travel through it: use Linux 3.17 or later, in a container that allows memfd_create"
        return Finding(Mark.PROBLEM, "shared memory", f"memfd_create: {error.strerror}", advice)
    return Finding(Mark.OK, "shared memory", "memfd works (/dev/shm is not used)")


def _pipes() -> Finding:
    if not os.path.isdir("/proc/self/fd"):
        return Finding(Mark.PROBLEM, "/proc", "/proc/self/fd is missing", "run: mount -t proc proc /proc")
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    found = f"/proc/self/fd works, {soft if soft != resource.RLIM_INFINITY else 'any number of'} open files"
    if soft != resource.RLIM_INFINITY and soft < FILES_WANTED:
        return Finding(Mark.WARNING, "pipes", found, "too few for many emulators: run ulimit -n 1024")
    return Finding(Mark.OK, "pipes", found)


def _temporary_folder() -> Finding:
    try:
        folder = tempfile.gettempdir()
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"ok")
            file.flush()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(Mark.PROBLEM, "temp folder", str(error), "set TMPDIR to a folder that can be written")
    found = f"{folder}, {free / 2**30:.1f} GiB free"
    if free < SPACE_NEEDED:
        return Finding(Mark.PROBLEM, "temp folder", found, "make room, or set TMPDIR to another folder")
    if free < SPACE_WANTED:
        return Finding(Mark.WARNING, "temp folder", found, "saving states may take more: make room, or set TMPDIR")
    return Finding(Mark.OK, "temp folder", found)


def _display() -> Finding:
    from toolkit.mame.display import find_display

    try:
        driver, where = find_display()
    except ToolkitError as error:
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            return Finding(Mark.WARNING, "display", "does not answer", f"only windows need one: {error}")
        xvfb = ", or xvfb-run, which is here" if shutil.which("xvfb-run") else ""
        return Finding(Mark.OK, "display", f"none, and none is needed (for windows only: set DISPLAY{xvfb})")
    return Finding(Mark.OK, "display", f"{driver}, {where}; only windows need it")


def bundled_game() -> Iterator[Finding]:
    """The bundled game."""
    from games.homebrew import rom_path

    try:
        folder = Path(rom_path("bout"))
    except ToolkitError as error:
        yield Finding(Mark.PROBLEM, "bundled game", "cannot be made ready", str(error))
    else:
        yield Finding(Mark.OK, "bundled game", f"bout, in {folder}")


def worst(marks: Iterable[Mark]) -> Mark:
    """The worst of them."""
    return max(marks, key=list(Mark).index)
