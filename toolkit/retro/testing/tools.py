"""What is wrong with integrations, and what looks as if it were.

Each check returns two lists, of warnings and of errors, both of pairs: the file or the game, and a text. A game's
metadata.json may say which warnings are known (`whitelist`: a list of texts for each file); a known one that does not
come any more is an error.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from toolkit.errors import ConfigError, RomError
from toolkit.retro import data
from toolkit.retro.datatype import DataType
from toolkit.retro.integrations import Integrations, find_file
from toolkit.retro.json_file import Node, read_json
from toolkit.retro.rom_files import read_hashes
from toolkit.retro.systems import EXTENSIONS, system_of_game

Problem = tuple[str, str]
Problems = tuple[list[Problem], list[Problem]]
FILES: Final = ("data.json", "scenario.json", "metadata.json", "rom.sha")
# Types that exist, and that no game was seen to use.
_ODD_TYPE: Final = re.compile(r"(<>|><|<=|>=)[uidn][2-8]|[<>=]d[5-8]")
# What a counter of lives has, and a score has not.
_LIVES: Final = ("|u1", "|i1", "|d1")
_SHORT: Final = ("u1", "d1", "n1", "n2")
# Where the header of a Mega Drive's cartridge names the maker of the console.
_SEGA: Final = slice(0x100, 0x105)


def scan_missing() -> list[Problem]:
    """The files that games lack, in all collections."""
    missing = []
    for game in data.list_games(Integrations.ALL):
        missing += [(game, file) for file in FILES if find_file(game, file, Integrations.ALL) is None]
        if not data.list_states(game, Integrations.ALL):
            missing.append((game, "*.state"))
    return missing


def load_whitelist(game: str, inttype: Integrations) -> tuple[dict[str, list[str]] | None, list[Problem]]:
    """The warnings that are known, by file, and what keeps them from being read; None then."""
    path = find_file(game, "metadata.json", inttype | Integrations.STABLE)
    if path is None:
        return None, [("metadata.json", "fail I/O")]
    try:
        whitelist = read_json(path).get("whitelist")
        files = {} if whitelist is None else whitelist.members()
        # A ROM's name has no warnings: it is not looked at any further.
        return {n: [] if v.value is True else [text.text() for text in v.items()] for n, v in files.items()}, []
    except ConfigError as error:
        return None, [(str(path), f"fail decode: {error}")]


def verify_data(game: str, inttype: Integrations, raw: str | None = None) -> Problems:
    """A game's data.json, or `raw` in its place."""
    return _verify(game, inttype, "data.json", raw, _data_problems)


def verify_scenario(
    game: str, inttype: Integrations, scenario: str = "scenario", raw: str | None = None, dataraw: str | None = None
) -> Problems:
    """A game's scenario of that name, or `raw` in its place, with its data.json, or `dataraw`."""

    def problems(root: Node) -> Iterator[tuple[bool, str]]:
        path = find_file(game, "data.json", inttype | Integrations.STABLE)
        node = _parsed(Path("data.json"), dataraw) if dataraw else None if path is None else read_json(path)
        return _scenario_problems(root, {} if node is None else _types(node))

    return _verify(game, inttype, f"{scenario}.json", raw, problems)


def _verify(game: str, inttype: Integrations, name: str, raw: str | None, problems: Any) -> Problems:
    path = find_file(game, name, inttype)
    if path is None:
        return [], []
    file = os.path.join(str(inttype), game, name)
    whitelist, failed = load_whitelist(game, inttype)
    if whitelist is None:
        return [], failed
    try:
        found = list(problems(_parsed(path, raw)))
    except ConfigError as error:
        return [], [(file, str(error))]
    known = set(whitelist.get(name, ()))
    warned = {text for severe, text in found if not severe}
    errors = [(file, text) for severe, text in found if severe]
    errors += [("metadata.json", f'missing warning "{file}: {text}"') for text in sorted(known - warned)]
    return [(file, text) for text in sorted(warned - known)], errors


def _parsed(path: Path, raw: str | None) -> Node:
    if raw is None:
        return read_json(path)
    try:
        return Node(str(path), "", json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: this is no valid JSON: {error}") from None


def _types(root: Node) -> dict[str, str]:
    info = root.get("info")
    variables = {} if info is None else info.members()
    return {n: t.text() if (t := v.get("type")) is not None else "" for n, v in variables.items()}


def _data_problems(root: Node) -> Iterator[tuple[bool, str]]:
    info = root.get("info")
    if info is None or not info.members():
        yield True, "missing info"
        return
    for name, variable in info.members().items():
        if variable.get("address") is None:
            yield True, f"missing address for {name}"
        kind = variable.get("type")
        if kind is None:
            yield True, f"missing type for {name}"
            continue
        try:
            DataType(kind.text())
        except ConfigError:
            yield True, f"invalid type {kind.value} for {name}"
        else:
            if _ODD_TYPE.fullmatch(kind.text()):
                yield False, f"suspicious type {kind.value} for {name}"
    types = _types(root)
    if types.get("lives", "|u1") not in _LIVES:
        yield False, f"suspicious type {types['lives']} for lives"
    score = types.get("score", ">u4")
    if score[1:] in _SHORT or "i" in score:
        yield False, f"suspicious type {score} for score"


def _scenario_problems(root: Node, types: dict[str, str]) -> Iterator[tuple[bool, str]]:
    several, one, done = root.get("rewards"), root.get("reward"), root.get("done")
    if several is not None and one is not None:
        yield False, "reward and rewards both present"
    rewards = several.items() if several is not None else [] if one is None else [one]
    if not rewards:
        yield False, "missing reward"
    for node in rewards:
        yield from _reward_problems(node, types)
    if done is None or not any(done.get(name) for name in ("variables", "script", "nodes")):
        yield False, "missing done"
    else:
        yield from _done_problems(done, types)


def _reward_problems(node: Node, types: dict[str, str]) -> Iterator[tuple[bool, str]]:
    variables, script = node.get("variables"), node.get("script")
    if variables is None and script is None:
        yield False, f"missing {node.where}"
    if variables is not None and script is not None:
        yield False, f"both variables and script present in {node.where}"
    for name, definition in {} if variables is None else variables.members().items():
        if name not in types:
            yield True, f"invalid variable {name}"
        if not definition.value:
            yield True, f"invalid definition {name}"
        elif definition.get("reward") is None and definition.get("penalty") is None:
            yield True, f"blank reward {name}"


def _done_problems(node: Node, types: dict[str, str]) -> Iterator[tuple[bool, str]]:
    variables, nodes, condition = node.get("variables"), node.get("nodes"), node.get("condition")
    tests = {} if variables is None else variables.members()
    count = len(tests) + (0 if nodes is None else len(nodes.members()))
    every = condition is not None and condition.value == "all"
    if "score" in tests:
        yield False, "suspicious variable in done condition: score"
    if {"health", "lives"} <= set(tests) and condition is None:
        yield False, "suspicious done condition: health OR lives"
    if tests and every and count < 2:
        yield True, "incorrect done condition all with only 1 check"
    if tests and not every and count > 2:
        yield False, "suspicious done condition any with more than 2 checks"
    for name, test in tests.items():
        op, measurement = test.get("op"), test.get("measurement")
        if op is None:
            yield True, f"invalid done condition {name}"
        if types and name not in types:
            yield True, f"invalid variable {name}"
        delta = measurement is not None and measurement.value == "delta"
        if types.get(name) and "i" not in types[name] and op is not None and op.value == "negative" and not delta:
            yield True, f"op: negative on unsigned {name}"


def verify_default_state(game: str, inttype: Integrations, raw: str | None = None) -> Problems:
    """Whether the start state that a game's metadata.json names, or `raw` in its place, is there."""
    path = find_file(game, "metadata.json", inttype)
    if path is None:
        return [], []
    file = os.path.join(str(inttype), game, "metadata.json")
    try:
        state = _parsed(path, raw).get("default_state")
    except ConfigError as error:
        return [], [(file, f"fail decode: {error}")]
    if state is None or not state.value:
        return [], [(file, "default state missing")]
    known = data.list_states(game, inttype | Integrations.STABLE)
    return [], [] if state.value in known else [(file, f"invalid default state {state.value}")]


def verify_hash_collisions() -> Problems:
    """Games whose ROMs have a hash in common; one game in several collections is one game."""
    games: dict[str, set[str]] = {}
    for game in data.list_games(Integrations.ALL):
        path = find_file(game, "rom.sha", Integrations.ALL)
        for sha in [] if path is None else read_hashes(path):
            games.setdefault(sha, set()).add(game)
    twice = {game for several in games.values() if len(several) > 1 for game in several}
    return [], [(game, "sha duplicate") for game in sorted(twice)]


def verify_genesis(game: str, inttype: Integrations) -> Problems:
    """Whether a game's ROM is one of a Mega Drive."""
    rom = Path(data.get_romfile_path(game, inttype))
    if _excused(game, rom, inttype):
        return [], []
    errors = [] if rom.suffix == ".md" else [(game, f"invalid extension for {rom}")]
    with rom.open("rb") as file:
        header = file.read(512)
    return [], errors if b"SEGA" in header[_SEGA] else [*errors, (game, "invalid genesis rom")]


def _excused(game: str, rom: Path, inttype: Integrations) -> bool:
    return rom.name in (load_whitelist(game, inttype)[0] or {})


def verify_extension(game: str, inttype: Integrations) -> Problems:
    """Whether a game's ROM ends as those of the console that its name names."""
    rom = Path(data.get_romfile_path(game, inttype))
    system = EXTENSIONS.get(rom.suffix[1:].lower())
    fits = _excused(game, rom, inttype) or (system is not None and system == system_of_game(game))
    return [], [] if fits else [(game, f"invalid extension for {rom.name}")]


def verify_rom(game: str, inttype: Integrations) -> Problems:
    """Whether a game's ROM is there, and is one of the console that the game's name names."""
    try:
        data.get_romfile_path(game, inttype)
    except RomError:
        return [], [(game, "ROM file missing")]
    system = system_of_game(game)
    genesis = system is not None and system.name == "Genesis"
    return verify_genesis(game, inttype) if genesis else verify_extension(game, inttype)
