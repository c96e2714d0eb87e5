"""What lies in the current folder is not installed, however Python and PATH look at it."""

import contextlib
import os
import shutil
import sysconfig

import pytest

from toolkit.errors import ConfigError
from toolkit.installed import find_program, package_folders
from toolkit.mame import binary
from toolkit.mame.binary import find_binary
from toolkit.retro import cores, integrations
from toolkit.retro.mp4 import find_ffmpeg


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The current folder, full of things that must not be taken."""
    for package in ("retro", "stable_retro", "imageio_ffmpeg"):
        (tmp_path / package / "cores").mkdir(parents=True)
        (tmp_path / package / "binaries").mkdir()
        (tmp_path / package / "data" / "stable").mkdir(parents=True)
        shutil.copy("/bin/true", tmp_path / package / "cores" / "evil_libretro.so")
        shutil.copy("/bin/true", tmp_path / package / "binaries" / "ffmpeg-evil")
    for program in ("mame", "ffmpeg"):
        shutil.copy("/bin/true", tmp_path / program)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def inside(folder, places):
    return [place for place in places if os.path.realpath(place).startswith(os.path.realpath(folder))]


@pytest.mark.parametrize("entry", ["", ".", "{here}", "{here}/."])
@pytest.mark.parametrize("regular", [False, True])
def test_packages(here, monkeypatch, entry, regular):
    before = package_folders("stable_retro")
    if regular:
        for package in ("retro", "stable_retro", "imageio_ffmpeg"):
            (here / package / "__init__.py").touch()
    monkeypatch.syspath_prepend(entry.format(here=here))
    assert package_folders("stable_retro") == before
    assert not inside(here, [folder for _, folder in cores.core_folders()])
    assert not any(core.name == "evil" for core in cores.list_cores())
    assert not inside(here, integrations.Integrations.ALL.folders)
    monkeypatch.setenv("PATH", "")
    with contextlib.suppress(ConfigError):  # imageio-ffmpeg need not be installed
        assert not inside(here, [find_ffmpeg()])


def test_a_package_that_is_installed(here, monkeypatch):
    assert package_folders("numpy")[0].name == "numpy"
    assert package_folders("there_is_no_such_package") == []
    elsewhere = here / "elsewhere" / "stable_retro"
    elsewhere.mkdir(parents=True)
    monkeypatch.syspath_prepend(str(elsewhere.parent))
    assert elsewhere not in package_folders("stable_retro")  # a folder without an __init__.py
    (elsewhere / "__init__.py").touch()
    assert package_folders("stable_retro") == [elsewhere]


@pytest.mark.parametrize("path", ["", ":", ".", "/nonexistent::.", "./"])
def test_programs(here, monkeypatch, path):
    monkeypatch.setenv("PATH", path)
    monkeypatch.delenv("TOOLKIT_MAME", raising=False)
    monkeypatch.setattr(binary, "USUAL_PLACES", ())
    assert find_program("mame") is None
    for name in (None, "mame"):
        with pytest.raises(ConfigError):
            find_binary(name)
    # Whoever gives a path means it.
    assert find_binary("./mame") == here / "mame"


def test_a_program_on_the_path(here, monkeypatch):
    (here / "bin").mkdir()
    (here / "mame").rename(here / "bin" / "mame")
    monkeypatch.setenv("PATH", f":{here / 'bin'}")
    assert find_program("mame") == str(here / "bin" / "mame")


def test_debians_cores_need_no_table_that_another_thread_may_be_filling(monkeypatch):
    triplet = sysconfig.get_config_var("MULTIARCH")
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: None)
    found = dict(cores.core_folders()).get("Debian")
    assert found is None if not triplet else str(found) == f"/usr/lib/{triplet}/libretro"


def test_relative_folders_of_cores_are_not_the_childs(here, monkeypatch):
    monkeypatch.setenv("TOOLKIT_CORES", "mine::")
    named = [folder for source, folder in cores.core_folders() if source == "TOOLKIT_CORES"]
    assert named == [here / "mine"]
