"""What `toolkit doctor` looks at in MAME and in a ROM set."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from toolkit.cli.checks import Finding, Mark
from toolkit.errors import ToolkitError

# A machine of 1972 without a processor: it needs no ROM.
TEST_MACHINE: Final = "pong"
STEPS: Final = 20
SHOWN_FILES: Final = 4
_VERDICT: Final = re.compile(r"romset (?P<name>\S+)(?: \[\S+\])? is (?P<word>good|best available|bad)")
_NOT_FOUND: Final = re.compile(r'romset "?\S+?"? not found!')
_FILE: Final = re.compile(r"\S+\s*: (?P<file>.+?) \(\d+ bytes\) - (?P<word>.+)")


def mame(binary_path: str | None) -> Iterator[Finding]:
    """The program, its version, and whether it starts and steps with our plugin."""
    from toolkit.mame.binary import find_binary, version
    from toolkit.mame.workspace import plugin_folder

    try:
        yield Finding(Mark.OK, "plugin", str(plugin_folder()))
    except ToolkitError as error:
        yield Finding(Mark.PROBLEM, "plugin", "missing", f"install the toolkit again: {error}")
        return
    try:
        binary = find_binary(binary_path)
        yield Finding(Mark.OK, "MAME", f"{version(binary)}, {binary}")
    except ToolkitError as error:
        yield Finding(Mark.PROBLEM, "MAME", "cannot be run", str(error))
        return
    yield _step(binary)


def _step(binary: Path) -> Finding:
    from toolkit.emulator import Emulator

    started = time.monotonic()
    try:
        with Emulator("doctor", [], TEST_MACHINE, {}, binary_path=binary) as emulator:
            first = time.monotonic() - started
            for _ in range(STEPS):
                emulator.step()
            language = emulator._require().hello["language"]
    except ToolkitError as error:
        advice = f"MAME was found, but stepping its machine {TEST_MACHINE} failed; {error}"
        return Finding(Mark.PROBLEM, "stepping", type(error).__name__, advice)
    return Finding(Mark.OK, "stepping", f"{TEST_MACHINE} started in {first:.2f} s and steps; MAME's Lua is {language}")


def roms(binary_path: str | None, folders: Sequence[Path], game: str, *, bundled: bool) -> Iterator[Finding]:
    """The ROM folders, and what MAME's -verifyroms says of the set."""
    from toolkit.mame.binary import find_binary, query
    from toolkit.mame.command import base_arguments
    from toolkit.mame.workspace import Workspace, check_game_id

    subject = f"ROMs of {game}"
    try:
        binary = find_binary(binary_path)
        check_game_id(game)
        workspace = Workspace()
        try:
            rompath = workspace.add_roms(folders)
            arguments = ["-verifyroms", game, "-rompath", rompath, *base_arguments(workspace, binary)]
            answer = query(binary, arguments, cwd=workspace.path)
        finally:
            workspace.close()
    except ToolkitError as error:
        yield Finding(Mark.PROBLEM, subject, type(error).__name__, str(error))
        return
    for folder in folders:
        try:
            count = sum(entry.suffix in (".zip", ".7z") or entry.is_dir() for entry in folder.iterdir())
        except OSError as error:
            advice = "MAME can use the sets in it all the same, if it may read those"
            yield Finding(Mark.WARNING, "ROM folder", f"{os.fspath(folder)} cannot be listed: {error.strerror}", advice)
            continue
        yield Finding(Mark.OK, "ROM folder", f"{os.fspath(folder)}, {count} set{'' if count == 1 else 's'}")
    yield judge(subject, (answer.stdout + answer.stderr).decode("utf-8", "replace"), bundled=bundled)


def judge(subject: str, said: str, *, bundled: bool = False) -> Finding:
    """What `said`, the output of -verifyroms, means for somebody who wants to run the machine."""
    verdict = _VERDICT.search(said)
    if verdict is None:
        words = " ".join(said.split())[-300:]
        if _NOT_FOUND.search(said):
            advice = "put the set (its .zip, and those of its parents) into the folder; --roms names another one"
            return Finding(Mark.PROBLEM, subject, "not found", advice)
        if "No matching systems" in said:
            return Finding(Mark.PROBLEM, subject, "MAME has no such machine", "toolkit list-games TEXT finds names")
        return Finding(Mark.PROBLEM, subject, "MAME's verdict was not understood", f"it said: {words}")
    if verdict["word"] != "bad":
        return Finding(Mark.OK, subject, f"-verifyroms: {verdict['word']}")
    files = [(match["file"], match["word"].rstrip(": ")) for match in _FILE.finditer(said)]
    missing = [name for name, word in files if "NOT FOUND" in word]
    wrong = [name for name, word in files if "NOT FOUND" not in word and "NO GOOD DUMP" not in word]
    if missing:
        advice = "MAME will not start it: get a complete set for this version of MAME"
        return Finding(Mark.PROBLEM, subject, f"files not found: {_some(missing)}", advice)
    if bundled:
        return Finding(Mark.OK, subject, "the bundled game in their place; MAME warns of its checksums, and runs it")
    advice = "MAME starts it all the same, but the game may fail: get a set for this version of MAME"
    return Finding(Mark.WARNING, subject, f"wrong checksums: {_some(wrong)}", advice)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN_FILES} more" if len(names) > SHOWN_FILES else ""
    return ", ".join(names[:SHOWN_FILES]) + more
