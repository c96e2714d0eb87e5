"""Programs that are no MAME, and a MAME that says nothing: the error says which it is."""

import sys

import pytest

from toolkit.cli.mame_checks import mame as check_mame
from toolkit.emulator import Emulator, list_games, list_slots
from toolkit.errors import ConfigError, LaunchError

# A MAME as far as its version goes; what it does besides is up to each test.
FAKE = '#!/bin/sh\ncase "$*" in -version) echo "0.251 (unknown)"; exit;; esac\n'


@pytest.fixture
def program(tmp_path):
    def program(text):
        path = tmp_path / "program"
        path.write_text(text)
        path.chmod(0o755)
        return path

    return program


def start(path, **options):
    return Emulator("test", [], "pong", {}, binary_path=path, **options)


def fails(error, path, **options):
    with pytest.raises(error) as caught:
        start(path, **options)
    return str(caught.value)


@pytest.mark.parametrize("path", ["/bin/true", "/bin/cat", "/bin/ls", "/bin/false", sys.executable])
def test_another_program(path):
    message = fails(LaunchError, path)
    assert f"{path} is no MAME: asked for its version with -version, it printed" in message
    assert "Started as if it were one, the emulator left with exit code" in message
    if path in ("/bin/true", "/bin/false"):
        assert message.count("it printed nothing") == 2


def test_a_script(program):
    assert "is no MAME" in fails(LaunchError, program("#!/bin/sh\nexit 0\n"))
    assert "first line names" in fails(LaunchError, program("#!/no/such/shell\n"))


def test_no_program(tmp_path):
    assert "it is a folder" in fails(ConfigError, tmp_path)
    plain = tmp_path / "plain"
    plain.write_text("text")
    assert "it is not executable" in fails(ConfigError, plain)
    assert "there is no such file" in fails(ConfigError, tmp_path / "none")
    assert "nothing on the PATH has this name" in fails(ConfigError, "no-such-mame")
    assert "is the path of MAME, got 3" in fails(ConfigError, 3)


def test_one_that_dies_without_a_word(program):
    message = fails(LaunchError, program(FAKE + "kill -SEGV $$\n"))
    assert "was ended by SIGSEGV before it was ready; it printed nothing\n" in message
    assert "It is MAME 0.251: it does not run pong here" in message


def test_one_without_plugins(program):
    assert "It is MAME 0.251, and it did not run our plugin" in fails(LaunchError, program(FAKE + "exit 0\n"))
    message = fails(LaunchError, program(FAKE + "exec sleep 60\n"), start_timeout=0.2)
    assert "said nothing within 0.2 s of its start; it printed nothing\n" in message
    assert "did not run our plugin" in message


def test_an_ancient_one(program):
    text = FAKE.replace("0.251", "0.139") + 'echo "Error: unknown option: -homepath" >&2; exit 6\n'
    message = fails(LaunchError, program(text), media={"cart": "/bin/true"})
    assert "is MAME 0.139, which does not know its option -homepath" in message


def test_listings(program):
    silent = program(FAKE)
    with pytest.raises(LaunchError, match="listed no machine; it printed nothing"):
        list_games("pong", silent)
    with pytest.raises(LaunchError, match="-listxml pong printed no list; it printed nothing"):
        list_slots("pong", silent)


def test_doctor():
    findings = list(check_mame("/bin/true"))
    assert [finding.mark.value for finding in findings] == ["ok", "PROBLEM"]
    assert "/bin/true is no MAME: asked for its version with -version, it printed nothing" in findings[-1].advice
