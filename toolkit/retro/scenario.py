"""scenario.json: what a frame earns, when an episode is over, which actions make sense, what of the picture is seen."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from toolkit.errors import ConfigError
from toolkit.retro.combinations import Combinations, parse_combinations
from toolkit.retro.conditions import Condition, parse_condition
from toolkit.retro.json_file import Node, read_json
from toolkit.retro.rewards import Reward, parse_reward

MAX_PLAYERS: Final = 8
MEMBERS: Final = ("reward", "rewards", "done", "actions", "crop", "crops")
Crop = tuple[int, int, int, int]


@dataclass(frozen=True)
class Scenario:
    """Args:
    rewards: One per player that has any.
    done: When the episode is over.
    actions: The combinations of buttons, None for those of the console.
    crops: Left, top, width and height of what each player sees; 0 for a width or height is all of it.
    source: What of the file was read.
    """

    rewards: tuple[Reward, ...] = ()
    done: Condition = field(default_factory=Condition)
    actions: Combinations | None = None
    crops: tuple[Crop, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def names(self) -> set[str]:
        """The variables that it needs."""
        return self.done.names() | {name for reward in self.rewards for name, _ in reward.terms}


def load_scenario(path: str | os.PathLike[str], variables: Collection[str], buttons: Sequence[str | None]) -> Scenario:
    """Reads the file.

    Args:
        path: Of a scenario.json.
        variables: The names that data.json gives.
        buttons: Of the console's pad.

    Raises:
        ConfigError: The file is malformed, needs a variable or a button that there is not, or a script.
    """
    root = read_json(path)
    reward, several, done = root.get("reward"), root.get("rewards"), root.get("done")
    rewards = []
    if several is not None:
        rewards = [_reward(node) for node in several.items()[:MAX_PLAYERS]]
    if reward is not None:
        # Both may be there; `rewards` then overrides, player by player.
        rewards = rewards or [_reward(reward)]
    actions = root.get("actions")
    scenario = Scenario(
        tuple(rewards),
        Condition() if done is None else _done(done),
        None if actions is None or not actions.items() else parse_combinations(actions, buttons),
        _crops(root),
        {name: root.value[name] for name in MEMBERS if name in root.value},
    )
    unknown = sorted(scenario.names() - set(variables))
    if unknown:
        raise ConfigError(f"{path}: it needs {', '.join(map(repr, unknown))}, which data.json does not name")
    return scenario


def _reward(node: Node) -> Reward:
    _refuse_script(node, "reward")
    return parse_reward(node)


def _done(node: Node) -> Condition:
    _refuse_script(node, "done")
    return parse_condition(node)


def _refuse_script(node: Node, what: str) -> None:
    script = node.get("script")
    if script is not None:
        raise ConfigError(
            f"{node.path}: {script.where} is a Lua function ({script.value!r}), and programs from integrations are not "
            f"run here; pass scenario= with a file whose {what!r} is made of variables, or compute it in a wrapper "
            "from what step() returns as info"
        )


def _crops(root: Node) -> tuple[Crop, ...]:
    one, several = root.get("crop"), root.get("crops")
    if several is not None:
        return tuple(_crop(node) for node in several.items()[:MAX_PLAYERS])
    return () if one is None else (_crop(one),) * MAX_PLAYERS


def _crop(node: Node) -> Crop:
    numbers = [item.whole(range(2**16)) for item in node.items()]
    if len(numbers) != 4:
        node.wrong("an array of four numbers: left, top, width, height")
    return numbers[0], numbers[1], numbers[2], numbers[3]
