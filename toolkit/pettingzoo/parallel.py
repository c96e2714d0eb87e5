"""A game of several players as PettingZoo's ParallelEnv."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, Final, Literal

import numpy as np
import pettingzoo  # type: ignore[import-untyped]  # it has types, and does not say so
from gymnasium import spaces
from gymnasium.utils import seeding

from toolkit.closing import Closing
from toolkit.environment import Frames, Phase, VersusGame
from toolkit.environment.base import check_integer
from toolkit.errors import ConfigError, StateError
from toolkit.gym.preprocessing import Preprocessing
from toolkit.pettingzoo.pictures import Picture, prepare

Episode = Literal["match", "round"]
Infos = dict[str, dict[str, Any]]

RENDER_MODES: Final = ("human", "rgb_array")


class ParallelGame(Closing, pettingzoo.ParallelEnv):  # type: ignore[misc]  # for want of its types
    """Every player of `game` is an agent, of the player's name. All act at once, and end together.

    Args:
        game: The game, not started yet. It belongs to this object from now on, which closes it.
        name: For PettingZoo, with a version: "bout_v0".
        preprocessing: What is done to frames. `maxpool`, `repeat_action_probability`, "ram" and "both" are refused.
        discrete: An agent's action is one number instead of an array with one for each choice; the last choice
            changes fastest: `move * 10 + attack`.
        mirror: All but the first player see the picture mirrored, and their left is right, so that one policy can
            play every side as if it were the first player.
        episode: "match" ends it with the match, and the next round begins in the step that ends one; with "round" it
            ends with each round.
        max_cycles: Steps until an episode is truncated; None is never.
        render_mode: "rgb_array" for `render` to return the picture; "human" if `game` was made with a window.

    Raises:
        ConfigError: A wrong argument. The game is left open.

    An observation is a uint8 image, what `preprocessing` makes of the last frame of each step, an array of the agent's
    own. Rewards are the game's own, added up over a step. Each agent's info has:

        "wins"          {player: rounds won in this match}
        "round_done"    whether this step has ended a round
        "frame_number"  the emulated frames since the machine was switched on

    `reset` with a seed, or before an episode is over, goes back to the beginning of the first match, by a saved
    state; otherwise the machine goes on to the next match or round. All chance is in `noop_max`: without it episodes
    of different seeds begin alike.
    """

    def __init__(
        self,
        game: VersusGame,
        *,
        name: str,
        preprocessing: Preprocessing | None = None,
        discrete: bool = False,
        mirror: bool = False,
        episode: Episode = "match",
        max_cycles: int | None = None,
        render_mode: str | None = None,
    ) -> None:
        self._preprocessing = preprocessing = preprocessing or Preprocessing()
        _check(preprocessing, episode, max_cycles, render_mode)
        self.game = game
        self.max_cycles = max_cycles
        self.render_mode = render_mode
        self.possible_agents = list(game.players)
        self.agents: list[str] = []
        self.metadata = {
            "name": name,
            "render_modes": list(RENDER_MODES),
            "render_fps": game.emulator.refresh_rate / (game.emulator.frame_ratio * game.frames_per_step),
            "is_parallelizable": True,
        }
        self._episode = episode
        self._counts = game.action_counts[: len(game.action_counts) // len(game.players)]
        self._discrete = discrete
        # Those who stand on the other side of the mirror.
        self._mirrored = set(game.players[1:]) if mirror else set()
        if mirror:
            game.mirrored(tuple(0 for _ in self._counts))
        blank = prepare(np.zeros(game.emulator.frame_shape, np.uint8), preprocessing.view())
        shape = preprocessing.image_shape(blank.shape)
        self._observation_spaces = {agent: spaces.Box(0, 255, shape, np.uint8) for agent in game.players}
        self._action_spaces: dict[str, spaces.Space[Any]] = {
            agent: spaces.Discrete(int(np.prod(self._counts))) if discrete else spaces.MultiDiscrete(list(self._counts))
            for agent in game.players
        }
        self._random, _ = seeding.np_random()
        self._cycle = 0
        self._frame: Picture = np.zeros(game.emulator.frame_shape, np.uint8)
        self._seen: deque[Picture] = deque(maxlen=preprocessing.stack_num)
        # The first match as it began, and its first frame.
        self._beginning: tuple[Any, Picture] | None = None

    def observation_space(self, agent: str) -> spaces.Box:
        return self._observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        return self._action_spaces[agent]

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[dict[str, Picture], Infos]:
        """Begins an episode: observations and infos of all agents.

        Args:
            seed: With it the episode depends on nothing but the seed and the actions to come.
            options: There are none; whatever it holds is left alone.

        Raises:
            SequenceStuck, StepTimeout, EmulatorExited, StateError: As from `game`.
        """
        if seed is not None:
            self._random, _ = seeding.np_random(seed)
        # Whatever goes wrong on the way, no episode is under way then.
        self.agents = []
        self._frame = self._begin(seed is not None)
        if self._preprocessing.noop_max:
            frames = int(self._random.integers(1, self._preprocessing.noop_max, endpoint=True))
            self._frame = self.game.emulator.run(frames)["frame"]
        self._seen.clear()
        self._see()
        self._cycle = 0
        self.agents = list(self.possible_agents)
        return self._observations(), self._infos(round_done=False)

    def _begin(self, seeded: bool) -> Picture:
        if self._beginning is None:
            frame = _last(self.game.start())
            self._beginning = self.game.save_state(), frame
            return frame
        if seeded or self.game.phase is Phase.ROUND:
            state, frame = self._beginning
            self.game.load_state(state)
            return frame
        return _last(self.game.reset())

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[dict[str, Picture], dict[str, float], dict[str, bool], dict[str, bool], Infos]:
        """Holds what each agent has chosen: observations, rewards, terminations, truncations and infos of all agents.

        Raises:
            ConfigError: An agent without an action, or an action that there is not; nothing has happened.
            StateError: No episode is under way.
            StepTimeout, EmulatorExited, SequenceStuck: As from `game`.
        """
        if not self.agents:
            raise StateError("step() was called while no episode is under way; call reset() first")
        if set(actions) != set(self.agents):
            raise ConfigError(f"step() takes an action for each of {self.agents}, got some for {list(actions)}")
        choices = [self._choice(agent, actions[agent]) for agent in self.agents]
        frames, reward, round_done, _, game_done = self.game.step(*[number for choice in choices for number in choice])
        self._cycle += 1
        terminated = game_done or (round_done and self._episode == "round")
        truncated = not terminated and self.max_cycles is not None and self._cycle >= self.max_cycles
        if round_done and not terminated:
            frames = self.game.reset()
        self._frame = _last(frames)
        self._see()
        if self._preprocessing.reward_clipping:
            reward = {agent: min(max(value, -1), 1) for agent, value in reward.items()}
        agents = self.agents
        if terminated or truncated:
            self.agents = []
        return (
            self._observations(),
            {agent: float(reward[agent]) for agent in agents},
            dict.fromkeys(agents, terminated),
            dict.fromkeys(agents, truncated),
            self._infos(round_done),
        )

    def _choice(self, agent: str, action: Any) -> tuple[int, ...]:
        """What the agent's action means to the game."""
        if self._discrete:
            number = check_integer(f"the action of {agent}", action, 0, int(np.prod(self._counts)) - 1)
            choice = tuple(int(place) for place in np.unravel_index(number, self._counts))
        else:
            numbers = np.asarray(action, object)
            if numbers.shape != (len(self._counts),):
                raise ConfigError(f"the action of {agent} is {len(self._counts)} numbers, got {action!r}")
            choice = tuple(
                check_integer(f"choice {place} of {agent}", number, 0, count - 1)
                for place, (number, count) in enumerate(zip(numbers, self._counts, strict=True), 1)
            )
        return self.game.mirrored(choice) if agent in self._mirrored else choice

    def _see(self) -> None:
        picture = prepare(self._frame, self._preprocessing.view())
        self._seen.extend([picture] * (1 if self._seen else self._preprocessing.stack_num))

    def _observations(self) -> dict[str, Picture]:
        stack = np.concatenate(self._seen, axis=2)
        turned = {False: stack, True: stack[:, ::-1]}
        order = (2, 0, 1) if self._preprocessing.channels_first else (0, 1, 2)
        return {
            agent: turned[agent in self._mirrored].transpose(order).copy(order="C") for agent in self.possible_agents
        }

    def _infos(self, round_done: bool) -> Infos:
        return {
            agent: {
                "wins": self.game.wins,
                "round_done": round_done,
                "frame_number": self.game.emulator.frame_number,
            }
            for agent in self.possible_agents
        }

    def render(self) -> Picture | None:
        """The whole picture as it is now: uint8, (height, width, 3), RGB, a copy; None unless "rgb_array" was chosen.

        MAME shows its window by itself.
        """
        return self._frame.copy() if self.render_mode == "rgb_array" else None

    def close(self) -> None:
        """Ends the emulator. Safe to call twice."""
        self.agents = []
        self.game.close()


def _check(preprocessing: Preprocessing, episode: Any, max_cycles: Any, render_mode: Any) -> None:
    for name, only in (("observation", "image"), ("maxpool", False), ("repeat_action_probability", 0)):
        if getattr(preprocessing, name) != only:
            raise ConfigError(f"{name} can only be {only!r} here, got {getattr(preprocessing, name)!r}")
    if episode not in ("match", "round"):
        raise ConfigError(f"episode is 'match' or 'round', got {episode!r}")
    if max_cycles is not None:
        check_integer("max_cycles", max_cycles, 1)
    if render_mode is not None and render_mode not in RENDER_MODES:
        raise ConfigError(f"render_mode is None, 'human' or 'rgb_array', got {render_mode!r}")


def _last(frames: Frames) -> Picture:
    return frames[-1] if isinstance(frames, list) else frames
