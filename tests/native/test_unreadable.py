"""Files and folders that the user may not read: a typed error that names them, or what else there is."""

import gzip
import re
import shutil
from pathlib import Path

import pytest
import stable_retro

from tests.ordinary_user import tell

GAME = "Airstriker-Genesis-v0"
INTEGRATION = Path(stable_retro.__file__).parent / "data" / "stable" / GAME

IMPORTS = f"""
import os
import toolkit.retro as retro
from toolkit.cli import main
from toolkit.retro import RetroEmulator, data, find_core
from toolkit.retro.import_roms import candidates
from toolkit.retro.movie import read_movie
from toolkit.retro.rom_files import find_rom
core = folder / "core_libretro.so"
def among(variable, name, use):
    os.environ[variable] = str(folder / name)
    try:
        return use()
    finally:
        del os.environ[variable]
def play(name):
    return among("TOOLKIT_INTEGRATIONS", name, lambda: retro.make({GAME!r}))
"""
# What is tried, the error, words of it; "" is none.
CASES = {
    "a game": ("RetroEmulator(core, folder / 'secret.bin')", "RomError", r"secret\.bin' cannot be read: Permission"),
    "a game in a folder": ("RetroEmulator(core, folder / 'closed/a.bin')", "RomError", r"a\.bin' cannot be read"),
    "a core": ("RetroEmulator(folder / 'secret_libretro.so', core)", "ConfigError", r"secret_.*cannot be read: Perm"),
    "a core in a folder": ("find_core(folder / 'closed/a_libretro.so')", "ConfigError", r"a_libretro.*cannot be read"),
    "another folder has the core": ("among('TOOLKIT_CORES', 'closed', lambda: find_core('fceumm'))", "", "fceumm"),
    "no folder has the core": (
        "among('TOOLKIT_CORES', 'closed', lambda: find_core('none'))",
        "ConfigError",
        r"no libretro core 'none'.*closed could not be searched: Permission denied",
    ),
    "cores to list": ("among('TOOLKIT_CORES', 'closed', lambda: main(['list-cores']))", "", "0"),
    "a state": (f"retro.make({GAME!r}, str(folder / 'secret.state'))", "ConfigError", r"secret\.state: Permission"),
    "a movie": ("read_movie(folder / 'secret.bin')", "ConfigError", r"cannot read .*secret\.bin: Permission"),
    "a movie in a folder": ("read_movie(folder / 'closed/a.bk2')", "ConfigError", r"cannot read .*a\.bk2: Permission"),
    "ROMs to import": ("candidates(folder / 'closed')", "ConfigError", r"closed cannot be read: Permission denied"),
    "no folder has the game": (
        "among('TOOLKIT_INTEGRATIONS', 'closed', lambda: find_rom('No-Nes', data.Integrations.ALL))",
        "UnknownGame",
        r"no integration is called 'No-Nes'.*closed could not be searched",
    ),
    "another folder has the game": ("play('closed')", "", "RetroEnv"),
    "games to list": ("among('TOOLKIT_INTEGRATIONS', 'closed', lambda: len(data.list_games()))", "", r"\d+"),
    "where movies go": (f"retro.make({GAME!r}, record=folder / 'closed/a')", "ConfigError", "closed/a: .* Permission"),
    **{
        f"an integration's {name}": (f"play('without {name}')", error, rf"{name}'? ?(: |cannot be read: )Permission")
        for name, error in (
            ("data.json", "ConfigError"),
            ("scenario.json", "ConfigError"),
            ("metadata.json", "ConfigError"),
            ("Level1.state", "ConfigError"),
            ("rom.md", "RomError"),
        )
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory, cores, program):
    folder = tmp_path_factory.mktemp("unreadable")
    (folder / "closed").mkdir()
    for name in ("secret.bin", "closed/a.bin"):
        (folder / name).write_bytes(b"secret")
    (folder / "secret.state").write_bytes(gzip.compress(b"secret"))
    for name in ("core_libretro.so", "secret_libretro.so", "closed/a_libretro.so", "closed/fceumm_libretro.so"):
        shutil.copy(cores["counter"], folder / name)
    for path in INTEGRATION.iterdir():
        shutil.copytree(INTEGRATION, folder / f"without {path.name}" / GAME)
        (folder / f"without {path.name}" / GAME / path.name).chmod(0)
    secret = [folder / "secret.bin", folder / "secret.state", folder / "secret_libretro.so", folder / "closed"]
    for path in secret:
        path.chmod(0)
    yield tell(folder, IMPORTS, {name: code for name, (code, _, _) in CASES.items()})
    (folder / "closed").chmod(0o700)  # so that it can be removed


@pytest.mark.parametrize("name", list(CASES))
def test_unreadable(told, name):
    _, error, words = CASES[name]
    kind, text = told[name]
    assert kind == error, text
    assert re.search(words, text, re.DOTALL), text
