"""Makes environments; the one place that says what to do when Gymnasium is not there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from toolkit.errors import ConfigError
from toolkit.options import parameters, refuse_unknown
from toolkit.retro.enums import Actions, Observations, State
from toolkit.retro.integrations import Integrations

if TYPE_CHECKING:
    from toolkit.publication import Endpoint
    from toolkit.retro.env import RetroEnv


def make(
    game: str,
    state: State | str | None = State.DEFAULT,
    inttype: Integrations = Integrations.DEFAULT,
    scenario: str | None = None,
    info: str | None = None,
    use_restricted_actions: Actions = Actions.FILTERED,
    record: bool | str | os.PathLike[str] | None = False,
    players: int = 1,
    obs_type: Observations = Observations.IMAGE,
    render_mode: str | None = None,
    *,
    core: str | None = None,
    options: dict[str, str] | None = None,
    system: str | os.PathLike[str] | None = None,
    publish: str | Endpoint | None = None,
    timeout: float = 30.0,
    max_episode_steps: int | None = None,
    **unknown: Any,
) -> RetroEnv:
    """A Gymnasium environment of a game; `RetroEnv` tells of the arguments.

    Raises:
        ConfigError: Gymnasium is not installed; no such option, game, state or core; a malformed integration.
        StateError: A start state that is damaged.
    """
    refuse_unknown(unknown, parameters(make), "toolkit.retro.make")
    try:
        from toolkit.retro.env import RetroEnv
    except ModuleNotFoundError as error:
        if error.name != "gymnasium":
            raise
        raise ConfigError("toolkit.retro.make needs Gymnasium: pip install 'coinop-toolkit[retro]'") from None
    return RetroEnv(
        game,
        state,
        scenario,
        info,
        use_restricted_actions,
        record,
        players,
        inttype,
        obs_type,
        render_mode,
        core=core,
        options=options,
        system=system,
        publish=publish,
        timeout=timeout,
        max_episode_steps=max_episode_steps,
    )
