"""From what an agent chooses to which buttons are down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toolkit.errors import ConfigError
from toolkit.retro.json_file import Node


class Combinations:
    """Groups of combinations of buttons; a combination is an int, one bit per button.

    In the order that numbers the actions: groups by their buttons' bits, combinations by theirs. Of two groups of the
    same buttons the first counts.
    """

    def __init__(self, groups: Iterable[Iterable[int]]) -> None:
        table: dict[int, list[int]] = {}
        for group in groups:
            combos = sorted(set(group))
            mask = 0
            for combo in combos:
                mask |= combo
            table.setdefault(mask, combos)
        self._groups = sorted(table.items())
        self._allowed = [(mask, frozenset(combos)) for mask, combos in self._groups]

    @property
    def groups(self) -> list[list[int]]:
        return [list(combos) for _, combos in self._groups]

    def filter(self, pressed: int) -> int:
        """`pressed` without the buttons of every group whose combination is not a listed one."""
        kept = 0
        for mask, combos in self._allowed:
            if pressed & mask in combos:
                kept |= pressed & mask
        return kept

    def pick(self, numbers: Sequence[int]) -> int:
        """The buttons of one combination per group."""
        pressed = 0
        for (_, combos), number in zip(self._groups, numbers, strict=True):
            pressed |= combos[number]
        return pressed


def combination(names: Iterable[str], buttons: Sequence[str | None]) -> int:
    """The bits of the buttons called `names`.

    Raises:
        ConfigError: The pad has no such button.
    """
    pressed = 0
    for name in names:
        if not name or name not in buttons:
            known = ", ".join(button for button in buttons if button)
            raise ConfigError(f"the pad has no button {name!r}; it has {known}")
        pressed |= 1 << buttons.index(name)
    return pressed


def parse_combinations(node: Node, buttons: Sequence[str | None]) -> Combinations:
    """What a scenario's `actions` lists: groups of combinations of names."""
    groups = []
    for group in node.items():
        if not group.items():
            group.wrong("an array of combinations, [] being the one of no button")
        combos = []
        for combo in group.items():
            try:
                combos.append(combination([name.text() for name in combo.items()], buttons))
            except ConfigError as error:
                raise ConfigError(f"{combo.path}: {combo.where}: {error}") from None
        groups.append(combos)
    return Combinations(groups)
