"""Console games on libretro cores, and the integrations of gym-retro and stable-retro.

`import toolkit.retro as retro` stands in for `import stable_retro as retro`.
"""

from typing import TYPE_CHECKING, Any

from toolkit.retro import data
from toolkit.retro.enums import Actions, Observations, State
from toolkit.retro.factory import make
from toolkit.retro.movie import Movie, read_movie

if TYPE_CHECKING:
    from toolkit.retro.env import RetroEnv

__all__ = ["Actions", "Movie", "Observations", "RetroEnv", "State", "data", "make", "read_movie"]


def __getattr__(name: str) -> Any:
    # Gymnasium is an optional dependency, and takes a while to import.
    if name == "RetroEnv":
        from toolkit.retro.env import RetroEnv

        return RetroEnv
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
