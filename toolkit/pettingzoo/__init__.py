"""Games of several players as PettingZoo environments. Needs the extra `pettingzoo`."""

from typing import TYPE_CHECKING, Any

from toolkit.pettingzoo.factory import bout, street_fighter

if TYPE_CHECKING:
    from toolkit.pettingzoo.parallel import ParallelGame

__all__ = ["ParallelGame", "bout", "street_fighter"]


def __getattr__(name: str) -> Any:
    # PettingZoo is an optional dependency, and takes a while to import.
    if name == "ParallelGame":
        from toolkit.pettingzoo.factory import parallel_game

        return parallel_game()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
