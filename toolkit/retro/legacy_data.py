"""`toolkit.retro.data.GameData`: a game's numbers, with what stable-retro's object of that name does besides."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from toolkit.errors import ConfigError
from toolkit.limits import reason
from toolkit.retro import game_data
from toolkit.retro.integrations import Integrations, find_file, unknown_game
from toolkit.retro.memory import Memory, Variable, load_variables
from toolkit.retro.memory_search import Search, types_of
from toolkit.retro.systems import System
from toolkit.storage import write_whole

NO_CONSOLE: Final = System("", (), (), (), ())
NO_MEMORY: Final = ("=", "=", 1)


class GameData(game_data.GameData):
    """A game's variables and scenario, and searches for more variables in the console's memory.

    Made without a console; `emulator.configure_data(data)` gives it one. Until then it knows where variables are.

    Args:
        game: The integration whose files to load; None for none.
        data: The name or path of the variables; "data" by default.
        scenario: The name or path of the scenario; "scenario" by default.
        inttype: Which collections to search.

    Raises:
        ConfigError: No such game or file, or it is malformed.
    """

    _attached = False

    def __init__(
        self,
        game: str | None = None,
        data: str | None = None,
        scenario: str | None = None,
        inttype: Integrations = Integrations.DEFAULT,
    ) -> None:
        self._files: list[tuple[str | None, str | None]] = []
        self._searches: dict[str, Search] = {}
        super().__init__(NO_CONSOLE, Memory((), NO_MEMORY))
        if game is not None:
            data = _path(game, data or "data", inttype)
            scenario = _path(game, scenario or "scenario", inttype)
        if data is not None or scenario is not None:
            self.load(data, scenario)

    def attach(self, system: System, memory: Memory) -> None:
        if not self._attached:
            self._variables = {}
        super().attach(system, memory)
        self._attached = system is not NO_CONSOLE
        files, self._files = self._files, []
        for data, scenario in files:
            super().load(data, scenario)

    def load(self, data: str | None = None, scen: str | None = None) -> bool:
        if self._attached:
            return super().load(data, scen)
        # What a scenario means depends on the console's buttons, and a variable's place on its memory.
        if data is not None:
            self._variables = load_variables(data)
        self._files.append((data, scen))
        return True

    def save(self, data: str | os.PathLike[str] | None = None, scen: str | os.PathLike[str] | None = None) -> bool:
        """Writes the variables to a data.json, the scenario as it was loaded to a scenario.json, or both; always True,
        as a failure is an error.

        Raises:
            ConfigError: A file cannot be written.
        """
        if data is not None:
            _write(Path(data), {"info": {name: _place(item) for name, item in sorted(self._variables.items())}})
        if scen is not None:
            _write(Path(scen), dict(self._scenario.source))
        return True

    # --- searches ---------------------------------------------------------------------------------------------------

    def search(self, name: str, value: int) -> None:
        """Keeps in the search `name`, which begins with all of memory, the places that hold `value` now, or something
        that it is likely to be stored as; see `Search`."""
        self._search(name).search(self.memory, value)

    def delta_search(self, name: str, op: str, ref: int) -> None:
        """Keeps in the search `name` the places whose change since the last search under that name compares so.

        Raises:
            ConfigError: No operator is called `op`; docs/retro.md lists them.
        """
        self._search(name).delta(self.memory, op, ref)

    def _search(self, name: str) -> Search:
        if name not in self._searches:
            self._searches[name] = Search(types_of(self.system.name))
        return self._searches[name]

    def get_search(self, name: str) -> Search:
        """The search of that name. KeyError if there is none."""
        return self._searches[name]

    def remove_search(self, name: str) -> None:
        """Forgets a search, if there is one of that name."""
        self._searches.pop(name, None)

    def list_searches(self) -> dict[str, Search]:
        return dict(self._searches)

    @property
    def searches(self) -> SearchListHandle:
        return SearchListHandle(self)


class SearchListHandle:
    """`data.searches`: the searches by name; `data.searches["score"].search(0)` begins one."""

    def __init__(self, data: GameData) -> None:
        self._data = data

    def __getitem__(self, name: str) -> SearchHandle:
        return SearchHandle(self._data, name)

    def __delitem__(self, name: str) -> None:
        self._data.remove_search(name)

    def __iter__(self) -> Iterator[tuple[str, Search]]:
        return iter(self._data.list_searches().items())

    def __contains__(self, name: object) -> bool:
        return name in self._data.list_searches()


class SearchHandle:
    """One search by its name, which need not have begun; what `Search` tells of its results is told here as well."""

    def __init__(self, data: GameData, name: str) -> None:
        self._data = data
        self._name = name

    def search(self, value: int) -> None:
        """See `GameData.search`."""
        self._data.search(self._name, value)

    def delta(self, op: str, ref: int) -> None:
        """See `GameData.delta_search`."""
        self._data.delta_search(self._name, op, ref)

    def num_results(self) -> int:
        return self._data.get_search(self._name).num_results()

    def has_unique_result(self) -> bool:
        return self._data.get_search(self._name).has_unique_result()

    def unique_result(self) -> dict[str, Any]:
        return self._data.get_search(self._name).unique_result()

    def typed_results(self) -> list[tuple[tuple[int, int, int, int], list[str]]]:
        return self._data.get_search(self._name).typed_results()


def _path(game: str, name: str, inttype: Integrations) -> str | None:
    file = name if name.endswith(".json") else f"{name}.json"
    if os.path.isabs(file):
        return file
    found = find_file(game, file, inttype)
    if found is not None:
        return str(found)
    if file == "scenario.json":
        return None  # a game needs none
    raise unknown_game(game, inttype) if file == "data.json" else ConfigError(f"{game} has no {file}")


def _place(variable: Variable) -> dict[str, Any]:
    place: dict[str, Any] = {"address": variable.address, "type": variable.type.text}
    if variable.mask is not None:
        place["mask"] = variable.mask
    return place


def _write(path: Path, content: Mapping[str, Any]) -> None:
    try:
        write_whole(path, (json.dumps(content, indent=2) + "\n").encode())
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {reason(error)}") from error
