"""An integration in gym-retro's format as a lane: stepped by several frames at once, prepared in the child process."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np
import numpy.typing as npt

from toolkit.checks import check_integer, check_seconds
from toolkit.environment.sticky import StickyActions
from toolkit.errors import ConfigError
from toolkit.gym.games import PREPROCESSING, MakeLane
from toolkit.gym.lane import Buffer, Lane, Outcome
from toolkit.gym.preprocessing import Preprocessing
from toolkit.link import Child, Exchange, Slab, SlotView
from toolkit.retro.actions import ActionReader
from toolkit.retro.enums import Actions, State
from toolkit.retro.game_data import GameData
from toolkit.retro.integrations import Integrations, find_json
from toolkit.retro.libretro_machine import OPTIONS, ConsoleEmulator, choose_core, core_id, picture_size
from toolkit.retro.memory import Memory, Variable
from toolkit.retro.observation import Number, Observation
from toolkit.retro.rom_files import console_of, find_rom
from toolkit.retro.scenario import MAX_PLAYERS
from toolkit.retro.states import choose_state, find_state, read_state

if TYPE_CHECKING:
    from toolkit.publication import Endpoint

# Frames that stable-retro runs before anything else.
SETTLE = 2
MAX_FRAME_RATIO = 1000
# Numbers that are read in one exchange: those of `noop_max` frames at the beginning of an episode, mostly.
VALUES = 2**17


class _Emulator(ConsoleEmulator):
    """With room for the numbers of many frames."""

    _value_capacity = VALUES


class RetroLane(Lane):
    """A game with its integration.

    One step holds an action for `frame_ratio` emulated frames, with the rewards of each frame added up, and ends early
    with the first frame after which the scenario is done: as if `toolkit.retro.make` was stepped so often.

    Args:
        game: The integration's name, such as "Airstriker-Genesis-v0".
        preprocessing: What is done to frames, actions and rewards.
        slab, row: Where observations go; without one, a slab of its own.
        frame_ratio: How many emulated frames one step takes.
        state: Where an episode starts: the name of a start state, its path, or a State.
        scenario, info: Their names, or the paths of JSON files; "scenario" and "data" by default.
        actions: How actions are given: "discrete", "multi_discrete", "filtered" or "all"; or one of
            `toolkit.retro.Actions`.
        players: How many play; the reward is the first one's.
        inttype: Which of an installed stable-retro's collections to search.
        core: The name or path of a libretro core; by default the first of the console's cores that is installed.
        options: The core's options.
        system: The folder with the core's BIOS files; by default the one that $TOOLKIT_SYSTEM names, or none.
        timeout: Seconds that a step may take.
        publish: Where to publish every step; see docs/publication.md.

    Raises:
        ConfigError: No such game, state or core, or a malformed integration; the message says what to do.
    """

    in_slab = True
    _emulator: ConsoleEmulator | None = None
    _own_slab: Slab | None = None

    def __init__(
        self,
        game: str,
        preprocessing: Preprocessing,
        slab: Slab | None = None,
        row: int = 0,
        *,
        frame_ratio: int = 4,
        state: State | str = State.DEFAULT,
        scenario: str = "scenario",
        info: str = "data",
        actions: Actions | str = "discrete",
        players: int = 1,
        inttype: Integrations = Integrations.DEFAULT,
        core: str | None = None,
        options: dict[str, str] | None = None,
        system: str | os.PathLike[str] | None = None,
        timeout: float = 30.0,
        publish: str | Endpoint | None = None,
    ) -> None:
        self.frame_ratio = frame_ratio = check_integer("frame_ratio", frame_ratio, 1, MAX_FRAME_RATIO)
        players = check_integer("players", players, 1, MAX_PLAYERS)
        timeout = check_seconds("timeout", timeout)
        kinds = {kind.name.lower(): kind for kind in Actions}
        actions = actions.name.lower() if isinstance(actions, Actions) else actions
        if actions not in kinds:
            raise ConfigError(f"actions is one of {', '.join(kinds)}, got {actions!r}")
        self.game = game
        self.preprocessing = preprocessing
        self._shows_image = preprocessing.observation != "ram"
        self._rom = find_rom(game, inttype)
        self._system = console_of(game, self._rom)
        self._core = choose_core(self._system, core)
        self._options = {**OPTIONS.get(core_id(self._core), {}), **(options or {})}
        self._system_folder = system
        self._timeout, self._publish, self._players = timeout, publish, players
        self._info_path, self._scenario_path = (find_json(game, name, inttype) for name in (info, scenario))
        chosen = choose_state(game, state, players, inttype)
        # Without a start state: the machine as it is after it was switched on, once that has been seen.
        self._start = None if chosen is None else read_state(find_state(game, chosen, inttype, core_id(self._core)))
        self._random = np.random.default_rng(0)
        self._view: SlotView | None = None
        self._now: tuple[int, ...] = ()
        self._unchanged: float | None = None
        # The numbers of a step in which nothing has changed, if the last one was such, and what it earned.
        self._quiet: tuple[int, ...] | None = None
        self._quiet_reward = 0.0
        self._sticky = StickyActions[int](preprocessing.repeat_action_probability, self._random)
        try:
            if slab is None:
                slab = self._own_slab = Slab(1)
            self._slab, self._row = slab, row
            self._launch()
            self.data = self._load_data()
            self._names = tuple(self.data.variables)
            self._reader = ActionReader(kinds[actions], self.data.combinations, len(self._system.buttons), players)
            self.action_space = self._reader.space
            self._prepare()
            self.observation_space = self._space()
            self.render_fps = self.emulator.refresh_rate / frame_ratio
        except BaseException:
            self.close()
            raise

    @property
    def emulator(self) -> ConsoleEmulator:
        """The emulator; another one after `restart`."""
        assert self._emulator is not None
        return self._emulator

    # --- the emulator -----------------------------------------------------------------------------------------------

    def _launch(self) -> None:
        view = self.preprocessing.view()
        self._emulator = _Emulator(
            self._core,
            self._rom,
            console=self._system,
            show_ram=self.preprocessing.observation != "image",
            # Never without a picture: `render` wants one.
            observation=Observation(view.gray, view.crop, view.size, view.blend, zero_filled=True),
            publish_ram=True,
            env_id=self.game,
            options=self._options,
            system=self._system_folder,
            players=self._players,
            timeout=self._timeout,
            publish=self._publish,
            slab=self._slab,
        )
        # An emulator of this kind keeps its process for life.
        self._reply_fd = self._emulator.reply_fd
        self.canvas = picture_size(self._system.name, self.emulator.core_info)

    def _load_data(self) -> GameData:
        blocks = [(address, length) for address, length, _ in self.emulator.areas]
        data = GameData(self._system, Memory(blocks, self._system.overlay))
        data.load(self._info_path, self._scenario_path)
        return data

    def _prepare(self) -> None:
        """Tells a new emulator what is wanted of it."""
        numbers = [self._number(name, variable) for name, variable in self.data.variables.items()]
        emulator = self.emulator
        for _ in range(SETTLE):
            emulator.step_buttons(())
        if self._start is None:
            self._start = emulator.save_core_state()
        emulator.follow(numbers, self.data.done.message({name: i for i, name in enumerate(self._names)}))
        pre = self.preprocessing
        if pre.observation == "ram":
            self._image_shape: tuple[int, ...] = (0,)
        else:
            self._image_shape = emulator.use_slab(self._row, self.canvas, pre.stack_num, pre.channels_first)

    def _number(self, name: str, variable: Variable) -> Number:
        places = self.data.memory.places(variable.type, variable.address)
        start = 0
        for _, length, area in self.emulator.areas:
            if start <= places[0] < start + length and area is not None:
                addresses = tuple(area.address + place - start for place in places)
                return Number(addresses, area.device, area.space, variable.type.kind, variable.mask)
            start += length
        raise ConfigError(f"{self._info_path}: info.{name} lies in a hole of the core's memory map, which is always 0")

    @property
    def lost(self) -> bool:
        return self._emulator is None or self._emulator.lost

    @property
    def children(self) -> tuple[Child, ...]:
        return () if self._emulator is None else self._emulator.children

    def restart(self) -> None:
        if self._emulator is not None:
            self._emulator.close()
        self._launch()
        self._prepare()

    @property
    def reply_fd(self) -> int:
        return self._reply_fd

    @property
    def deadline(self) -> float | None:
        return self.emulator.deadline

    def close(self) -> None:
        self._view = None
        if self._emulator is not None:
            self._emulator.close()
        if self._own_slab is not None:
            self._own_slab.close()

    # --- episodes ---------------------------------------------------------------------------------------------------

    def resetting(self, random: np.random.Generator, seeded: bool, options: dict[str, Any]) -> Exchange[dict[str, Any]]:
        """Goes back to the start state and runs one frame, or with `noop_max` some more, without a button.

        `options={"state": name}` chooses another start state, for this episode only.
        """
        del seeded  # Every episode begins the same.
        self._sticky.random = random
        start = self._start
        if "state" in options:
            start = read_state(find_state(self.game, str(options["state"]), Integrations.DEFAULT, core_id(self._core)))
        noops = int(random.integers(1, self.preprocessing.noop_max + 1)) if self.preprocessing.noop_max else 0
        assert start is not None
        for frames in (1 + noops, 1):
            yield from self.emulator.loading_core(start)
            view = yield from self._run((0,) * self._players, frames)
            if len(view.values) >= frames * len(self._names):
                break
            # The episode was over before it began: without doing nothing first, then.
        self.data.reset()
        self._unchanged = self._quiet = None
        self._sticky.release()
        self._take(view, frames)
        return dict(self.data.values)

    def stepping(self, action: Any) -> Exchange[Outcome]:
        pressed = self._reader.read(action)
        if not self._sticky.probability:
            # As below with a single part, in fewer words: the parent of a large vector does little else.
            emulator = self.emulator
            emulator.begin_buttons(pressed, self.frame_ratio, self.slab_buffer if self._shows_image else None)
            yield
            self._view = view = emulator.finish_view()
            return self._outcome(self._take(view, self.frame_ratio))
        reward, parts = 0.0, self._split(tuple(pressed))
        for number, (frames, held) in enumerate(parts, 1):
            view = yield from self._run(held, frames, number == len(parts))
            reward += self._take(view, frames)
            if self.data.is_done():
                if number < len(parts):
                    # It was to be seen after the next part, which does not come any more.
                    yield from self._run(held, 0)
                break
        return self._outcome(reward)

    def _outcome(self, reward: float) -> Outcome:
        if self.preprocessing.reward_clipping:
            reward = max(-1.0, min(1.0, reward))
        return Outcome(reward, self.data.is_done(), False, dict(self.data.values))

    def _split(self, pressed: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
        """What is held in the frames of a sticky step: (how many, what), one or two of them."""
        sticky, frames = self._sticky, self.frame_ratio
        before = sticky.held or (0,) * self._players
        late = sticky.late(pressed, frames)
        if late < frames:
            sticky.held = pressed
        return [part for part in ((late, before), (frames - late, pressed)) if part[0]]

    def _run(self, pressed: tuple[int, ...], frames: int, seen: bool = True) -> Exchange[SlotView]:
        in_slab = seen and self._shows_image
        self.emulator.begin_buttons(pressed, frames, self.slab_buffer if in_slab else None)
        yield
        view = self.emulator.finish_view()
        self._view = view
        return view

    def _take(self, view: SlotView, frames: int) -> float:
        """Rewards and the end of at most `frames` frames, one by one."""
        values, count, reward = view.values, len(self._names), 0.0
        if count and values == self._quiet:
            return self._quiet_reward
        self._quiet = values
        for first in range(0, len(values), count) if count else (0,) * frames:
            row = values[first : first + count]
            if row != self._now or self._unchanged is None:
                same = row == self._now
                self.data.update_values(dict(zip(self._names, row, strict=True)))
                self._now, self._quiet = row, None
                # What a frame earns in which nothing has changed, once it is known: most are such.
                self._unchanged = self.data.current_reward() if same else None
                reward += self.data.current_reward()
            else:
                reward += self._unchanged
        self._quiet_reward = reward
        return reward

    # --- what is seen -----------------------------------------------------------------------------------------------

    def _space(self) -> gymnasium.Space[Any]:
        image = gymnasium.spaces.Box(0, 255, self._image_shape, np.uint8)
        size = sum(length for _, length, _ in self.emulator.areas)
        ram = gymnasium.spaces.Box(0, 255, (size,), np.uint8)
        kind = self.preprocessing.observation
        return (
            gymnasium.spaces.Dict({"image": image, "ram": ram}) if kind == "both" else image if kind == "image" else ram
        )

    def observe(self, buffer: Buffer) -> None:
        kind = self.preprocessing.observation
        parts: Iterable[tuple[str, Any]] = buffer.items() if kind == "both" else [(kind, buffer)]
        for name, part in parts:
            if name == "ram":
                part[...] = self.emulator.ram_of(None if self._view is None else self._view.memory)
            else:
                part[...] = self._slab.array(self._image_shape)[self.slab_buffer, self._row]

    def render(self) -> npt.NDArray[np.uint8]:
        return self.emulator.screenshot()


def make_retro(game: str, **options: Any) -> MakeLane:
    """What makes lanes of an integration: `options` are those of `Preprocessing` and of `RetroLane`."""
    own = dict(options)
    preprocessing = Preprocessing(**{name: own.pop(name) for name in PREPROCESSING if name in own})

    return partial(RetroLane, game, preprocessing, **own)


def make_airstriker(**options: Any) -> MakeLane:
    """Airstriker, the free game that stable-retro brings."""
    return make_retro("Airstriker-Genesis-v0", **options)
