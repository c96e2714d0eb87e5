"""Stock MAME as a steppable child process."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from toolkit.checks import check_flag, check_integer, check_seconds
from toolkit.emulator.action import Action
from toolkit.emulator.address import Address
from toolkit.emulator.base import MAX_FRAMES, BaseEmulator
from toolkit.emulator.fields import choices, kind_of
from toolkit.emulator.observation import WHOLE_PICTURE, Observation
from toolkit.errors import ConfigError, LaunchError, StateError, ToolkitError
from toolkit.foreign_json import member
from toolkit.link import Child, Exchange, SharedMemory, SlotView
from toolkit.link.memory import DEFAULT_PIXEL_CAPACITY
from toolkit.mame.binary import find_binary, headless_environment
from toolkit.mame.command import base_arguments, plugin_arguments, video_arguments
from toolkit.mame.display import window_environment
from toolkit.mame.failures import NOISE, explain
from toolkit.mame.listing import list_sets
from toolkit.mame.slots import Slots, check_slots, list_slots, media_arguments, slot_arguments
from toolkit.mame.state_file import StateFile
from toolkit.mame.workspace import Media, RomsPath, Workspace, check_game_id

if TYPE_CHECKING:
    from toolkit.publication import Endpoint

START_TIMEOUT: Final = 60.0
STATE_TIMEOUT: Final = 60.0
# Frames that run in one step while the machine boots.
BOOT_PART: Final = 60
MAX_FRAME_SKIP: Final = 10
# Seconds; MAME's own times end there.
LONGEST_TIME: Final = 1e9
# Kinds of fields that stay where they are put.
STAYING: Final = ("dipswitch", "config", "adjuster")


class Emulator(BaseEmulator):
    """A machine of MAME's, stopped until it is stepped.

    Args:
        env_id: A name for this emulator, of your choice: it appears in messages and in what is published.
        roms_path: The folder, or folders, with the ROM sets.
        game_id: MAME's name of the machine, such as "sfiii3n".
        memory_addresses: What to read after each step, by name.
        frame_ratio: How many emulated frames one step takes.
        render: Open MAME's window. Without it no display is needed.
        throttle: Hold the machine's own speed instead of running as fast as possible.
        frame_skip: MAME's -frameskip, 0 to 10: draw fewer frames, so that a step's frame may be an older one. With 0
            every frame that a step returns is drawn for it, and the others only if somebody can see them.
        sound: Play the machine's sound.
        debug: Leave MAME's own messages on this process's stderr.
        binary_path: The MAME to run; otherwise $TOOLKIT_MAME, the one on PATH, or Debian's.
        media: Files for the media slots of console and computer drivers: {"cart": path}.
        slots: What is plugged into the machine's slots: {"joyport1": "pad"}, None for nothing; `list_slots` shows what
            can be. The names of its fields depend on it: `list_actions` takes `slots`, too.
        screen: The tag of the screen to publish; "auto" is the machine's first, None is none: a step's result then has
            no frame.
        observation: How frames are made of the screen's picture; by default they are RGB, whole and unscaled. None: no
            frames at all, as with screen=None. What is published for others is always the whole picture.
        settings: DIP switches, configuration fields and adjusters to set before the machine's first frame, for good.
        publish: Where to publish every step: "ipc:///path/of/a/socket" or "tcp://127.0.0.1:PORT", where PORT may be *
            for any that is free; `publish_endpoint` tells which. With an `Endpoint` of toolkit.publication others than
            this user of this host may listen. See docs/publication.md.
        boot_frames: Emulated frames that the machine runs, with nothing pressed, before the constructor returns, and
            again in `reset`. MAMEToolkit's constructor returned after some 13 s of the machine's time, in which many
            boards test themselves: a program that relied on it passes about 800.
        draw_every_frame: Draw the frames that nobody sees too. Only for the few drivers whose drawing changes the
            machine, such as by detecting collisions in it.
        timeout: Seconds until a step must have been answered.
        start_timeout: Seconds until MAME must be ready.

    Raises:
        ConfigError: MAME, a folder, the machine, a screen, a device or a setting does not exist; `publish` is no
            endpoint, is taken, or reaches further than this host; `observation` cuts outside of the screen, or needs
            what was not built.
        RomError: Files of the machine are missing; says which, in MAME's words.
        LimitError: The system gives no more descriptors, memory or processes, or a disk is full.
        LaunchError: MAME did not come up.

    After construction the machine is at frame `boot_frames`, which is 0 by default: ports and memory are there, nothing
    has run. Use it as a context
    manager, or call `close()`. One thread at a time may use an emulator.
    """

    backend: ClassVar[str] = "mame"
    _workspace: Workspace | None = None
    _memory: SharedMemory | None = None
    _state_file: StateFile | None = None
    _aspect_ratio: float | None = None
    # The size of pictures that the renderer is made for, if it matters.
    _fitted: tuple[int, int] | None = None

    def __init__(
        self,
        env_id: str,
        roms_path: RomsPath,
        game_id: str,
        memory_addresses: Mapping[str, Address],
        frame_ratio: int = 3,
        render: bool = False,
        throttle: bool = False,
        frame_skip: int = 0,
        sound: bool = False,
        debug: bool = False,
        binary_path: str | os.PathLike[str] | None = None,
        *,
        media: Media | None = None,
        slots: Slots | None = None,
        screen: str | None = "auto",
        observation: Observation | None = WHOLE_PICTURE,
        settings: Sequence[Action] = (),
        boot_frames: int = 0,
        draw_every_frame: bool = False,
        publish: str | Endpoint | None = None,
        timeout: float = 10.0,
        start_timeout: float = START_TIMEOUT,
    ) -> None:
        super().__init__(memory_addresses, frame_ratio)
        self.env_id = env_id
        self.game_id = check_game_id(game_id)
        frame_skip = check_integer("frame_skip", frame_skip, 0, MAX_FRAME_SKIP)
        self._boot_frames = check_integer("boot_frames", boot_frames, 0, MAX_FRAMES)
        render, throttle = check_flag("render", render), check_flag("throttle", throttle)
        sound, debug = check_flag("sound", sound), check_flag("debug", debug)
        draw_every_frame = check_flag("draw_every_frame", draw_every_frame)
        timeout = check_seconds("timeout", timeout)
        start_timeout = check_seconds("start_timeout", start_timeout)
        if observation is not None and not isinstance(observation, Observation):
            raise ConfigError(f"observation is an Observation or None, got {observation!r}")
        self._observation = WHOLE_PICTURE if observation is None else observation
        self._renderer = self._observation.renderer()
        self._binary = binary = find_binary(binary_path)
        plugged = slot_arguments(slots or {})
        self._slots = dict(slots or {})
        try:
            self._open_publisher(publish)
            self._workspace = workspace = Workspace()
            self._state_file = StateFile()
            self._memory = SharedMemory(
                value_capacity=max(64, len(memory_addresses)),
                # What is blended needs room for two pictures.
                pixel_capacity=DEFAULT_PIXEL_CAPACITY * (2 if self._observation.blend else 1),
            )
            child = self._launch(
                media,
                [
                    str(binary),
                    game_id,
                    *plugged,
                    *media_arguments(workspace, media or {}, game_id, binary),
                    *("-rompath", workspace.add_roms(roms_path)),
                    *base_arguments(workspace, binary),
                    *plugin_arguments(),
                    *video_arguments(render=render, throttle=throttle, frame_skip=frame_skip, sound=sound),
                ],
                window_environment() if render else headless_environment(),
                debug,
                timeout,
                start_timeout,
            )
            self._child = child
            self._check_slots(child)
            # MAME holds the machine's speed only in frames that it draws.
            draw = "option" if frame_skip else "all" if render or throttle or draw_every_frame else "published"
            self._configure(child, None if observation is None else screen, draw)
            self._watch(child)
            for setting in settings:
                self._set(child, setting)
            self._start_publisher(env_id, game_id, self._memory, 0, self._refresh)
            self._boot()
        except BaseException as error:
            raise self._give_up(error)  # noqa: B904

    def _boot(self) -> None:
        # In parts, since each has to be answered within `timeout`.
        for done in range(0, self._boot_frames, BOOT_PART):
            self.run(min(BOOT_PART, self._boot_frames - done))

    def reset(self) -> None:
        """Switches the machine off and on again: as it was after construction, with `boot_frames` run."""
        super().reset()
        self._boot()

    def _launch(
        self,
        media: Media | None,
        argv: Sequence[str],
        environment: Mapping[str, str],
        debug: bool,
        timeout: float,
        start_timeout: float,
    ) -> Child:
        assert self._workspace is not None
        assert self._memory is not None
        assert self._state_file is not None
        try:
            return Child(
                argv,
                cwd=self._workspace.path,
                env=environment,
                output=None if debug else self._workspace.output,
                noise=NOISE,
                memory=self._memory,
                pass_fds=(self._state_file.descriptor,),
                start_timeout=start_timeout,
                timeout=timeout,
            )
        except LaunchError as error:
            raise explain(error, self.game_id, self._workspace.rom_folders, media, self._slots) from error

    def _check_slots(self, child: Child) -> None:
        """Refuses what MAME took for one of its options and not for a slot."""
        if not set(self._slots) <= set(child.hello.get("slots", self._slots)):
            check_slots(self._slots, list_slots(self.game_id, self._binary), self.game_id)

    def _configure(self, child: Child, screen: str | None, draw: str) -> None:
        tags = [entry["tag"] for entry in child.hello["screens"]]
        if screen == "auto":
            if not tags:
                raise ConfigError(f"{self.game_id} has no screen; pass screen=None to run it without frames")
            screen = tags[0]
        elif screen is not None and screen not in tags:
            raise ConfigError(f"{self.game_id} has no screen {screen!r}; {choices('its screens are', tags)}")
        size = child.call(
            "configure",
            screen=screen or "",
            draw=draw,
            before=bool(self._observation.blend),
            snapshot="toolkit-select.png",
        )
        aspects = {entry["tag"]: entry["aspect"] for entry in child.hello["screens"]}
        self._aspect_ratio = None if screen is None else float(aspects[screen])
        self._set_picture(None if screen is None else (size["height"], size["width"]))
        refresh = {entry["tag"]: entry["refresh"] for entry in child.hello["screens"]}
        self._refresh = refresh.get(screen or next(iter(tags), None), 0.0)

    def _set_picture(self, size: tuple[int, int] | None) -> None:
        """Takes note of the size that the picture will have, (height, width), as far as is known."""
        if size is None:
            return
        height, width = size
        if self._observation.crop is not None:
            x, y, cut_width, cut_height = self._observation.crop
            if x + cut_width > width or y + cut_height > height:
                raise ConfigError(
                    f"cannot cut {cut_width}x{cut_height} pixels at ({x}, {y}) out of the picture of {self.game_id}, "
                    f"{width}x{height}"
                )
        self._fit(width, height)
        self._shape = self._renderer.shape(height, width)
        self._picture_shape = (height, width, 3)

    def _fit(self, width: int, height: int) -> None:
        """Makes frames of pictures of that size from here on, where their size depends on it."""
        if self._observation.aspect and self._fitted != (width, height):
            self._fitted = (width, height)
            self._renderer = self._observation.sized(width, height, self.aspect_ratio).renderer()

    def _frame(self, view: SlotView, out: npt.NDArray[np.uint8] | None) -> npt.NDArray[np.uint8]:
        assert view.frame is not None
        if self._fitted is not None:
            # Before their first frame machines may be wrong about their picture: pong is.
            self._fit(view.frame.pixels.shape[1], view.frame.pixels.shape[0])
        before = None if view.before is None else view.before.pixels
        return self._renderer.render(view.frame.pixels, before, out)

    @property
    def aspect_ratio(self) -> float:
        if self._aspect_ratio is None:
            raise StateError("this emulator was made without a screen, so that nothing has a shape")
        return self._aspect_ratio

    def _watch(self, child: Child) -> None:
        spaces = {entry["device"]: entry["spaces"] for entry in child.hello["spaces"]}
        for name, address in self.memory_addresses.items():
            if address.device not in spaces:
                raise ConfigError(
                    f"address {name!r}: {self.game_id} has no device {address.device!r} with memory; "
                    f"{choices('those that have are', spaces)}"
                )
            if address.space not in spaces[address.device]:
                raise ConfigError(
                    f"address {name!r}: device {address.device} has no space {address.space!r}; "
                    f"{choices('its spaces are', spaces[address.device])}"
                )
        super()._watch(child)

    # --- inputs -----------------------------------------------------------------------------------------------------

    @property
    def _machine(self) -> str:
        return self.game_id

    def _set(self, child: Child, setting: Action) -> None:
        if kind_of(self._field(setting)) not in STAYING:
            raise ConfigError(f"{setting.port} {setting.field} is no switch or setting; press it in step() instead")
        child.call("set", port=setting.port, field=setting.field, value=setting.value)

    # --- states -----------------------------------------------------------------------------------------------------

    @property
    def _identity(self) -> str:
        plugged = "".join(f" {slot}={device or ''}" for slot, device in sorted(self._slots.items()))
        return f"MAME {self._require().hello['backend_version']} {self.game_id}{plugged}"

    def rom_files(self) -> list[Path]:
        assert self._workspace is not None
        return self._workspace.game_files(list_sets(self.game_id, self._binary))

    def _save(self) -> tuple[dict[str, Any], bytes]:
        child, file = self._require(), self._state_file
        assert file is not None
        try:
            answer = child.call("save_state", timeout=STATE_TIMEOUT, name=file.path, path=file.path)
            self._frame_number = answer["frame_number"]
            return {"time": answer["time"]}, file.take()
        except StateError:
            self._recount(child)
            raise
        finally:
            file.clear()

    def _loading(self, details: dict[str, Any], data: bytes) -> Exchange[None]:
        child, file = self._require(), self._state_file
        assert file is not None
        child.check()
        try:
            time = member(details, "time", int, float)
            if not 0 <= time <= LONGEST_TIME:
                raise ValueError(f"its 'time' is {time!r:.80}, and no number of seconds that a machine runs")
            position = {"time": time, "frame_number": details["frame_number"]}
        except ValueError as error:
            raise StateError(f"the head of this state cannot be read; it is damaged: {error}") from None
        file.put(data)
        try:
            child.begin_call("load_state", timeout=STATE_TIMEOUT, name=file.path, path=file.path, **position)
            yield
            child.finish_call()
        except StateError:
            self._recount(child)
            raise
        finally:
            file.clear()

    def _recount(self, child: Child) -> None:
        """Notes the frames that MAME may have run before it gave a state up."""
        with contextlib.suppress(ToolkitError):
            self._frame_number = child.step(0, []).frame_number

    def _restart(self) -> None:
        self._require().call("reset", timeout=START_TIMEOUT)

    def _release(self) -> None:
        if self._memory is not None:
            self._memory.close()
        if self._workspace is not None:
            self._workspace.close()
        if self._state_file is not None:
            self._state_file.close()
