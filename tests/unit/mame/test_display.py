"""Whether there is a display."""

import socket

import pytest

from toolkit.errors import ConfigError
from toolkit.mame.display import find_display, window_environment


@pytest.fixture(autouse=True)
def _no_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_none():
    with pytest.raises(ConfigError, match=r"neither DISPLAY nor WAYLAND_DISPLAY is set.*Xvfb"):
        find_display()


@pytest.mark.parametrize("name", [":4242", "localhost:4242", "unix:4242.0", "nonsense", ":x"])
def test_one_that_does_not_answer(monkeypatch, name):
    monkeypatch.setenv("DISPLAY", name)
    with pytest.raises(ConfigError, match=name):
        find_display()


def test_wayland(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    with pytest.raises(ConfigError, match="no Wayland compositor answers"):
        find_display()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        assert find_display() == ("wayland", "WAYLAND_DISPLAY=wayland-7")
        assert window_environment()["SDL_VIDEODRIVER"] == "wayland"
