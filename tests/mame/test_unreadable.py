"""ROM sets, folders and media that the user may not read: a typed error that names them."""

import re
import shutil

import pytest

from tests.ordinary_user import tell

IMPORTS = """
import os
from toolkit.cli import main
from toolkit.emulator import Emulator
def start(roms, game, **options):
    return Emulator("test", folder / roms, game, {}, screen=None, **options)
"""
CASES = {
    "a set": (
        "start('sets', 'sfiii3n')",
        "RomError",
        r"sets/sfiii3n\.zip cannot be read: Permission\b.*\nMAME says",
    ),
    "a set's folder": ("start('folders', 'pacman')", "RomError", r"folders/pacman cannot be read: Permission denied\n"),
    "the folder of the sets": ("start('closed', 'pong')", "RomError", r"closed' cannot be read: Permission denied"),
    "a folder in it": ("start('closed/a', 'pong')", "RomError", r"closed/a' cannot be read: Permission denied"),
    "a cartridge": (
        "start('sets', 'a2600', media={'cart': folder / 'secret.a26'})",
        "RomError",
        r"'cart', .*secret\.a26', cannot be read: Permission denied",
    ),
    "what doctor counts": ("main(['doctor', '--game', 'pong', '--roms', str(folder / 'blind')])", "", "[01]"),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory, mame, bout_roms):
    folder = tmp_path_factory.mktemp("unreadable")
    for name in ("sets", "folders/pacman", "closed", "blind"):
        (folder / name).mkdir(parents=True)
    shutil.copy(bout_roms / "sfiii3n.zip", folder / "sets")
    (folder / "secret.a26").write_bytes(bytes(4096))
    for name in ("sets/sfiii3n.zip", "folders/pacman", "closed", "secret.a26"):
        (folder / name).chmod(0)
    (folder / "blind").chmod(0o100)
    imports = f"{IMPORTS}\nos.environ['TOOLKIT_MAME'] = {str(mame)!r}"
    yield tell(folder, imports, {name: code for name, (code, _, _) in CASES.items()})
    for name in ("folders/pacman", "closed", "blind"):
        (folder / name).chmod(0o700)  # so that it can be removed


@pytest.mark.parametrize("name", list(CASES))
def test_unreadable(told, name):
    _, error, words = CASES[name]
    kind, text = told[name]
    assert kind == error, text
    assert re.search(words, text), text
