"""A game of several players as PettingZoo's ParallelEnv."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pettingzoo  # type: ignore[import-untyped]  # it has types, and does not say so
from gymnasium import spaces

from toolkit.checks import check_flag, check_integer
from toolkit.choices import Choices
from toolkit.closing import Closing
from toolkit.environment import VersusGame
from toolkit.errors import ConfigError, StateError
from toolkit.gym.env import LaneEnv
from toolkit.gym.game_lane import GameLane
from toolkit.remade import Remade

Observations = dict[str, Any]
Infos = dict[str, dict[str, Any]]


class ParallelGame(Remade, Closing, pettingzoo.ParallelEnv):  # type: ignore[misc]  # for want of its types
    """Every player of a `VersusGame` is an agent, "P1" and "P2". All act at once, and all end together.

    Args:
        make: Makes the lane of the game, such as `toolkit.gym.games.game_lanes` returns.
        name: For PettingZoo, with a version: "bout_v0".
        discrete: An agent's action is one number instead of an array with one for each choice; the last choice
            changes fastest: `move * 10 + attack`.
        mirror: All but the first player see the image mirrored, and their left is right, so that one policy can play
            every side as if it were the first player.
        max_cycles: Steps until an episode is truncated; None is never.
        max_episode_steps: The same, by the name that it has elsewhere.
        render_mode: "rgb_array" for `render` to return the picture, "human" for a window that `reset` and `step` draw
            into.

    Raises:
        ConfigError: A wrong argument, or a game that is not for several; as `make`.

    What is seen, when an episode ends and what begins the next is the lane's affair: see `toolkit.gym.GameLane`. All
    see the same, but for the mirror, each in arrays of its own. Each player is rewarded as the game says. Infos are the
    lane's, the same for all.

    With a seed an episode depends on nothing but the seed and the actions to come. In a fight of two there may be no
    other chance than that of `noop_max` and `repeat_action_probability`; then episodes of different seeds begin alike.

    An emulator that dies or hangs truncates the episode, as with `LaneEnv`: the observations are those of before, the
    rewards 0, and `"emulator_error"` in the infos says why. The next `reset` starts another.
    """

    # On the class, so that close() works on an object whose constructor failed.
    _env: LaneEnv | None = None
    # What `close` has begun to end: kept until it has ended, so that the next `close` goes on after an interrupt.
    _ending: LaneEnv | None = None

    def __init__(
        self,
        make: Callable[[], GameLane],
        name: str,
        *,
        discrete: bool = False,
        mirror: bool = False,
        max_cycles: int | None = None,
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
    ) -> None:
        if max_cycles is not None and max_episode_steps is not None:
            raise ConfigError("max_cycles and max_episode_steps are the same; give one of them")
        max_cycles = max_episode_steps if max_cycles is None else max_cycles
        self.max_cycles = None if max_cycles is None else check_integer("max_cycles", max_cycles, 1)
        self._discrete = discrete = check_flag("discrete", discrete)
        mirror = check_flag("mirror", mirror)
        self.render_mode = render_mode
        self.agents: list[str] = []
        self._cycle = 0
        self._env = env = LaneEnv(make, render_mode)
        try:
            game = self.game
            self.possible_agents = list(game.players)
            self._counts = game.action_counts[: len(game.action_counts) // len(game.players)]
            # Those who stand behind the mirror.
            self._mirrored = frozenset(game.players[1:] if mirror else ())
            self._flip = self._mirror_axis(game) if mirror else 0
        except BaseException:
            self.close()
            raise
        self.metadata = {**env.metadata, "name": name, "is_parallelizable": True}
        self._observation_spaces = {agent: copy.deepcopy(env.observation_space) for agent in game.players}
        counts = [math.prod(self._counts)] if discrete else self._counts
        self._choices = {
            agent: Choices(counts, single=discrete, name=f"the action of {agent}") for agent in game.players
        }
        self._action_spaces: dict[str, spaces.Space[Any]] = {
            agent: spaces.Discrete(math.prod(self._counts)) if discrete else spaces.MultiDiscrete(list(self._counts))
            for agent in game.players
        }

    def _mirror_axis(self, game: VersusGame) -> int:
        preprocessing = self._lane.preprocessing
        if preprocessing.observation != "image":
            raise ConfigError(f"mirror is for images; observation is {preprocessing.observation!r}")
        game.mirrored(*[0] * len(self._counts))
        return 2 if preprocessing.channels_first else 1

    @property
    def _open(self) -> LaneEnv:
        if self._env is None:
            raise StateError("this environment is closed; make a new one")
        return self._env

    @property
    def _lane(self) -> GameLane:
        lane = self._open.lane
        if not isinstance(lane, GameLane):
            raise ConfigError(f"make() must return a GameLane, got a {type(lane).__name__}")
        return lane

    @property
    def game(self) -> VersusGame:
        """The game's own environment; after its emulator was replaced it is another one.

        Raises:
            StateError: Closed.
        """
        game = self._lane.env
        if not isinstance(game, VersusGame):
            raise ConfigError(f"{type(game).__name__} is no VersusGame: it has one player")
        return game

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        return self._observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        return self._action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Observations, Infos]:
        """Begins an episode: observations and infos of all agents.

        Args:
            seed: For all chance in this and the following episodes.
            options: What the lane offers.

        Raises:
            ToolkitError: As from `LaneEnv.reset`.
        """
        env = self._open
        # Whatever goes wrong on the way, no episode is under way then.
        self.agents = []
        seen, info = env.reset(seed=seed, options=options)
        self._cycle = 0
        self.agents = list(self.possible_agents)
        return self._observations(seen), self._infos(info)

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[Observations, dict[str, float], dict[str, bool], dict[str, bool], Infos]:
        """One step of all: observations, rewards, terminations, truncations and infos of all agents.

        Raises:
            ConfigError: An agent without an action, or an action that there is not; nothing has happened.
            StateError: No episode is under way.
        """
        env, agents = self._open, self.agents
        if not agents:
            raise StateError("step() was called without an episode; call reset() first")
        if not isinstance(actions, Mapping):
            raise ConfigError(f"step() takes a dict with an action for each of {agents}, got {actions!r}")
        if set(actions) != set(agents):
            raise ConfigError(f"step() takes an action for each of {agents}, got some for {list(actions)}")
        choices = [number for agent in agents for number in self._choice(agent, actions[agent])]
        seen, _, terminated, truncated, info = env.step(choices)
        self._cycle += 1
        truncated = truncated or (not terminated and self._cycle == self.max_cycles)
        if terminated or truncated:
            self.agents = []
        return (
            self._observations(seen),
            self._rewards(info),
            dict.fromkeys(agents, terminated),
            dict.fromkeys(agents, truncated),
            self._infos(info),
        )

    def _choice(self, agent: str, action: Any) -> tuple[int, ...]:
        """What the agent's action means to the game."""
        choice = tuple(self._choices[agent].read(action))
        if self._discrete:
            choice = tuple(int(place) for place in np.unravel_index(choice[0], self._counts))
        return self.game.mirrored(*choice) if agent in self._mirrored else choice

    def _rewards(self, info: Mapping[str, Any]) -> dict[str, float]:
        earned = info.get("rewards", {})
        rewards = {agent: float(earned.get(agent, 0)) for agent in self.possible_agents}
        if self._lane.preprocessing.reward_clipping:
            return {agent: min(1.0, max(-1.0, reward)) for agent, reward in rewards.items()}
        return rewards

    def _observations(self, seen: Any) -> Observations:
        return {
            agent: np.flip(seen, self._flip).copy() if agent in self._mirrored else copy.deepcopy(seen)
            for agent in self.possible_agents
        }

    def _infos(self, info: dict[str, Any]) -> Infos:
        return {agent: copy.deepcopy(info) for agent in self.possible_agents}

    def render(self) -> Any:
        """The picture, if "rgb_array": uint8, (height, width, 3), the caller's own. If "human", draws the window."""
        return self._open.render()

    def close(self) -> None:
        """Ends the emulator. Safe to call twice, and on a half-built object."""
        self._ending = self._ending or self._env
        self._env = None
        self.agents = []
        if self._ending is not None:
            self._ending.close()
            self._ending = None
