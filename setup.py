"""Builds the libretro frontend, native_shim/, beside the Python code; setup.cfg has the rest."""

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
# As in native_shim/Makefile, but for -Werror: a newer compiler's warning must not keep anybody from installing.
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-fvisibility=hidden", "-O2"]


def find_compiler() -> list[str] | None:
    """$CC, cc or gcc, whichever is there first, with its arguments."""
    for candidate in (os.environ.get("CC", ""), "cc", "gcc", "clang"):
        words = shlex.split(candidate)
        if words and shutil.which(words[0]):
            return words
    return None


def compile_program(target: Path) -> None:
    """Makes the program, or says loudly why not: everything but libretro works without it."""
    compiler = find_compiler()
    if compiler is None:
        warn("there is no C compiler")
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_name(target.name + ".new")
    sources = sorted(str(path) for path in (HERE / SHIM / "src").glob("*.c"))
    arguments = [*FLAGS, f"-I{HERE / SHIM / 'include'}", "-o", str(made), *sources, "-ldl", "-lpthread"]
    try:
        subprocess.run([*compiler, *arguments], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        warn(f"{shlex.join(compiler)} failed: {error}")
        return
    made.replace(target)


def warn(problem: str) -> None:
    line = "*" * 80
    text = (
        f"{line}\nThe libretro frontend was NOT built: {problem}.\nMAME works without it; RetroEmulator does not. "
        f"Install a C compiler (Debian: apt-get install\ngcc libc6-dev), then install this package again.\n{line}"
    )
    sys.stderr.write(text + "\n")


class BuildNative(Command):
    """Compiles native_shim/src/*.c into the package."""

    description = "build the libretro frontend with a C compiler"
    user_options: ClassVar[list[tuple[str, str | None, str]]] = []
    editable_mode = False

    def initialize_options(self) -> None:
        self.build_lib: str | None = None

    def finalize_options(self) -> None:
        self.set_undefined_options("build_py", ("build_lib", "build_lib"))

    def run(self) -> None:
        assert self.build_lib is not None
        compile_program((HERE if self.editable_mode else Path(self.build_lib)) / PROGRAM)

    def get_source_files(self) -> list[str]:
        found: Iterator[Path] = (HERE / SHIM).rglob("*.[ch]")
        return [str(path.relative_to(HERE)) for path in found]

    def get_outputs(self) -> list[str]:
        program = Path(self.build_lib or "") / PROGRAM
        return [str(program)] if not self.editable_mode and program.is_file() else []

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
