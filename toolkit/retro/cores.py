"""libretro cores: shared libraries named NAME_libretro.so, found in the usual folders."""

from __future__ import annotations

import functools
import hashlib
import mmap
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from toolkit.errors import ConfigError
from toolkit.files import file_problem, folder_problem, unreadable
from toolkit.installed import package_folders
from toolkit.limits import reason

CORES_VARIABLE: Final = "TOOLKIT_CORES"
SYSTEM_VARIABLE: Final = "TOOLKIT_SYSTEM"
SUFFIX: Final = "_libretro.so"
# Where stable-retro keeps its cores; older releases and gym-retro are imported as retro.
PYTHON_PACKAGES: Final = ("stable_retro", "retro")
# BIOS files have at most some MiB, and RetroArch's folder of them may hold much else.
MAX_SYSTEM_FILES: Final = 200
MAX_SYSTEM_FILE: Final = 2**22
# The ELF header up to e_machine: magic, 32 or 64 bits, byte order, then at 16 the type and the machine.
_ELF_HEAD: Final = 20
_SHARED_LIBRARY: Final = 3
_MACHINES: Final = {
    3: "x86",
    8: "MIPS",
    20: "PowerPC",
    21: "64-bit PowerPC",
    22: "S/390",
    40: "ARM",
    62: "x86-64",
    183: "AArch64",
    243: "RISC-V",
}


@dataclass(frozen=True, slots=True)
class CoreFile:
    """A core that was found: its name, its file, and where that was: "TOOLKIT_CORES", "Debian", ..."""

    name: str
    path: Path
    source: str


def core_folders() -> list[tuple[str, Path]]:
    """Where cores are looked for, in this order: (what the place is called, the folder). Not all of them exist."""
    named = [Path(part).absolute() for part in os.environ.get(CORES_VARIABLE, "").split(os.pathsep) if part]
    folders = [(CORES_VARIABLE, folder) for folder in named]
    # sysconfig knows it too, but reads a file for it, and a thread that asks while another reads is told None.
    triplet = getattr(sys.implementation, "_multiarch", None)
    if triplet:
        folders.append(("Debian", Path("/usr/lib") / triplet / "libretro"))
    folders += [("system", Path("/usr/lib/libretro")), ("system", Path("/usr/local/lib/libretro"))]
    config = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    folders.append(("RetroArch", config / "retroarch" / "cores"))
    # Only looked up: importing it would load an emulator.
    places = (place for name in PYTHON_PACKAGES for place in package_folders(name))
    folders += [("stable-retro", place / "cores") for place in places]
    return folders


def list_cores() -> list[CoreFile]:
    """The cores of all folders by name; of several with one name the first, which is the one that `find_core` takes."""
    found: dict[str, CoreFile] = {}
    for source, folder in core_folders():
        try:
            paths = sorted(folder.glob("*" + SUFFIX))
        except OSError:
            continue
        for path in paths:
            name = path.name.removesuffix(SUFFIX)
            found.setdefault(name, CoreFile(name, path, source))
    return [found[name] for name in sorted(found)]


def find_core(core: str | os.PathLike[str]) -> Path:
    """The file of a core: `core` is its path, or a name such as "nestopia".

    Raises:
        ConfigError: There is none, or the file is no core for this machine.
    """
    text = os.fspath(core) if isinstance(core, (str, os.PathLike)) else ""
    if not isinstance(text, str) or not text or "\0" in text:
        raise ConfigError(f"a core is a name such as 'nestopia', or a path, got {core!r}")
    if isinstance(core, str) and os.sep not in core and not core.endswith(".so"):
        name = core.removesuffix("_libretro")
        for _, folder in core_folders():
            path = folder / (name + SUFFIX)
            if os.path.isfile(path):
                return check_core(path)
        raise ConfigError(_unknown(name))
    return check_core(Path(text).absolute())


def _unknown(name: str) -> str:
    known = ", ".join(core.name for core in list_cores())
    return (
        f"there is no libretro core {name!r}; {f'found: {known}' if known else 'none was found at all'}. Install one "
        f"(Debian: apt-get install libretro-{name}; pip install stable-retro brings several), name a folder with cores "
        f"in {CORES_VARIABLE}, or give its path{unreadable(folder for _, folder in core_folders())}"
    )


def check_core(path: Path) -> Path:
    """`path`, if it is a shared library for this machine that has libretro's functions.

    Raises:
        ConfigError: It is not.
    """
    problem = file_problem(path)
    if problem is not None:
        raise ConfigError(f"the core {str(path)!r} {problem}")
    try:
        with path.open("rb") as file:
            head = file.read(_ELF_HEAD)
            ours = _own_head()
            if len(head) < _ELF_HEAD or head[:4] != b"\x7fELF":
                raise ConfigError(f"{str(path)!r} is no libretro core: it is no shared library")
            if head[4:6] != ours[4:6] or head[18:20] != ours[18:20]:
                raise ConfigError(
                    f"the core {str(path)!r} is made for another machine, {_machine(head)}; this one is "
                    f"{_machine(ours)}"
                )
            if int.from_bytes(head[16:18], "little") != _SHARED_LIBRARY:
                raise ConfigError(f"{str(path)!r} is no libretro core: it is no shared library")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                if data.find(b"\0retro_run\0") < 0 or data.find(b"\0retro_load_game\0") < 0:
                    raise ConfigError(f"{str(path)!r} is no libretro core: it has none of libretro's functions")
    except OSError as error:
        raise ConfigError(f"cannot read the core {str(path)!r}: {reason(error)}") from error
    return path


def find_system(system: str | os.PathLike[str] | None) -> Path | None:
    """The absolute path of the folder with cores' system files: `system`, or else what $TOOLKIT_SYSTEM names; None if
    neither names one. No usual folder is looked into: what a core finds changes the machine that it is.

    Raises:
        ConfigError: There is no such folder, or it cannot be read.
    """
    whose = "system="
    if system is None:
        system, whose = os.environ.get(SYSTEM_VARIABLE) or None, f"${SYSTEM_VARIABLE}: "
    if system is None:
        return None
    text = os.fspath(system) if isinstance(system, (str, os.PathLike)) else ""
    if not isinstance(text, str) or not text or "\0" in text:
        raise ConfigError(f"system is the path of the folder with the core's BIOS files, got {system!r}")
    path = Path(text).absolute()
    problem = folder_problem(path)
    if problem is not None:
        raise ConfigError(f"{whose}{str(path)!r} {problem}; it should be the folder with the core's BIOS files")
    return path


def hash_system_files(folder: Path) -> dict[str, str]:
    """The SHA-1 of each of a core's system files by its name, without folders: of the first `MAX_SYSTEM_FILES`, those
    of at most `MAX_SYSTEM_FILE` bytes that can be read. A file is read again only when it was changed."""
    hashes = {}
    try:
        paths = sorted(folder.iterdir())[:MAX_SYSTEM_FILES]
    except OSError:
        return {}
    for path in paths:
        try:
            status = path.stat()
            if stat.S_ISREG(status.st_mode) and status.st_size <= MAX_SYSTEM_FILE:
                hashes[path.name] = _sha1(path, status.st_size, status.st_mtime_ns)
        except OSError:
            continue
    return hashes


@functools.lru_cache(MAX_SYSTEM_FILES)
def _sha1(path: Path, size: int, changed: int) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()


def _own_head() -> bytes:
    with Path("/proc/self/exe").open("rb") as file:
        return file.read(_ELF_HEAD)


def _machine(head: bytes) -> str:
    number = int.from_bytes(head[18:20], "little" if head[5] == 1 else "big")
    return f"{_MACHINES.get(number, f'ELF machine {number}')} with {32 * head[4]} bits"
