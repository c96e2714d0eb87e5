"""What every test gets: a check that it left nothing behind, and the real MAME.

A MAME that is missing fails the tests that need it; `--without-mame` leaves them out. TOOLKIT_MAME chooses the MAME
to test with, and TOOLKIT_MAME_ALSO names a second one, with which the same tests run again. In the same way tests that
train need Stable-Baselines3 and PyTorch, and `--without-torch` leaves them out.
"""

import gc
import importlib
import os
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import psutil
import pytest

from toolkit.errors import ToolkitError
from toolkit.mame.binary import find_binary

ALSO = "TOOLKIT_MAME_ALSO"
NEED_MAME = ("mame", "games")
PATIENCE = 3.0


def pytest_configure():
    # A shell that starts tests in the background (nohup, &) has them ignore SIGINT, which all that they start inherits.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser):
    parser.addoption("--without-mame", action="store_true", help="leave out tests/mame and tests/games")
    parser.addoption("--without-torch", action="store_true", help="leave out tests with Stable-Baselines3 and PyTorch")


def pytest_collection_modifyitems(config, items):
    here = Path(__file__).parent
    out = set()
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        needs_mame = "mame" in fixtures or item.path.relative_to(here).parts[0] in NEED_MAME
        if (needs_mame and config.getoption("--without-mame")) or (
            "sb3" in fixtures and config.getoption("--without-torch")
        ):
            out.add(item)
    if out:
        config.hook.pytest_deselected(items=list(out))
        items[:] = [item for item in items if item not in out]


def pytest_generate_tests(metafunc):
    if "mame" in metafunc.fixturenames:
        also = os.environ.get(ALSO)
        metafunc.parametrize("mame", ["mame", "also"] if also else ["mame"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def mame(request):
    """The path of MAME."""
    try:
        return find_binary(os.environ[ALSO] if getattr(request, "param", "mame") == "also" else None)
    except ToolkitError as error:
        pytest.fail(f"{error} (or leave these tests out with --without-mame)", pytrace=False)


@pytest.fixture(scope="session")
def sb3():
    """The module `toolkit.sb3`. Tests import Stable-Baselines3 and PyTorch within, so that others run without them."""
    try:
        module = importlib.import_module("toolkit.sb3")
    except ToolkitError as error:
        pytest.fail(f"{error} (or leave these tests out with --without-torch)", pytrace=False)
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    return module


@pytest.fixture(scope="session")
def bout_roms():
    """The folder with our own fighting game, for `sfiii3n`."""
    from games.homebrew import rom_path

    return rom_path("bout")


@pytest.fixture(scope="session")
def blank_roms(tmp_path_factory):
    """A function: given MAME and names of machines, a folder with ROM sets for them that hold nothing but zeros.

    MAME only warns about wrong checksums, so that any driver runs with files of the right names and sizes.
    """
    made = {}

    def make(mame, *machines):
        if (mame, machines) not in made:
            folder = made[mame, machines] = tmp_path_factory.mktemp("blank")
            for machine in machines:
                listed = subprocess.run([mame, "-listxml", machine], capture_output=True, check=True, timeout=60)
                for entry in ElementTree.fromstring(listed.stdout).findall("machine"):
                    for rom in entry.findall("rom"):
                        if rom.get("status") != "nodump":
                            path = folder / entry.get("name") / rom.get("name")
                            path.parent.mkdir(exist_ok=True)
                            path.write_bytes(bytes(int(rom.get("size"))))
        return made[mame, machines]

    return make


# --- nothing may be left ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def temporary_folder(tmp_path_factory):
    """One temporary folder for the whole run, so that whatever lies in it is ours."""
    folder = tmp_path_factory.mktemp("tmp")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", str(folder))
        yield folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.stash[failed] = True
    return report


failed = pytest.StashKey()


def _descriptors():
    found = set()
    for number in os.listdir("/proc/self/fd"):
        try:
            found.add((int(number), os.readlink(f"/proc/self/fd/{number}")))
        except OSError:
            continue  # that of this very listing
    return found


def _children():
    found = {}
    for child in psutil.Process().children(recursive=True):
        try:
            found[child.pid, child.create_time()] = f"process {child.pid} ({child.status()}): {child.cmdline()}"
        except psutil.ZombieProcess:
            found[child.pid, child.create_time()] = f"process {child.pid}, which has ended and was not waited for"
        except psutil.NoSuchProcess:
            continue
    return found


@pytest.fixture(autouse=True)
def nothing_left(request, temporary_folder):
    """Fails a test after which a process, a descriptor or a temporary folder of it remains."""

    def look():
        children = _children()
        return (
            [text for key, text in children.items() if key not in children_before]
            + [f"descriptor {number}: {target}" for number, target in sorted(_descriptors() - descriptors_before)]
            + [f"folder {path}" for path in sorted(set(temporary_folder.glob("toolkit-*")) - folders_before)]
        )

    gc.collect()
    descriptors_before = _descriptors()
    children_before = _children()
    folders_before = set(temporary_folder.glob("toolkit-*"))
    yield
    if request.node.stash.get(failed, False):
        return  # its traceback keeps everything alive, and one failure is enough
    gc.collect()
    deadline = time.monotonic() + PATIENCE
    while left := look():
        if time.monotonic() > deadline:
            pytest.fail("the test left behind:\n" + "\n".join(left), pytrace=False)
        time.sleep(0.02)
