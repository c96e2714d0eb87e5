"""One input held during a step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from toolkit.checks import whole
from toolkit.errors import ConfigError

_VALUES: Final = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class Action:
    """A field of an input port, and the value to hold it at.

    `list_actions` finds the ports and fields of a machine.

    Args:
        port: The port's tag, such as ":INPUTS".
        field: The field's name, such as "P1 Left".
        value: 1 presses a digital field. An analog field (dial, paddle, stick, light gun) takes its position, between
            the field's own minimum and maximum; a DIP switch or configuration field takes the setting's value. It may
            be NumPy's, a truth value, or a whole number with a decimal point: 1.0 and True are 1.

    Raises:
        ConfigError: A port or field that is no text, or a value that is no 32-bit integer.
    """

    port: str
    field: str
    value: int = 1

    def __post_init__(self) -> None:
        if not isinstance(self.port, str) or not isinstance(self.field, str):
            raise ConfigError(f"an Action takes the names of a port and a field, got {self.port!r} and {self.field!r}")
        if type(self.value) is not int or self.value not in _VALUES:
            value = whole(self.value)
            if value is None or value not in _VALUES:
                raise ConfigError(f"the value of an Action is a 32-bit integer, got {self.value!r}")
            object.__setattr__(self, "value", value)
