"""The named numbers of a running game, and what they mean: rewards, ends, actions."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.checks import check_integer, whole
from toolkit.errors import ConfigError, StateError
from toolkit.retro.combinations import Combinations, combination
from toolkit.retro.conditions import Condition
from toolkit.retro.datatype import DataType, wrap64
from toolkit.retro.memory import Bytes, Memory, Reader, Variable, load_variables
from toolkit.retro.rewards import float32
from toolkit.retro.scenario import MAX_PLAYERS, Crop, Scenario, load_scenario
from toolkit.retro.systems import System

log = logging.getLogger(__name__)


class GameData:
    """A game's variables and scenario.

    `load` reads the files, `attach` gives it a machine's memory, and `update_ram` after each frame makes it compute.
    `data["lives"]` reads a variable and `data["lives"] = 3` writes it, into the machine; a name that the integration
    does not know becomes a variable of this object alone, until `reset`.
    """

    def __init__(self, system: System, memory: Memory) -> None:
        self._variables: dict[str, Variable] = {}
        self._scenario = Scenario()
        self._custom: dict[str, Any] = {}
        # Of the last update, if there was one.
        self._now: dict[str, int] = {}
        self._updated = False
        # What the memory held then, the variables' bytes in it, and whether they were the same the time before that.
        self._data: Bytes | None = None
        self._found = b""
        self._quiet = False
        self._rewards = [0.0] * MAX_PLAYERS
        self._totals = [0.0] * MAX_PLAYERS
        self._done = False
        self.attach(system, memory)

    def attach(self, system: System, memory: Memory) -> None:
        """From here on this is about a console of the kind `system`, with that memory."""
        self.system = system
        self.memory = memory
        self._console = Combinations(
            [combination(names, system.buttons) for names in group] for group in system.combinations
        )
        self._forget()

    def load(self, data: str | None = None, scen: str | None = None) -> bool:
        """Reads a data.json, a scenario.json, or both, and keeps what it has for one that is None; always True, as a
        failure is an error.

        Raises:
            ConfigError: A file is missing or malformed, or the scenario needs what there is not.
        """
        variables = self._variables if data is None else load_variables(data)
        loaded = self._scenario if scen is None else load_scenario(scen, variables, self.system.buttons)
        needed = loaded.names()
        usable = {}
        for name, variable in variables.items():
            try:
                self.memory.places(variable.type, variable.address)
            except ConfigError as error:
                if name in needed:
                    raise ConfigError(f"{data}: info.{name}: {error}") from None
                log.warning("%s: info.%s is left out: %s", data, name, error)
                continue
            usable[name] = variable
        self._scenario = loaded
        self._variables = usable
        self._forget()
        return True

    def _forget(self) -> None:
        self._reader = Reader(self.memory, self._variables)
        self._now, self._updated, self._data, self._quiet = {}, False, None, False

    def close(self) -> None:
        """Lets go of the machine's memory: from here on looking anything up in it is a StateError."""
        self.memory.close()
        self._data = None

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The variables that there are, by name."""
        return self._variables

    @property
    def done(self) -> Condition:
        """When an episode is over."""
        return self._scenario.done

    @property
    def values(self) -> dict[str, int]:
        """Every variable under its name, as of the last update; not to be written to."""
        return self._now

    # --- every frame ------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Begins an episode. What `update_ram` finds next is compared with the last frame of the episode before."""
        self._custom.clear()
        self._rewards = [0.0] * MAX_PLAYERS
        self._totals = [0.0] * MAX_PLAYERS
        self._done = self._quiet = False

    def update_ram(self, data: Bytes | None = None) -> None:
        """Computes rewards and the end from what the memory holds now; `data` replaces it first."""
        if data is not None:
            self.memory.update(data)
        self._data = self.memory.data
        found = self._reader.find(self._data)
        if self._quiet and found == self._found:
            # Nothing has changed, as in the frame before: it earns the same, and is over or not as that was.
            self._add_rewards()
            return
        quiet = self._updated and found == self._found
        self.update_values(self._reader.decode(found))
        self._found, self._quiet = found, quiet

    def update_values(self, now: dict[str, int]) -> None:
        """`update_ram`, from every variable under its name; for who reads them otherwise."""
        before = self._now if self._updated else None
        self._now, self._updated, self._quiet = now, True, False
        deltas = dict.fromkeys(now, 0) if before is None else {n: wrap64(v - before[n]) for n, v in now.items()}
        values = {**now, **self._numbers()} if self._custom else now
        self._done = self._scenario.done.holds(values, deltas)
        for player, reward in enumerate(self._scenario.rewards):
            self._rewards[player] = reward.amount(values, deltas)
        self._add_rewards()

    def _add_rewards(self) -> None:
        for player in range(len(self._scenario.rewards)):
            self._totals[player] = float32(self._totals[player] + self._rewards[player])

    def current_reward(self, player: int = 0) -> float:
        """What the last frame earned."""
        return self._rewards[player]

    def total_reward(self, player: int = 0) -> float:
        """What all frames since `reset` earned."""
        return self._totals[player]

    def is_done(self) -> bool:
        return self._done

    # --- variables --------------------------------------------------------------------------------------------------

    def _numbers(self) -> dict[str, int]:
        return {name: int(value or 0) for name, value in self._custom.items()}

    def _read(self, name: str) -> int:
        variable = self._variables[name]
        places = self.memory.places(variable.type, variable.address)
        return variable.decode(self.memory.data[places].tobytes())

    def lookup_all(self) -> dict[str, int]:
        """Every variable under its name, as it is now."""
        now = self._now if self.memory.data is self._data else self._reader.read(self.memory.data)
        return {**now, **self._numbers()}

    def lookup_value(self, name: str) -> Any:
        """One variable, as it is now. KeyError if there is none of that name."""
        return self._custom[name] if name in self._custom else self._read(name)

    def set_value(self, name: str, value: Any) -> Any:
        """Writes a variable into the machine's memory.

        Raises:
            ConfigError: A value that is no whole number; nothing was written.
        """
        if name in self._variables and name not in self._custom:
            variable = self._variables[name]
            number = whole(value)
            if number is None:
                raise ConfigError(f"the variable {name!r} takes a whole number, got {value!r}")
            self.memory.write(self.memory.places(variable.type, variable.address), variable.type.encode(number))
        else:
            self._custom[name] = value
        return value

    def __getitem__(self, name: str) -> Any:
        return self.lookup_value(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self.set_value(name, value)

    def get_variable(self, name: str) -> dict[str, Any]:
        """Where a variable lies: `{"address": ..., "type": ...}`. KeyError if there is none of that name."""
        variable = self._variables[name]
        return {"address": variable.address, "type": variable.type.text}

    def list_variables(self) -> dict[str, dict[str, Any]]:
        return {name: self.get_variable(name) for name in self._variables}

    def set_variable(self, name: str, place: dict[str, Any]) -> None:
        """Adds a variable, or moves it.

        Raises:
            ConfigError: A bad type, or an address outside of the memory.
        """
        variable = Variable(DataType(str(place["type"])), check_integer("address", place["address"], 0, 2**63 - 1))
        self.memory.places(variable.type, variable.address)
        self._variables[name] = variable
        self._forget()

    def remove_variable(self, name: str) -> None:
        """StateError if the scenario needs it."""
        if name in self._scenario.names():
            raise StateError(f"the scenario needs {name!r}; it cannot be removed")
        self._variables.pop(name, None)
        self._forget()

    @property
    def vars(self) -> Variables:
        return Variables(self)

    # --- actions and picture ----------------------------------------------------------------------------------------

    @property
    def combinations(self) -> Combinations:
        """The scenario's, or else the console's."""
        return self._scenario.actions or self._console

    def valid_actions(self) -> list[list[int]]:
        """The combinations of each group of buttons, as bits."""
        return self.combinations.groups

    def filter_action(self, action: int) -> int:
        """`action`, bits, without the combinations that are not listed."""
        return self.combinations.filter(action)

    def crop_info(self, player: int = 0) -> Crop:
        """Left, top, width and height of what a player sees; 0 for a width or height is all of it."""
        crops = self._scenario.crops
        return crops[player] if player < len(crops) else (0, 0, 0, 0)


class Variables:
    """`data.vars`: the places of the variables, as a mapping."""

    def __init__(self, data: GameData) -> None:
        self._data = data

    def __getitem__(self, name: str) -> dict[str, Any]:
        return self._data.get_variable(name)

    def __setitem__(self, name: str, place: dict[str, Any]) -> None:
        self._data.set_variable(name, place)

    def __delitem__(self, name: str) -> None:
        self._data.remove_variable(name)

    def __iter__(self) -> Iterator[tuple[str, dict[str, Any]]]:
        return iter(self._data.list_variables().items())

    def __contains__(self, name: object) -> bool:
        return name in self._data.list_variables()
