"""The input fields of a machine: which there are, and what each can be held at."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.emulator.action import Action
from toolkit.errors import ConfigError


def kind_of(entry: Mapping[str, Any]) -> str:
    """What a field is, for whoever wants to set it: "digital" (0 and 1), "toggle" (each press flips it), "analog" and
    "adjuster" (a range), "dipswitch" and "config" (settings)."""
    if entry["analog"]:
        return "analog"
    if entry.get("class") in ("adjuster", "dipswitch", "config"):
        return str(entry["class"])
    return "toggle" if entry.get("toggle") else "digital"


def usable_value(entry: Mapping[str, Any]) -> int:
    """A value that the field takes: where it is anyway if that is one, and 1 of what is pressed."""
    default = int(entry.get("default", 0))
    if "settings" in entry:
        values = [int(setting["value"]) for setting in entry["settings"]]
        return default if default in values or not values else values[0]
    if "minimum" in entry:
        low, high = int(entry["minimum"]), int(entry["maximum"])
        return min(max(default, low), high)
    return 1


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
    if entry.get("reason"):
        raise ConfigError(f"{name} cannot be set: {entry['reason']}")
    if "settings" in entry:
        settings = {setting["value"]: setting["name"] for setting in entry["settings"]}
        if value not in settings:
            raise ConfigError(f"{name} has no setting {value}; its settings are {settings}")
        return
    low, high = entry.get("minimum", 0), entry.get("maximum", 1)
    if not low <= value <= high:
        raise ConfigError(f"{name} takes {low} to {high}, got {value}")


def choices(intro: str, names: Iterable[str]) -> str:
    """The end of a message that says what there is instead: "its ports are :IN0, :IN1"."""
    text = ", ".join(names)
    return f"{intro} {text}" if text else "there are none"


def _closest(name: str, names: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, names, n=3)
    return choices("did you mean", near) if near else choices("its fields are", names)
