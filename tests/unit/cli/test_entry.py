"""The command line itself: help, exit statuses, how errors are shown."""

import logging
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from toolkit.cli import entry, main
from toolkit.cli.text import say
from toolkit.errors import ConfigError


def command(monkeypatch, run):
    """Makes `toolkit doctor` do `run`."""
    module = SimpleNamespace(HELP="do it", add_arguments=lambda parser: None, run=run)
    monkeypatch.setattr(entry.importlib, "import_module", lambda name: module)
    return ["doctor"]


@pytest.mark.parametrize("name", entry.COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as caught:
        main([name, "--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert text.startswith(f"usage: toolkit {name} ")
    assert "--debug" in text


def test_the_overview_names_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    assert all(name in text and summary.split()[0] in text for name, (_, summary) in entry.COMMANDS.items())


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from toolkit.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit(', '.join({'numpy', 'PIL', 'zmq', 'psutil', 'tqdm', 'toolkit.emulator'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["doctor", "--nonsense"]])
def test_wrong_arguments_give_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "toolkit" in capsys.readouterr().err


def test_the_status_is_the_commands(monkeypatch):
    assert main(command(monkeypatch, lambda args: 0)) == 0
    assert main(command(monkeypatch, lambda args: 3)) == 3


def fail(args):
    raise ConfigError("no such folder; make it")


def test_an_error_is_one_message(monkeypatch, capsys):
    assert main(command(monkeypatch, fail)) == 1
    assert capsys.readouterr() == ("", "toolkit: no such folder; make it\n")


def test_what_comes_from_elsewhere_does_not_act_on_the_terminal(monkeypatch, capsys):
    def run(args):
        logging.getLogger("toolkit.test").warning("%s is left out", "\x1b[2Jgame")
        say("one\x9b\u202etwo\n\tthree \u00e4 \udcff")
        raise ConfigError("no file \x1b]52;c;AAAA\x07\r here\nand more")

    # As where nobody has set up logging.
    monkeypatch.setattr(logging.getLogger("toolkit.test"), "handlers", [logging.lastResort], raising=True)
    assert main(command(monkeypatch, run)) == 1
    out, err = capsys.readouterr()
    assert out == "one??two\n\tthree \u00e4 ?\n"
    assert err == "?[2Jgame is left out\ntoolkit: no file ?]52;c;AAAA?? here\nand more\n"


@pytest.mark.parametrize("arguments", [["--debug", "doctor"], ["doctor", "--debug"]])
def test_debug_shows_where_it_comes_from(monkeypatch, arguments):
    command(monkeypatch, fail)
    with pytest.raises(ConfigError):
        main(arguments)


def interrupt(args):
    raise KeyboardInterrupt


def test_ctrl_c_gives_130(monkeypatch, capsys):
    assert main(command(monkeypatch, interrupt)) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_termination_unwinds(monkeypatch):
    unwound = []

    def run(args):
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            unwound.append(True)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as caught:
        main(command(monkeypatch, run))
    assert caught.value.code == 143
    assert unwound == [True]
    assert signal.getsignal(signal.SIGTERM) is before


def test_it_is_a_module_too():
    done = subprocess.run(
        [sys.executable, "-m", "toolkit", "--version"], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith("coinop-toolkit ")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("arguments", "status"), [("list-cores", 0), ("--version", 0), ("nonsense", 2)])
def test_without_standard_streams(arguments, status, closed, tmp_path):
    command = f'"{sys.executable}" -W error -m toolkit {arguments} {closed}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr
