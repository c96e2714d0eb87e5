"""MAME in programs that were started without stdin, stdout or stderr, or ignore SIGCHLD."""

from tests.surroundings import run_python

USE = """
from toolkit.emulator import Emulator

children = []
for debug in (False, True):
    with Emulator("test", ".", "pong", {}, debug=debug, binary_path=sys.argv[2], start_timeout=120) as emulator:
        emulator.step()
        children.append([file_of(emulator.pid, descriptor) for descriptor in range(3)])
answer(children=children)
"""


def test_without_standard_streams(mame, tmp_path):
    (stdin, *output), debug = run_python(tmp_path, USE, mame, closed="<&- >&- 2>&-", timeout=300)["children"]
    assert stdin == "/dev/null"
    assert all(name.endswith("output.txt") for name in output)
    assert debug == ["/dev/null"] * 3


IGNORED = """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
from toolkit.emulator import Emulator, list_games
from toolkit.errors import EmulatorExited, ToolkitError
from toolkit.mame.binary import version

result = {"games": len(list_games("pong", sys.argv[2])), "version": version(Path(sys.argv[2]))}
cart = {"cart": sys.argv[3]}
for game, media in (("pacman", {}), ("nosuchgame", {}), ("nes", cart), ("pong", cart)):
    try:
        Emulator("test", ".", game, {}, binary_path=sys.argv[2], media=media, start_timeout=120)
    except ToolkitError as error:
        result[f"{game} {len(media)}"] = [kind.__name__ for kind in type(error).__mro__], str(error)
with Emulator("test", ".", "pong", {}, binary_path=sys.argv[2], start_timeout=120) as emulator:
    emulator.step()
    os.kill(emulator.pid, signal.SIGKILL)
    try:
        emulator.step()
    except EmulatorExited as error:
        result["killed"] = str(error), error.exit_code
answer(**result)
"""


def test_exit_codes_that_nobody_can_know(mame, tmp_path):
    cartridge = tmp_path / "no.nes"
    cartridge.write_bytes(b"this is no game")
    found = run_python(tmp_path, IGNORED, mame, cartridge, timeout=300)
    assert found["games"] > 1
    assert found["version"].startswith("0.")
    for game, kind, words in (
        ("pacman 0", "RomError", "NOT FOUND"),
        ("nosuchgame 0", "ConfigError", "has no machine 'nosuchgame'"),
        ("nes 1", "ConfigError", "media slots"),
        ("pong 1", "ConfigError", "media slots"),
    ):
        assert kind in found[game][0]
        assert words in found[game][1]
    words, code = found["killed"]
    assert "exit status unknown" in words
    assert code is None
