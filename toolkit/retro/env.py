"""A console game as a Gymnasium environment, the way stable-retro makes one."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
from gymnasium.utils import EzPickle

from toolkit.checks import check_flag, check_integer, check_limit, check_seconds
from toolkit.errors import ConfigError, StateError
from toolkit.limits import reason
from toolkit.retro import data as files
from toolkit.retro.actions import ActionReader, as_array, names
from toolkit.retro.changes import telling, telling_writer
from toolkit.retro.enums import Actions, Observations, State
from toolkit.retro.integrations import Integrations, find_json
from toolkit.retro.legacy import LegacyEmulator
from toolkit.retro.legacy_data import GameData
from toolkit.retro.libretro_machine import choose_core, core_id, start_machine
from toolkit.retro.machine import Machine, Pixels
from toolkit.retro.memory import Memory
from toolkit.retro.movie_writer import MovieWriter, next_free, number_of
from toolkit.retro.rom_files import console_of
from toolkit.retro.scenario import MAX_PLAYERS
from toolkit.retro.states import choose_state, find_state, read_state
from toolkit.window import Window

if TYPE_CHECKING:
    from toolkit.publication import Endpoint

logger = logging.getLogger(__name__)

RENDER_MODES = (None, "human", "rgb_array")


class RetroEnv(gymnasium.Env[Any, Any], EzPickle):
    """A game with its integration, one emulated frame per step; any number of them may live in a process.

    Args:
        game: The integration's name, such as "Airstriker-Genesis-v0".
        state: Where an episode starts: the name of a start state, its path, or a State; None is State.NONE.
        scenario: Its name, or the path of a JSON file; "scenario" by default.
        info: The name or path of the variables; "data" by default.
        use_restricted_actions: How actions are given.
        record: True, or a folder: every episode becomes a movie there. True is the current folder; None, too, as in
            stable-retro.
        players: How many play.
        inttype: Which of an installed stable-retro's collections to search.
        obs_type: What is seen.
        render_mode: "rgb_array" for `render()` to return the picture, "human" for a window.
        core: The name or path of a libretro core; by default the first of the console's cores that is installed.
        options: The core's options.
        system: The folder with the core's BIOS files; by default the one that $TOOLKIT_SYSTEM names, or none.
        publish: Where to publish every frame; see docs/publication.md.
        timeout: Seconds that a step may take.
        max_episode_steps: Steps until an episode is truncated; None is never.

    Raises:
        ConfigError: No such game, state or core, or a malformed integration; the message says what to do.
        StateError: A start state that is damaged.
    """

    metadata: dict[str, Any] = {"render_modes": ["human", "rgb_array"], "render_fps": 60.0}  # noqa: RUF012  # as Gymnasium has it

    # On the class, so that close() works on an object whose constructor failed.
    _machine: Machine | None = None
    # What `close` has begun to end: kept until it has ended, so that the next `close` goes on after an interrupt.
    _ending: Machine | None = None
    _window: Window | None = None
    movie: MovieWriter | None = None
    # Whether the emulator has to be replaced, as far as it cannot tell itself. It is set before anything is done and
    # taken back after it: an interrupt (Ctrl-C) may come at any point, and then it stays.
    _lost = False

    def __init__(
        self,
        game: str,
        state: State | str | None = State.DEFAULT,
        scenario: str | None = None,
        info: str | None = None,
        use_restricted_actions: Actions = Actions.FILTERED,
        record: bool | str | os.PathLike[str] | None = False,
        players: int = 1,
        inttype: Integrations = Integrations.DEFAULT,
        obs_type: Observations = Observations.IMAGE,
        render_mode: str | None = None,
        *,
        core: str | None = None,
        options: dict[str, str] | None = None,
        system: str | os.PathLike[str] | None = None,
        publish: str | Endpoint | None = None,
        timeout: float = 30.0,
        max_episode_steps: int | None = None,
    ) -> None:
        EzPickle.__init__(
            self, game, state, scenario, info, use_restricted_actions, record, players, inttype, obs_type, render_mode,
            core=core, options=options, system=system, publish=publish, timeout=timeout,
            max_episode_steps=max_episode_steps,
        )  # fmt: skip
        _check(use_restricted_actions, inttype, obs_type, render_mode)
        if record is not None and not isinstance(record, (str, os.PathLike)):
            record = check_flag("record, if it is no folder,", record)
        self.gamename = game
        self.players = players = check_integer("players", players, 1, MAX_PLAYERS)
        timeout = check_seconds("timeout", timeout)
        self._limit = check_limit(max_episode_steps)
        self._steps = 0
        self.use_restricted_actions = use_restricted_actions
        self.render_mode = render_mode
        # One reward for all, as learners expect; True makes step() return one per player.
        self.multi_rewards = False
        self._obs_type = obs_type
        self.img: Pixels | None = None
        self.ram: Pixels | None = None
        self.initial_state: bytes | None = None
        self.statename: str | None = None
        self.movie_id = 0
        self.movie_path: str | None = None
        self._fresh = True

        # By way of the public function, which a program may replace, as stable-retro's own tests do.
        self.rom_path = Path(files.get_romfile_path(game, inttype))
        info_path = find_json(game, info or "data", inttype)
        scenario_path = find_json(game, scenario or "scenario", inttype)
        console = console_of(game, self.rom_path)
        self.system = console.name
        self._core = choose_core(console, core)
        chosen = choose_state(game, state, players, inttype)
        if chosen is not None:
            self.load_state(chosen, inttype)
        self.buttons: list[str | None] = list(console.buttons)
        self.num_buttons = len(self.buttons)
        try:
            # Only here: it starts a process, and what is wrong with the files should be said first.
            self._machine = machine = start_machine(
                console, self.rom_path, game, players, self._core, options, timeout, publish, system_folder=system
            )
            self._settle(machine)
            tell = telling(self._changing)
            self.data = GameData()
            self.data.attach(console, Memory(machine.blocks, console.overlay, telling_writer(machine.write, tell)))
            self.data.memory.update(machine.ram)
            self.data.load(info_path, scenario_path)
            self.em = LegacyEmulator(machine, self.data.memory, players, tell)
            self._reader = ActionReader(use_restricted_actions, self.data.combinations, self.num_buttons, players)
            self.action_space = self._reader.space
            shape = self.get_ram().shape if obs_type is Observations.RAM else self.get_screen().shape
            self.observation_space = gymnasium.spaces.Box(0, 255, shape, np.uint8)
            self.metadata = {**self.metadata, "render_fps": machine.frame_rate}
            if record is not False:
                self.auto_record(None if record is True else record)
        except BaseException:
            self.close()
            raise

    def _settle(self, machine: Machine) -> None:
        # The two frames that stable-retro runs before anything else: with them the same states give the same episodes.
        for _ in range(2):
            machine.run([0] * self.players)

    def _require(self) -> Machine:
        if self._machine is None:
            raise StateError("this environment is closed; make a new one")
        return self._machine

    def _changing(self, what: str) -> None:
        """Called before anything but `step` and `reset` changes the machine."""
        if self.movie is not None:
            self.movie.disturb(what)

    # --- Gymnasium --------------------------------------------------------------------------------------------------

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Goes back to the start state, or switches the machine off and on, and runs one frame without a button.

        An emulator that has died or hung, or whose last step was interrupted (Ctrl-C), is replaced first.

        Raises:
            StateError: The core refuses the start state: it is another core's, or damaged; or closed meanwhile.
        """
        machine = self._require()
        super().reset(seed=None if seed is None else check_integer("seed", seed, 0))
        lost, self._lost = self._lost or machine.lost, True
        if lost:
            self._replace(machine)
        if self.initial_state:  # that of a movie without one is empty
            machine.load(self.initial_state)
        elif not self._fresh:
            machine.restart()
            self._settle(machine)
        self._fresh = False
        self._steps = 0
        self._begin_movie(machine)
        pressed = [0] * self.players
        machine.run(pressed)
        if self.movie is not None:
            self.movie.add(pressed, machine.picture)
        self.data.reset()
        self.data.update_ram(machine.ram)
        observation = self._observe()
        self._lost = False
        self._show()
        return observation, {}

    def _replace(self, machine: Machine) -> None:
        logger.warning("%s: its emulator is replaced", self.gamename)
        machine.replace()
        if self._machine is None:
            machine.close()  # Nobody else would: this environment was closed meanwhile.
            self._require()
        self._settle(machine)
        self._fresh = True

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Runs one frame with the buttons of `action`.

        Returns:
            The observation, a copy of its own; the reward (a list of them with `multi_rewards`); whether the scenario
            is done; whether `max_episode_steps` were made; every variable under its name.

        Raises:
            ConfigError: No such action.
            StateError: Before `reset`, after `close`, or after a step that failed or was interrupted (Ctrl-C); `reset`
                goes on.
            StepTimeout, EmulatorExited: The emulator hangs or is gone; `reset` starts another one.
        """
        machine = self._require()
        if self.img is None and self.ram is None:
            raise StateError("step() was called before reset(); call reset() first")
        if self._lost:
            raise StateError("the last step failed or was interrupted; call reset(), which starts another emulator")
        pressed = self._reader.read(action)
        self._lost = True
        machine.run(pressed)
        if self.movie is not None:
            self.movie.add(pressed, machine.picture)
        self.data.update_ram(machine.ram)
        observation = self._observe()
        reward, done, info = self.compute_step()
        self._lost = False
        self._show()
        self._steps += 1
        return observation, reward, done, self._limit is not None and self._steps >= self._limit, info

    def render(self) -> Any:
        """The picture, for render_mode "rgb_array"; whether the window is still open, for "human".

        Raises:
            StateError: After `close`.
        """
        self._require()
        if self.render_mode == "rgb_array":
            return self.img if self.img is not None else self.get_screen()
        return self._show() if self.render_mode == "human" else None

    def close(self) -> None:
        """Ends the emulator, and finishes a movie. Safe to call twice, and on a half-built object."""
        self._ending = self._ending or self._machine
        self._machine = None
        try:
            self._end_movie()
        finally:
            if self._window is not None:
                self._window.close()
            if self._ending is not None:
                self._ending.close()
                if "data" in self.__dict__:
                    self.data.close()
                self._ending = None

    def _observe(self) -> Pixels:
        if self._obs_type is Observations.RAM:
            self.ram = self.get_ram()
            return self.ram
        self.img = self.get_screen()
        return self.img

    def _show(self) -> bool:
        if self.render_mode != "human":
            return False
        if self._window is None:
            self._window = Window(self.gamename)
        return self._window.show(self.get_screen())

    # --- what stable-retro's has besides ----------------------------------------------------------------------------

    @property
    def button_combos(self) -> list[list[int]]:
        return self.data.valid_actions()

    def compute_step(self) -> tuple[Any, bool, dict[str, int]]:
        """Reward, end and info of the last frame."""
        several = self.players > 1 and self.multi_rewards
        reward = [self.data.current_reward(p) for p in range(self.players)] if several else self.data.current_reward()
        return reward, self.data.is_done(), self.data.lookup_all()

    def action_to_array(self, a: Any) -> list[Any]:
        """Which buttons an action presses: per player uint8, (buttons,)."""
        return [as_array(pressed, self.num_buttons) for pressed in self._reader.read(a)]

    def get_action_meaning(self, act: Any) -> list[Any]:
        """The names of the buttons that an action presses; with several players, a list of them for each."""
        meanings = [names(pressed, self.buttons) for pressed in self._reader.read(act)]
        return list(meanings[0] if self.players == 1 else meanings)

    def set_value(self, name: str, val: Any) -> None:
        """Writes a variable into the machine's memory."""
        self.data.set_value(name, val)

    def get_ram(self) -> Pixels:
        """The console's memory: uint8, (bytes,), a copy, in the core's order of bytes. StateError after `close`."""
        return self.data.memory.data.copy()

    def get_screen(self, player: int = 0, apply_rotation: bool = True) -> Pixels:
        """What a player sees: uint8, (height, width, 3), RGB, cropped as the scenario says, the right way up."""
        picture = self._require().picture
        left, top, width, height = self.data.crop_info(player)
        right = left + width if width and left + width <= picture.shape[1] else picture.shape[1]
        bottom = top + height if height and top + height <= picture.shape[0] else picture.shape[0]
        return np.ascontiguousarray(picture[top:bottom, left:right])

    def load_state(self, statename: str, inttype: Integrations = Integrations.DEFAULT) -> None:
        """Makes a start state the one that the next `reset` goes to; one of this core's before the others.

        Raises:
            ConfigError: There is none of that name.
            StateError: It is damaged.
        """
        path = find_state(self.gamename, statename, inttype, core_id(self._core))
        self.initial_state = read_state(path)
        self.statename = statename if statename.endswith(".state") else f"{statename}.state"

    def record_movie(self, path: str | os.PathLike[str]) -> None:
        """Records what is pressed, from the next frame on; `stop_record` or the end of the episode ends it. A file of
        that name is replaced then."""
        machine = self._require()
        self._end_movie()
        self._record(machine, Path(path), machine.save(), midway=True)

    def _record(
        self, machine: Machine, path: Path, state: bytes, *, numbered: bool = False, midway: bool = False
    ) -> None:
        self.movie = MovieWriter(
            path,
            self.gamename,
            self.system,
            self.buttons,
            self.players,
            state,
            rom=self.rom_path,
            core=machine.core,
            frame_rate=machine.frame_rate,
            options=machine.options,
            system_files=machine.system_folder,
            numbered=numbered,
            partial_start=midway and machine.partial_states,
        )

    def _begin_movie(self, machine: Machine) -> None:
        """At the beginning of an episode, when its start state has been loaded."""
        path, numbered = None, False
        if self.movie is not None and not self.movie.frames:
            # record_movie() was called just before reset(): this is the episode that is meant.
            path, numbered = self.movie.path, self.movie.numbered
            self.movie = None
        self._end_movie()
        if path is None and self.movie_path is not None:
            state = os.path.splitext(os.path.basename(self.statename or "NONE"))[0]
            path = next_free(Path(self.movie_path, f"{self.gamename}-{state}-{self.movie_id:06d}.bk2"))
            self.movie_id, numbered = number_of(path) + 1, True
        if path is not None:
            self._record(machine, path, self.initial_state or machine.save(), numbered=numbered)

    def auto_record(self, path: str | os.PathLike[str] | None = None) -> None:
        """From the next `reset` on every episode becomes a movie in the folder `path` (the current one by default).

        They are numbered; a number that is taken, by an earlier run or another environment, is left out.
        """
        folder = Path(path or os.getcwd())
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"record={folder}: cannot make the folder: {reason(error)}") from error
        self.movie_path = str(folder)

    def stop_record(self) -> None:
        """Finishes the movie that is being recorded, and records no further ones."""
        self.movie_path = None
        self.movie_id = 0
        self._end_movie()

    def _end_movie(self) -> None:
        if self.movie is not None:
            try:
                self.movie.close()
            except Exception:
                self.movie = None
                raise
            self.movie = None


def _check(actions: Any, inttype: Any, obs_type: Any, render_mode: Any) -> None:
    for name, value, kind in (
        ("use_restricted_actions", actions, Actions),
        ("inttype", inttype, Integrations),
        ("obs_type", obs_type, Observations),
    ):
        if not isinstance(value, kind):
            raise ConfigError(f"{name} is one of toolkit.retro's {kind.__name__}, got {value!r}")
    if render_mode not in RENDER_MODES:
        raise ConfigError(f"render_mode is one of {', '.join(map(repr, RENDER_MODES))}, got {render_mode!r}")
