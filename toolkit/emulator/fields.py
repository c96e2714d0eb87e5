"""The input fields of a machine: which there are, and what each can be held at."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.emulator.action import Action
from toolkit.errors import ConfigError


class Fields:
    """The fields of a machine's input ports, by port.

    Args:
        machine: What messages call the machine.
        entries: What the child's `list_ports` says (docs/link.md).
    """

    def __init__(self, machine: str, entries: Iterable[dict[str, Any]]) -> None:
        self._machine = machine
        self._ports: dict[str, dict[str, dict[str, Any]]] = {}
        for entry in entries:
            self._ports.setdefault(entry["port"], {})[entry["field"]] = entry

    def check(self, action: Action) -> dict[str, Any]:
        """What is known of the action's field.

        Raises:
            ConfigError: There is no such port or field, or it cannot be held at the action's value.
        """
        port = self._ports.get(action.port)
        if port is None:
            raise ConfigError(f"{self._machine} has no port {action.port!r}; {choices('its ports are', self._ports)}")
        entry = port.get(action.field)
        if entry is None:
            raise ConfigError(
                f"port {action.port} of {self._machine} has no field {action.field!r}; {_closest(action.field, port)}"
            )
        _check_value(entry, action.value)
        return entry


def _check_value(entry: Mapping[str, Any], value: int) -> None:
    name = f"{entry['port']} {entry['field']}"
    if "settings" in entry:
        settings = {setting["value"]: setting["name"] for setting in entry["settings"]}
        # Some configuration fields do not say what they can be set to.
        if settings and value not in settings:
            raise ConfigError(f"{name} has no setting {value}; its settings are {settings}")
        return
    low, high = (entry["minimum"], entry["maximum"]) if entry["analog"] else (0, 1)
    if not low <= value <= high:
        raise ConfigError(f"{name} takes {low} to {high}, got {value}")


def choices(intro: str, names: Iterable[str]) -> str:
    """The end of a message that says what there is instead: "its ports are :IN0, :IN1"."""
    text = ", ".join(names)
    return f"{intro} {text}" if text else "there are none"


def _closest(name: str, names: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, names, n=3)
    return choices("did you mean", near) if near else choices("its fields are", names)
