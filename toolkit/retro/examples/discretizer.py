"""A few combinations of buttons instead of all: an environment whose actions are numbers.

python -m toolkit.retro.examples.discretizer
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium
import numpy as np
import numpy.typing as npt

import toolkit.retro as retro
from toolkit.errors import ConfigError


class Discretizer(gymnasium.ActionWrapper[Any, Any, Any]):
    """An environment in which action n presses the buttons `combos[n]`.

    Args:
        env: One of `toolkit.retro.make`, whose actions are a number per button, for one player.
        combos: The names of the buttons of each action; [] presses none.

    Raises:
        ConfigError: The environment has other actions, or there is no such button.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], combos: Sequence[Sequence[str]]) -> None:
        super().__init__(env)
        buttons: list[str | None] = env.get_wrapper_attr("buttons")
        space = env.action_space
        if not isinstance(space, gymnasium.spaces.MultiBinary):
            raise ConfigError(f"Discretizer is for actions with a number per button, and these are {space}")
        unknown = {name for combo in combos for name in combo if name not in buttons}
        if unknown:
            known = ", ".join(filter(None, buttons))
            raise ConfigError(f"no button is called {', '.join(sorted(unknown))}; there are {known}")
        self._pressed = [np.array([name in combo for name in buttons], np.int8) for combo in combos]
        self.action_space = gymnasium.spaces.Discrete(len(self._pressed))

    def action(self, act: Any) -> npt.NDArray[np.int8]:
        """The buttons of an action: int8, one per button, a copy."""
        return self._pressed[int(act)].copy()


class SonicDiscretizer(Discretizer):
    """Seven actions that are enough for Sonic the Hedgehog: run, duck, roll and jump."""

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        super().__init__(
            env, [["LEFT"], ["RIGHT"], ["LEFT", "DOWN"], ["RIGHT", "DOWN"], ["DOWN"], ["DOWN", "B"], ["B"]]
        )


def main() -> None:
    """Plays Airstriker at random with five actions."""
    combos: list[list[str]] = [[], ["LEFT"], ["RIGHT"], ["B"], ["LEFT", "B"]]
    with Discretizer(retro.make("Airstriker-Genesis-v0"), combos) as env:
        env.reset()
        for _ in range(600):
            if env.step(env.action_space.sample())[2]:
                env.reset()


if __name__ == "__main__":
    main()
