"""Which options there are, and the error for one that there is not, which is raised before anything is started."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from toolkit.errors import ConfigError

# What other libraries, or this one elsewhere, call an option: its names here, of which the first that there is counts.
SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("frame_skip", "frameskip", "skip", "action_repeat", "repeat"), ("frame_ratio",)),
    **dict.fromkeys(("greyscale", "grey_scale", "gray_scale", "grayscale_obs", "gray", "grey"), ("grayscale",)),
    **dict.fromkeys(("obs_type", "obs", "observation"), ("observation", "obs_type")),
    **dict.fromkeys(("screen_size", "img_size", "image_size", "img_height", "img_width", "size"), ("resize",)),
    **dict.fromkeys(("stack", "frame_stack", "framestack", "num_stack", "n_stack", "stack_size"), ("stack_num",)),
    **dict.fromkeys(("sticky", "sticky_actions", "sticky_action_prob"), ("repeat_action_probability",)),
    **dict.fromkeys(("noop", "noops", "max_noops", "noop_reset"), ("noop_max",)),
    **dict.fromkeys(("max_pool", "max_pooling", "flicker"), ("maxpool",)),
    **dict.fromkeys(("clip_reward", "clip_rewards", "reward_clip"), ("reward_clipping",)),
    **dict.fromkeys(("n_envs", "num_envs", "nenvs", "num_environments"), ("num_envs", "n_envs")),
    **dict.fromkeys(("actions", "use_restricted_actions", "action_type"), ("actions", "use_restricted_actions")),
    **dict.fromkeys(
        ("max_steps", "time_limit", "episode_length", "max_episode_length", "max_cycles"), ("max_episode_steps",)
    ),
    **dict.fromkeys(("rom_path", "roms", "rom", "roms_folder"), ("roms_path",)),
    **dict.fromkeys(("num_players", "n_players"), ("players",)),
}
# How alike two names must be, from 0 to 1, for one to be a slip of the other.
CLOSE: Final = 0.7
# What is said elsewhere than in an option.
ELSEWHERE: Final = {"seed": "a seed is given to reset(seed=...)"}


@functools.cache
def parameters(function: Callable[..., Any]) -> frozenset[str]:
    """The names of what a function or a class takes by keyword, less those that it takes under any name."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return frozenset(name for name, found in inspect.signature(function).parameters.items() if found.kind in kinds)


def refuse_unknown(given: Iterable[str], known: Collection[str], owner: str) -> None:
    """Raises ConfigError if one of the options `given` is not `known`; says which is meant, or else which there are.

    Args:
        given: Their names.
        known: The names that there are.
        owner: Whose options they are, for the message.
    """
    wrong = [name for name in given if name not in known]
    if wrong:
        raise ConfigError("; ".join(f"{owner} has no option {name!r}: {_advice(name, known)}" for name in wrong))


def _advice(name: str, known: Collection[str]) -> str:
    plain = name.lower().replace("-", "_")
    if plain in ELSEWHERE:
        return ELSEWHERE[plain]
    meant = [right for right in SYNONYMS.get(plain, ()) if right in known]
    near = meant[:1] or difflib.get_close_matches(plain, known, n=1, cutoff=CLOSE)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known))}"
