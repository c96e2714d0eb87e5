"""Builds the C of native_shim/ beside the Python code: the libretro frontend, and the parent's library; setup.cfg has
the rest."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from setuptools import Command, Distribution, setup
from setuptools.command.build import build

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # Before setuptools 70.1 it is in a package of its own, which builds of wheels always have.
    try:
        from wheel.bdist_wheel import bdist_wheel
    except ImportError:
        bdist_wheel = None

HERE = Path(__file__).parent
SHIM = Path("native_shim")
PROGRAM = Path("toolkit", "native", "toolkit-libretro")
LIBRARY = Path("toolkit", "native", "libtoolkit.so")
# Of src/, beside library/.
LIBRARY_PARTS = ("awake", "mail", "image", "pixels", "pixels_x86", "error")
# As in native_shim/Makefile, but for -Werror: a newer compiler's warning must not keep anybody from installing.
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-fvisibility=hidden", "-O2"]


def find_compiler() -> list[str] | None:
    """$CC, cc or gcc, whichever is there first, with its arguments."""
    for candidate in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        words = shlex.split(candidate)
        if words and shutil.which(words[0]):
            return words
    return None


def compile_all(root: Path) -> None:
    """Makes what is built in C, or says loudly why not: MAME's whole pictures are to be had without it."""
    compiler = find_compiler()
    if compiler is None:
        warn("there is no C compiler")
        return
    shim = HERE / SHIM
    program = sorted((shim / "src").glob("*.c"))
    library = [*sorted((shim / "library").glob("*.c")), *(shim / "src" / f"{name}.c" for name in LIBRARY_PARTS)]
    try:
        compile_one(compiler, root / PROGRAM, program, ["-ldl", "-lpthread"])
        compile_one(compiler, root / LIBRARY, library, [f"-I{shim / 'src'}", "-fPIC", "-shared"])
    except (OSError, subprocess.CalledProcessError) as error:
        warn(f"{shlex.join(compiler)} failed: {error}")


def compile_one(compiler: list[str], target: Path, sources: list[Path], more: list[str]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_name(target.name + ".new")
    arguments = [*FLAGS, f"-I{HERE / SHIM / 'include'}", "-o", str(made), *map(str, sources), *more]
    subprocess.run([*compiler, *arguments], check=True)
    made.replace(target)


def warn(problem: str) -> None:
    line = "*" * 80
    text = (
        f"{line}\nThe C parts were NOT built: {problem}.\nMAME works without them, with frames that are whole and RGB; "
        f"RetroEmulator does not. Install\na C compiler (Debian: apt-get install gcc libc6-dev), then install this "
        f"package\nagain.\n{line}"
    )
    sys.stderr.write(text + "\n")


class BuildNative(Command):
    """Compiles native_shim/ into the package."""

    description = "build the libretro frontend and the parent's library with a C compiler"
    user_options: ClassVar[list[tuple[str, str | None, str]]] = []
    editable_mode = False

    def initialize_options(self) -> None:
        self.build_lib: str | None = None

    def finalize_options(self) -> None:
        self.set_undefined_options("build_py", ("build_lib", "build_lib"))

    def run(self) -> None:
        assert self.build_lib is not None
        compile_all(HERE if self.editable_mode else Path(self.build_lib))

    def get_source_files(self) -> list[str]:
        found: Iterator[Path] = (HERE / SHIM).rglob("*.[ch]")
        return [str(path.relative_to(HERE)) for path in found]

    def get_outputs(self) -> list[str]:
        made = [Path(self.build_lib or "") / part for part in (PROGRAM, LIBRARY)]
        return [] if self.editable_mode else [str(path) for path in made if path.is_file()]

    def get_output_mapping(self) -> dict[str, str]:
        return {}


class Build(build):
    sub_commands: ClassVar = [*build.sub_commands, ("build_native", None)]


class NativeDistribution(Distribution):
    def has_ext_modules(self) -> bool:
        return True  # A program for one kind of machine, as extensions are.


commands: dict[str, type[Command]] = {"build": Build, "build_native": BuildNative}

if bdist_wheel is not None:

    class Wheel(bdist_wheel):
        """A wheel for this machine: the program is no Python, and does not care which Python there is."""

        def get_tag(self) -> tuple[str, str, str]:
            return "py3", "none", sysconfig.get_platform().replace("-", "_").replace(".", "_")

    commands["bdist_wheel"] = Wheel

setup(cmdclass=commands, distclass=NativeDistribution)
