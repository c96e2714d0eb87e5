"""A display for windows."""

import os
import subprocess

import pytest
from PIL import ImageGrab

SIZE = (1024, 768)
SCREEN = f"{SIZE[0]}x{SIZE[1]}x24"
START_TIMEOUT = 20.0


class Display:
    """An X server without a monitor."""

    def __init__(self, name):
        self.name = name

    def picture(self):
        """What a monitor would show: a PIL image, RGB."""
        return ImageGrab.grab(xdisplay=self.name).convert("RGB")


# Not for the whole session: tests elsewhere make sure that there is no child process.
@pytest.fixture(scope="module")
def xvfb():
    """Debian's Xvfb, for all of a module's tests that open windows."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as ready:
        try:
            server = subprocess.Popen(
                # Without -noreset it starts over when its last client leaves, and refuses the next one meanwhile.
                ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"],
                pass_fds=[writer],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except FileNotFoundError:
            pytest.fail("the tests of windows need Xvfb; install it (Debian: apt-get install xvfb)", pytrace=False)
        finally:
            os.close(writer)
        try:
            # EOF when it fails to start.
            number = ready.readline().strip()
            assert number, "Xvfb did not start"
            yield Display(f":{number}")
        finally:
            server.terminate()
            server.wait(START_TIMEOUT)


@pytest.fixture
def display(xvfb, monkeypatch):
    """The display, as the one that programs find."""
    monkeypatch.setenv("DISPLAY", xvfb.name)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return xvfb


@pytest.fixture
def no_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
