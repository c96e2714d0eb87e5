"""The ids that Gymnasium knows."""

from __future__ import annotations

from typing import Any, Final

import gymnasium

from toolkit.gym.env import LaneEnv
from toolkit.gym.games import check_options, lane_factory

# Id -> the name of what makes it, here and in `toolkit.vector`.
NAMES: Final = {
    "toolkit/StreetFighter-v0": "street_fighter",
    "toolkit/Bout-v0": "bout",
    "toolkit/Platformer-v0": "platformer",
    "toolkit/Airstriker-v0": "airstriker",
}


class Maker:
    """Makes environments of one game; `gymnasium.make` looks for `metadata` beside it."""

    metadata = LaneEnv.metadata

    def __init__(self, game: str) -> None:
        self.game = game

    def __call__(self, *, render_mode: str | None = None, **options: Any) -> LaneEnv:
        # What gymnasium.make() takes by itself does not come here, but is meant by other names for it.
        check_options(self.game, options, ("render_mode", "max_episode_steps"))
        return LaneEnv(lane_factory(self.game, **options), render_mode)


street_fighter = Maker("toolkit/StreetFighter-v0")
bout = Maker("toolkit/Bout-v0")
platformer = Maker("toolkit/Platformer-v0")
airstriker = Maker("toolkit/Airstriker-v0")


def register_envs() -> None:
    """Registers all ids that are not registered yet; `import toolkit.gym` does it too."""
    for game, name in NAMES.items():
        if game not in gymnasium.registry:
            gymnasium.register(game, f"toolkit.gym.registration:{name}", vector_entry_point=f"toolkit.vector:{name}")
