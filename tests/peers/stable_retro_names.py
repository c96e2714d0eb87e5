"""Run as a program: which of stable-retro's public names `toolkit.retro` has, as the tables of docs/retro.md.

    python tests/peers/stable_retro_names.py

Modules are compared with those of the same name, classes with ours of that name, by what an installed stable-retro has.
Nothing may be missing for which `INSTEAD` does not say what to use.
"""

import ast
import contextlib
import importlib
import importlib.util
import inspect
import pkgutil
import re
import sys
from pathlib import Path

import gymnasium

# How one comes by objects of a class: stable-retro's class, and ours.
CLASSES = {
    "RetroEnv": ("stable_retro.retro_env:RetroEnv", "toolkit.retro.env:RetroEnv"),
    "RetroEmulator": ("stable_retro:RetroEmulator", "toolkit.retro.legacy:LegacyEmulator"),
    "Movie": ("stable_retro:Movie", "toolkit.retro:Movie"),
    "data.GameData": ("stable_retro.data:GameData", "toolkit.retro.data:GameData"),
    "data.GameData.memory": ("stable_retro._retro:Memory", "toolkit.retro.memory:Memory"),
    "data.GameData.vars": ("stable_retro.data:Variables", "toolkit.retro.game_data:Variables"),
    "data.GameData.searches": ("stable_retro.data:SearchListHandle", "toolkit.retro.legacy_data:SearchListHandle"),
    "data.GameData.searches[name]": ("stable_retro.data:SearchHandle", "toolkit.retro.legacy_data:SearchHandle"),
    "data.GameData.get_search(name)": ("stable_retro._retro:Search", "toolkit.retro.memory_search:Search"),
    "data.Integrations": ("stable_retro.data:Integrations", "toolkit.retro.data:Integrations"),
    "data.DefaultIntegrations": ("stable_retro.data:DefaultIntegrations", "toolkit.retro.data:DefaultIntegrations"),
    "State": ("stable_retro:State", "toolkit.retro:State"),
    "Actions": ("stable_retro:Actions", "toolkit.retro:Actions"),
    "Observations": ("stable_retro:Observations", "toolkit.retro:Observations"),
}
MODULES = ("", "data", "enums", "retro_env")
# These do something when they are imported, or need what is not installed.
READ_ONLY = ("testing.tools", "scripts", "import", "examples", "rendering")
# What to use for what is not there.
INSTEAD = {
    "ROOT_DIR": "`data.path()`",
    "core_path": "`list_cores()`, and `get_core_path(console)`",
    "RetroEnv.viewer": '`render_mode="human"` has a window of its own; `env.close()` closes it',
    "RetroEmulator.load_core_info": "consoles are described in the package; a core is chosen with `core=`",
    "data.DATA_PATH": "`data.path()`",
    "data.EXT": '`"so"`: only Linux',
    "data.init_core_info": "consoles are described in the package; a core is chosen with `core=`",
    "data.groom_rom": "`data.merge`, or `toolkit import-roms`",
    "data.parse_smd": "`data.merge`, or `toolkit import-roms`",
    "data.RetroEmulator": "`RetroEmulator`",
    "data.GameData.vars.data": "the `GameData` itself",
    "data.GameDataGlue": "`data.GameData`",
    "data.SearchHandle": "what `data.GameData().searches[name]` returns",
    "data.SearchListHandle": "what `data.GameData().searches` returns",
    "data.Variables": "what `data.GameData().vars` returns",
    "data.GameData.searches.load": "theirs fails: nothing reads searches",
    "data.GameData.searches.save": "theirs fails: nothing writes searches",
    "import.sega_classics": "`toolkit import-roms` takes ROMs from any folder",
    "scripts.import_sega_classics": "`toolkit import-roms` takes ROMs from any folder",
    "rendering": '`render_mode="human"`',
    "examples.brute": "runs as it is, with the import changed",
    "examples.determinism": "games are the same whenever they are played; `toolkit replay` compares frame by frame",
    "examples.interactive": "`toolkit play` for MAME; runs as it is where pyglet finds a display",
    "examples.ppo": "`examples/train_sb3.py`",
    "examples.random_agent": "`examples/retro_random.py`",
    "examples.retro_interactive": "as `examples.interactive`",
    "examples.trivial_random_agent": "`examples/retro_random.py`",
    "examples.trivial_random_agent_multiplayer": "`examples/retro_random.py`",
}


def public(names):
    return {name for name in names if not name.startswith("_")}


def names_of_module(module):
    """What a module of stable-retro's defines, or takes from another one of its own."""

    def its_own(value):
        home = getattr(value, "__module__", None)
        return not inspect.ismodule(value) and (home is None or home.startswith(module.__name__.split(".")[0]))

    return {name for name in public(vars(module)) if its_own(vars(module)[name]) and name not in ("f", "notifications")}


def members(cls):
    """What objects of a class have, but for what Gymnasium gives every environment."""
    found = public(dir(cls)) | public(vars(cls))  # an enumeration's dir() leaves its methods out
    for base in cls.__mro__:
        if base.__module__.split(".")[0] in ("stable_retro", "toolkit"):
            with contextlib.suppress(OSError, TypeError):  # it is a class in C++
                found |= public(re.findall(r"self\.(\w+)(?:: [^=\n]+)? = ", inspect.getsource(base)))
    return found - (public(dir(gymnasium.Env)) if issubclass(cls, gymnasium.Env) else set())


def names_of_folder(package, part):
    """The modules in a package that is only read, or what a module of it defines."""
    folder = Path(importlib.util.find_spec(package).origin).parent.joinpath(*part.split("."))
    if folder.is_dir():
        return public(path.stem for path in folder.glob("*.py"))
    file = folder.with_suffix(".py")
    body = ast.parse(file.read_text("utf-8")).body if file.exists() else []
    return public(node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))


def compared():
    """Where a name is, which are there, and which are not."""
    for part in MODULES:
        theirs = names_of_module(importlib.import_module(f"stable_retro.{part}".rstrip(".")))
        ours = importlib.import_module(f"toolkit.retro.{part}".rstrip("."))
        there = {name for name in theirs if hasattr(ours, name)}
        yield part, there, theirs - there
    for where, (their_class, our_class) in CLASSES.items():
        theirs, ours = members(pkgutil.resolve_name(their_class)), members(pkgutil.resolve_name(our_class))
        yield where, theirs & ours, theirs - ours
    for part in READ_ONLY:
        theirs, ours = names_of_folder("stable_retro", part), names_of_folder("toolkit.retro", part)
        if importlib.util.find_spec(f"toolkit.retro.{part}") is None:
            yield part, set(), {""}
        else:
            yield part, theirs & ours, theirs - ours


def tables():
    """The lines of both tables."""
    lines = ["| of | there | not there |", "| --- | --- | --- |"]
    missing = []
    for where, there, absent in compared():
        prefix = f"{where}." if where else ""
        missing += [f"{prefix}{name}".rstrip(".") for name in sorted(absent)]
        cells = (", ".join(f"`{name or where}`" for name in sorted(names)) for names in (there, absent))
        lines.append(f"| {f'`{where}`' if where else 'the module'} | {' | '.join(cells)} |")
    lines += ["", "| not there | instead |", "| --- | --- |"]
    unknown = sorted(set(missing) ^ set(INSTEAD))
    if unknown:
        raise SystemExit(f"INSTEAD should say of these names what to use, or is wrong about them: {', '.join(unknown)}")
    return lines + [f"| `{name}` | {INSTEAD[name]} |" for name in missing]


if __name__ == "__main__":
    sys.stdout.write("\n".join(tables()) + "\n")
