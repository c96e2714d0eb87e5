"""What a user installs: the wheel, made from the source distribution, in an environment of its own."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LEAVE_OUT = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "demo", "*.egg-info", "__pycache__", ".*_cache", "snap"
)
HOP = """
import toolkit.retro as retro
for core in (None, "nestopia"):
    with retro.make("Hop-Nes-v0", "Level4", core=core) as env:
        env.reset()
        print(env.step(env.action_space.sample())[4]["level"])
"""
STEP = """
import sys
from pathlib import Path
import toolkit, games
from games.homebrew import rom_path
from toolkit.emulator import Address, Emulator
from toolkit.link import pixels
prefix = Path(sys.prefix)
assert prefix in Path(toolkit.__file__).parents, toolkit.__file__
assert prefix in Path(games.__file__).parents, games.__file__
with Emulator("wheel", rom_path("bout"), "sfiii3n", {"fighting": Address("0x02011389", "u8")}) as emulator:
    data = emulator.run(600)
assert data["frame"].any() and data["fighting"] == 0
assert callable(pixels.load()), pixels.load()
print("stepped")
"""


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(kind, source, target):
    # Without an environment of its own for the build: that would need a network.
    code = f"from setuptools import build_meta; build_meta.build_{kind}({str(target)!r})"
    run([sys.executable, "-c", code], cwd=source)


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sdist")
    shutil.copytree(ROOT, folder / "source", symlinks=True, ignore=LEAVE_OUT)
    build("sdist", folder / "source", folder)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(sdist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(["tar", "-xzf", str(sdist), "-C", str(folder)])
    build("wheel", next(folder.iterdir()), folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder of programs of a virtual environment that has the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            str(wheel),
        ]
    )
    # The dependencies are those of this environment, so that no network is needed. A .pth file that lies in the added
    # folder is not read: this project's own editable installation stays out.
    packages = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    Path(packages, "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def test_the_wheel_has_all_that_is_no_python(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    plugin = ROOT / "lua_plugins"
    wanted = {f"toolkit/lua_plugins/{path.relative_to(plugin)}" for path in plugin.rglob("*") if path.is_file()}
    assert len(wanted) > 8
    games = {"games/homebrew/bout/bout.bin", "games/homebrew/hop/hop.nes"}
    integrations = (path for path in ROOT.glob("games/homebrew/*/integration/**/*") if path.is_file())
    games |= {str(path.relative_to(ROOT)) for path in integrations}
    assert len([name for name in games if name.endswith(".state")]) >= 12
    native = {"toolkit/native/toolkit-libretro", "toolkit/native/libtoolkit.so"}
    assert wanted | games | native | {"toolkit/py.typed"} <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"toolkit", "games", "coinop_toolkit"}


def test_the_wheel_has_all_packages(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    ours = {
        str(path.relative_to(ROOT))
        for top in ("toolkit", "games")
        for path in (ROOT / top).rglob("*.py")
        if (path.parent / "__init__.py").exists()
    }
    assert ours - names == set()


def test_the_source_distribution_is_the_project(sdist):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "scripts/apt.sh", "tests/conftest.py", "lua_plugins/boot.lua"} <= names


def test_a_machine_steps_from_the_wheel(mame, installed, tmp_path):
    environment = {**os.environ, "TOOLKIT_MAME": str(mame)}
    environment.pop("PYTHONPATH", None)
    assert run([installed / "python", "-c", STEP], cwd=tmp_path, env=environment) == "stepped\n"


def test_a_console_game_begins_at_its_states_from_the_wheel(installed, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    assert run([installed / "python", "-c", HOP], cwd=tmp_path, env=environment) == "4\n4\n"


def test_the_command_runs_from_the_wheel(mame, installed, tmp_path):
    assert run([installed / "toolkit", "--version"], cwd=tmp_path).startswith("coinop-toolkit ")
    text = run([installed / "toolkit", "doctor", "--binary", str(mame)], cwd=tmp_path)
    assert str(installed.parent) in text
