"""The real frontend with tiny cores, built once for all tests. A compiler that is missing fails them."""

import pytest

from tests.native.building import build_cores, build_sanitized
from toolkit.errors import ConfigError
from toolkit.retro import RetroEmulator
from toolkit.retro.program import find_program

SANITIZERS = "detect_leaks=1:abort_on_error=0:exitcode=86:detect_stack_use_after_return=1"


@pytest.fixture(scope="session")
def cores(tmp_path_factory):
    """The paths of the cores, by name."""
    return build_cores(tmp_path_factory.mktemp("cores"))


@pytest.fixture(scope="session")
def program():
    """The frontend, as it was installed."""
    try:
        return find_program()
    except ConfigError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def sanitized(tmp_path_factory):
    """The frontend, built with AddressSanitizer and UBSan."""
    return build_sanitized(tmp_path_factory.mktemp("sanitized") / "toolkit-libretro")


@pytest.fixture
def reports(sanitized, tmp_path, monkeypatch):
    """The sanitized frontend is the one that runs; afterwards there must be no report of its."""
    log = tmp_path / "report"
    monkeypatch.setenv("TOOLKIT_LIBRETRO", str(sanitized))
    monkeypatch.setenv("ASAN_OPTIONS", f"{SANITIZERS}:log_path={log}")
    monkeypatch.setenv("UBSAN_OPTIONS", f"print_stacktrace=1:log_path={log}")
    yield tmp_path
    found = "\n".join(path.read_text() for path in tmp_path.glob("report*"))
    assert not found, found


@pytest.fixture(scope="session")
def rom(tmp_path_factory):
    """A game that any of the cores takes."""
    path = tmp_path_factory.mktemp("games") / "game.bin"
    path.write_bytes(b"a game, of which the cores want nothing" * 100)
    return path


@pytest.fixture
def make(cores, program, rom):
    """Makes emulators: `make("counter", {...}, ...)`, with the game that all take unless `rom` says another."""
    made = []

    def make(core, *args, **options):
        emulator = RetroEmulator(cores[core], options.pop("rom", rom), *args, **{"timeout": 30, **options})
        made.append(emulator)
        return emulator

    yield make
    for emulator in made:
        emulator.close()


@pytest.fixture
def script(tmp_path):
    """Makes games for the core `misbehave`: what it shall do, such as "run hang"."""

    def script(text):
        path = tmp_path / "script.bin"
        path.write_text(text)
        return path

    return script
