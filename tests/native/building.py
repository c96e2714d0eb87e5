"""Builds the tiny cores of native_shim/test/cores, and the frontend with sanitizers."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

NATIVE = Path(__file__).parent.parent.parent / "native_shim"
INCLUDE = NATIVE / "include"
CORES = NATIVE / "test" / "cores"
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-O1", "-g", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", "-pthread")
SANITIZE = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer")
# Cores that are made from one file several times: name, file, what is defined.
VARIANTS = {
    **{f"format_{name}": ("formats", f"-DFORMAT={n}") for n, name in enumerate(("0rgb1555", "xrgb8888", "rgb565"))},
    **{f"rotation_{n}": ("rotation", f"-DROTATION={n}") for n in range(4)},
    "duplicates": ("duplicates", "-DASKING"),
    "duplicates_silent": ("duplicates", "-DSILENT"),
    **{f"options_{n}": ("options", f"-DAPI={n}") for n in range(5)},
}
# Shared libraries that are no whole cores.
ALONE = ("half", "nothing")


def compiler():
    found = shutil.which("cc")
    if found is None:
        pytest.fail(
            "the tests of the libretro frontend need a C compiler (Debian: apt-get install gcc libc6-dev)",
            pytrace=False,
        )
    return found


def compile_c(*arguments):
    """Runs the compiler; what it says becomes the failure."""
    done = subprocess.run([compiler(), *map(str, arguments)], capture_output=True, text=True, timeout=120)
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, done.args))}\n{done.stderr}", pytrace=False)


def core_names():
    """All cores, whatever they do."""
    files = {path.stem for path in CORES.glob("*.c")} - {"base"} - {file for file, _ in VARIANTS.values()}
    return sorted(files | set(VARIANTS))


def build_core(name, folder):
    file, *defines = VARIANTS.get(name, (name,))
    path = folder / f"{name}_libretro.so"
    sources = [CORES / f"{file}.c", *([] if file in ALONE else [CORES / "base.c"])]
    compile_c(*FLAGS, *defines, f"-I{INCLUDE}", *sources, "-o", path)
    return path


def build_cores(folder):
    """All of them, by name."""
    compiler()
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(core_names(), pool.map(lambda name: build_core(name, folder), core_names()), strict=True))


def build_sanitized(path):
    """The frontend with AddressSanitizer and UBSan."""
    sources = sorted((NATIVE / "src").glob("*.c"))
    flags = ("-std=c11", "-D_GNU_SOURCE", "-O1", "-g", "-pthread", *SANITIZE, f"-I{INCLUDE}", f"-I{NATIVE / 'src'}")
    compile_c(*flags, *sources, "-o", path, "-ldl", "-lm")
    return path
