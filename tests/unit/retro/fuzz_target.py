"""libFuzzer's target for the files that make up an integration; run by test_fuzz.py, in a process of its own.

python fuzz_target.py KIND [libFuzzer's arguments]

KIND says what an input stands for:

    integration   the texts of an integration's folder: data.json, scenario.json, metadata.json, rom.sha
    state         a start state, as it is
    movie         the members of a movie, packed into an archive here: no mutation would keep the checksums right
    archive       an archive as it is, read as a movie and as a file with ROMs

Several files in one input are separated by SEPARATOR. Whatever is raised but what the docstrings name is a crash, as is
an integration that is accepted and then does not work. The input is then left in the file `crash-...`.
"""

import contextlib
import io
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

# Imported by now, but without being looked at.
for name in ("gzip", "zipfile"):
    sys.modules.pop(name, None)
with atheris.instrument_imports(include=["toolkit.retro", "gzip", "zipfile"]):
    import zipfile

    import numpy as np

    from toolkit.errors import ConfigError, StateError
    from toolkit.retro import integrations
    from toolkit.retro.enums import State
    from toolkit.retro.game_data import GameData
    from toolkit.retro.import_roms import import_file
    from toolkit.retro.integrations import Integrations
    from toolkit.retro.memory import Memory
    from toolkit.retro.movie import read_movie
    from toolkit.retro.rom_files import expected_hashes, find_rom
    from toolkit.retro.states import choose_state, find_state, read_state
    from toolkit.retro.systems import SYSTEMS

GAME = "Fuzzed-Nes-v0"
CORE = "nestopia"
SEPARATOR = b"\n\x1e\n"
FILES = ("data.json", "scenario.json", "metadata.json", "rom.sha")
MEMBERS = ("Header.txt", "Input Log.txt", "Toolkit.json", "Checksums.txt", "Core.bin")
# What a number, a text, a name may be replaced by.
STRANGE = [
    None, True, False, 0, 1, -1, 0.5, -0.0, 1e308, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, "", "x", "\ud800", "\0",
    "/\0", "/\ud800", "..", "../x", "a/b", "|u1", ">u9", "lua:x", "equal", "all", "delta", "A", "UP", [], [[]], [[[]]],
    {}, {"": {}}, [None], "A" * 5000, 1e-400,
]  # fmt: skip
NAMES = ["", "op", "type", "address", "nodes", "crops", "script", "default_player_state", "\u2028"]


# --- what is done with an input ---------------------------------------------------------------------------------------


def integration(folder: Path, data: bytes) -> None:
    """Loads the folder as an environment does, and runs what could be loaded for some frames."""
    game = folder / GAME
    game.mkdir(exist_ok=True)
    for name, content in zip(FILES, data.split(SEPARATOR), strict=False):
        (game / name).write_bytes(content)
    with contextlib.suppress(ConfigError):
        assert all(isinstance(text, str) for text in expected_hashes(GAME, Integrations.DEFAULT))
    with contextlib.suppress(ConfigError):
        find_rom(GAME, Integrations.DEFAULT)
    for players in (1, 2):
        # A name that leads somewhere may lead to a file that is no state.
        with contextlib.suppress(ConfigError, StateError):
            name = choose_state(GAME, State.DEFAULT, players, Integrations.DEFAULT)
            if name is not None:
                read_state(find_state(GAME, name, Integrations.DEFAULT, CORE))
    machine = GameData(SYSTEMS["Nes"], Memory([(0, 64)], ("=", "=", 1)))
    try:
        machine.load(str(game / "data.json"), str(game / "scenario.json"))
    except ConfigError as error:
        names_file(error, game)
        return
    machine.reset()
    for byte in (0, 255, 7):
        machine.update_ram(np.full(64, byte, np.uint8))
    assert isinstance(machine.current_reward(), float)
    assert isinstance(machine.is_done(), bool)
    assert all(isinstance(value, int) for value in machine.lookup_all().values())
    assert all(machine.valid_actions())
    assert machine.filter_action(0xFFF) < 2**12
    assert len(machine.crop_info(1)) == 4
    # What the frontend is told to do in Python's stead must be JSON.
    json.dumps(machine.done.message({name: number for number, name in enumerate(machine.variables)}))


def state(folder: Path, data: bytes) -> None:
    path = folder / "Level1.state"
    path.write_bytes(data)
    with contextlib.suppress(ConfigError, StateError):
        assert read_state(path)


def movie(folder: Path, data: bytes) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in zip(MEMBERS, data.split(SEPARATOR), strict=False):
            packed.writestr(name, content)
    watch(folder / "a.bk2", file.getvalue())


def archive(folder: Path, data: bytes) -> None:
    path = folder / "a.bk2"
    watch(path, data)
    # What cannot be read is no ROM, and nothing of these is one.
    assert list(import_file(path, {})) == []


def watch(path: Path, data: bytes) -> None:
    """Reads a movie, and looks at what a player of it relies on."""
    path.write_bytes(data)
    try:
        read = read_movie(path)
    except ConfigError as error:
        names_file(error, path)
        return
    assert read.players >= 1
    assert all(len(pressed) == read.players for pressed in read.inputs)
    assert all(0 <= bits < 1 << len(read.system.buttons) for pressed in read.inputs for bits in pressed)
    assert len(read.checksums) in (0, len(read.inputs))
    assert isinstance(read.details, dict)


def names_file(error: ConfigError, path: Path) -> None:
    assert str(path) in str(error), f"this does not say which file: {error}"


KINDS: dict[str, Callable[[Path, bytes], None]] = {
    "integration": integration,
    "state": state,
    "movie": movie,
    "archive": archive,
}


# --- how inputs are changed -------------------------------------------------------------------------------------------


def damaged(rng: random.Random, value: Any, chance: float) -> Any:
    """A copy in which some of the values are others."""
    if rng.random() < chance:
        return rng.choice(STRANGE)
    if isinstance(value, dict):
        return {
            (rng.choice(NAMES) if rng.random() < chance else name): damaged(rng, member, chance)
            for name, member in value.items()
            if rng.random() > chance
        }
    if isinstance(value, list):
        return [damaged(rng, item, chance) for item in value if rng.random() > chance]
    return value


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Half of the time libFuzzer's own change of some bytes, which mostly is no JSON any more; or one of its values."""
    rng = random.Random(seed)
    texts = data.split(SEPARATOR)
    chosen = rng.randrange(len(texts))
    if rng.random() < 0.5:
        try:
            texts[chosen] = json.dumps(damaged(rng, json.loads(texts[chosen]), rng.choice([0.02, 0.1]))).encode()
        except (ValueError, RecursionError):
            pass
        else:
            return SEPARATOR.join(texts)[:max_size]
    return atheris.Mutate(data, max_size)


def main() -> None:
    kind = KINDS[sys.argv.pop(1)]
    folder = Path(tempfile.mkdtemp(dir=os.getcwd()))
    # Nothing is found but what is made here.
    os.environ["TOOLKIT_INTEGRATIONS"] = os.environ["XDG_DATA_HOME"] = str(folder)
    integrations.stable_retro_data = lambda: None
    integrations.own_folders = list
    arguments = {"custom_mutator": mutate} if kind is integration else {}
    atheris.Setup(sys.argv, lambda data: kind(folder, data), **arguments)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
