"""Finding peers and running their scripts, with Pythons that are shell scripts and scripts that are written here."""

import json
import os
import sys
import time

import psutil
import pytest

from toolkit.benchmark import peer
from toolkit.benchmark.peer import MAMETOOLKIT, STABLE_RETRO, TURBO, Found, Peer, PeerFailed, find
from toolkit.errors import ConfigError


@pytest.fixture
def python(tmp_path):
    """Makes a Python for which these versions are installed, whatever it is asked."""

    def python(name, **versions):
        path = tmp_path / name
        answer = json.dumps({key.replace("_", "-"): version for key, version in versions.items()})
        path.write_text(f"#!/bin/sh\necho noise\necho '{answer}'\n")
        path.chmod(0o755)
        return str(path)

    return python


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Makes the script "script", and returns a peer that runs it with our Python."""
    monkeypatch.setattr(peer, "SCRIPTS", tmp_path)

    def script(text):
        (tmp_path / "script.py").write_text(text)
        return Found(Peer("tiny"), "1", sys.executable)

    return script


def test_those_of_several_pythons(python, monkeypatch):
    first = python("first", stable_retro_turbo="1.0")
    second = python("second", stable_retro_turbo="2.0", stable_retro="3.0")
    monkeypatch.setenv("TOOLKIT_PEER_PYTHON", os.pathsep.join([first, second]))
    found = find(STABLE_RETRO, TURBO)
    assert (found[TURBO].python, str(found[TURBO])) == (first, "stable-retro-turbo 1.0")
    assert (found[STABLE_RETRO].python, str(found[STABLE_RETRO])) == (second, "stable-retro 3.0")


def test_what_is_installed_here(monkeypatch):
    monkeypatch.delenv("TOOLKIT_PEER_PYTHON", raising=False)
    here = Peer("pytest")
    assert find(here, Peer("no-such-thing")) == {here: Found(here, pytest.__version__, sys.executable)}


def test_another_version_is_not_the_one_that_is_meant(python, monkeypatch):
    monkeypatch.setenv("TOOLKIT_PEER_PYTHON", python("python", MAMEToolkit="1.2.0"))
    assert find(MAMETOOLKIT) == {}


def test_what_it_is_started_with_must_be_there(python, monkeypatch):
    monkeypatch.setenv("TOOLKIT_PEER_PYTHON", python("python", tiny="1"))
    assert find(Peer("tiny", runner=("env", "-i"))) != {}
    assert find(Peer("tiny", runner=("no-such-program",))) == {}


@pytest.mark.parametrize("name", ["/no/such/python", "/bin/true"])
def test_a_variable_that_names_no_python(monkeypatch, name):
    monkeypatch.setenv("TOOLKIT_PEER_PYTHON", name)
    with pytest.raises(ConfigError, match=f"TOOLKIT_PEER_PYTHON names '{name}'"):
        find(STABLE_RETRO)


def test_a_measurement(script):
    tiny = script("import sys; print('noise {'); print('[1]'); print('{\"sum\": %d}' % sum(map(int, sys.argv[1:])))")
    assert tiny.measure("script", 1, 2) == {"sum": 3.0}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 / 0", r"exit status 1.*ZeroDivisionError"),
        ("print('{')", "measured nothing"),
        ("import os; os.abort()", "exit status -6"),
        ('print(\'{"speed": "fast"}\')', "speed"),
    ],
)
def test_measurements_that_are_none(script, text, words):
    tiny = script(text)
    with pytest.raises(PeerFailed, match=f"(?s){words}"):
        tiny.measure("script")


def test_one_that_does_not_end(script, tmp_path):
    """It is ended, with what it has started."""
    tiny = script(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen(['sleep', '1000'])\n"
        "open(sys.argv[1], 'w').write(str(child.pid))\n"
        "time.sleep(1000)\n"
    )
    with pytest.raises(PeerFailed, match="did not finish within 2 s"):
        tiny.measure("script", tmp_path / "pid", timeout=2)
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.01)
