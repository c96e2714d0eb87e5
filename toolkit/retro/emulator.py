"""Any libretro core as a steppable child process."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
import numpy.typing as npt

from toolkit.checks import check_flag, check_integer, check_seconds, is_integer
from toolkit.emulator.address import Address
from toolkit.emulator.base import MAX_FRAMES, BaseEmulator
from toolkit.emulator.observation import WHOLE_PICTURE, Observation
from toolkit.errors import ConfigError, LaunchError, StateError
from toolkit.limits import limits_named, reason
from toolkit.link import Child, Exchange, SharedMemory, Slab, SlotView, complete
from toolkit.link.child import step_message
from toolkit.link.folder import PrivateFolder
from toolkit.link.memory import DEFAULT_VALUE_CAPACITY
from toolkit.retro.checks import check_options, check_rom
from toolkit.retro.controllers import JOYPAD, MAX_PLAYERS, controller_number, takers
from toolkit.retro.cores import find_core, find_system
from toolkit.retro.game_file import core_extensions, file_for_core
from toolkit.retro.legacy import LegacyEmulator
from toolkit.retro.legacy_start import StartsFromRom
from toolkit.retro.observation import MemoryArea, Number
from toolkit.retro.program import explain, find_program

if TYPE_CHECKING:
    from toolkit.publication import Endpoint

START_TIMEOUT: Final = 30.0
# As much as the largest console that runs in software has; memory that is never written costs nothing.
RAM_CAPACITY: Final = 2**24
BUTTONS: Final = (
    *("B", "Y", "SELECT", "START", "UP", "DOWN", "LEFT", "RIGHT"),
    *("A", "X", "L", "R", "L2", "R2", "L3", "R3"),
)
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
# What a core may need of our environment; the rest of it is none of its business.
PASSED_ON: Final = ("PATH", "LANG", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
# Games larger than this are discs, which are told apart by their size alone.
MAX_HASHED: Final = 2**26
# Steps with buttons that are remembered as they are sent.
MAX_MESSAGES: Final = 4096


class RetroEmulator(StartsFromRom, BaseEmulator):
    """A libretro core with a game in it, stopped until it is stepped.

    Args:
        core: The core's name, such as "nestopia", as `toolkit list-cores` shows them; or the path of its file.
        rom: The game's file, or a zip archive with it, which is unpacked for a core that takes none; None for a core
            that runs without a game.
        memory_addresses: What to read after each step, by name. The default device of an Address, ":maincpu", is the
            console's own address space, ":bus", or where neither the core nor native_shim/src/console.c knows it, the
            work RAM. ":ram", ":vram", ":sram" and ":rtc" count from the beginning of that memory. The space "program"
            is what the console's processor sees, "raw" the bytes as the core keeps them.
        frame_ratio: How many emulated frames one step takes.
        env_id: A name for this emulator, of your choice: it appears in messages and in what is published.
        options: Core options by key; `list_options` shows what there is.
        system: The folder with the core's BIOS files; by default the one that $TOOLKIT_SYSTEM names, or none. The
            frontend never writes to it.
        players: How many joypads `list_fields` lists and `step_buttons` takes, at most 8.
        controllers: What is plugged in, by player from 1: "joypad", "mouse", "keyboard", "lightgun", "analog",
            "pointer", "none", or a kind of the core's own by its name or number. By default a joypad, in each port of
            which the core says that it takes one.
        observation: How frames are made of the core's picture; by default they are RGB, whole and unscaled. None: no
            frames at all.
        publish_ram: Publish memory with each step, in `SlotView.memory`: True for the whole work RAM as the core keeps
            it (as in gym-retro), or a list of areas, which then lie there one after the other.
        draw_every_frame: Draw the frames that nobody sees too. Off, a core that can leave drawing out does so; that is
            faster, and right unless drawing changes the machine, such as by detecting collisions in it.
        audio: Collect the sound, for `take_audio`: True for all of it, "frame" for that of the last frame only.
        debug: Leave the core's messages on this process's stderr.
        log_level: Which messages of the core's to keep: "debug", "info", "warning" or "error".
        publish: Where to publish every step; see docs/publication.md.
        slab: Memory that it may be told to write observations into; see `use_slab`.
        timeout: Seconds until a step must have been answered.
        start_timeout: Seconds until the core must be ready.

    Raises:
        ConfigError: The core, an option, a device, a controller or the folder `system` does not exist, or the file is
            no core for this machine.
        RomError: The game is missing or empty, an archive without exactly one game, or the core refuses it.
        LimitError: The system gives no more descriptors, memory or processes, or a disk is full.
        LaunchError: The frontend did not come up.

    After construction the machine is at frame 0: nothing has run. Use it as a context manager, or call `close()`. One
    thread at a time may use an emulator.
    """

    backend: ClassVar[str] = "libretro"
    _folder: PrivateFolder | None = None
    _memory: SharedMemory | None = None
    _value_capacity: ClassVar[int] = DEFAULT_VALUE_CAPACITY

    def __init__(
        self,
        core: str | os.PathLike[str],
        rom: str | os.PathLike[str] | None,
        memory_addresses: Mapping[str, Address] | None = None,
        frame_ratio: int = 1,
        *,
        env_id: str = "retro",
        options: Mapping[str, str] | None = None,
        system: str | os.PathLike[str] | None = None,
        players: int = 2,
        controllers: Mapping[int, str | int] | None = None,
        observation: Observation | None = WHOLE_PICTURE,
        publish_ram: bool | Sequence[MemoryArea] = False,
        draw_every_frame: bool = False,
        audio: bool | Literal["frame"] = False,
        debug: bool = False,
        log_level: str = "warning",
        publish: str | Endpoint | None = None,
        slab: Slab | None = None,
        timeout: float = 10.0,
        start_timeout: float = START_TIMEOUT,
    ) -> None:
        super().__init__({} if memory_addresses is None else memory_addresses, frame_ratio)
        if observation is not None and not isinstance(observation, Observation):
            raise ConfigError(f"observation is an Observation or None, got {observation!r}")
        if log_level not in LOG_LEVELS:
            raise ConfigError(f"log_level is one of {', '.join(LOG_LEVELS)}, got {log_level!r}")
        timeout, start_timeout = check_seconds("timeout", timeout), check_seconds("start_timeout", start_timeout)
        self.env_id = env_id
        self.players = check_integer("players", players, 1, MAX_PLAYERS)
        self.core = find_core(core)
        self.rom = None if rom is None else check_rom(rom)
        self.options = check_options(options)
        self.system_folder = find_system(system)
        self._observation = observation
        self._draw = "all" if check_flag("draw_every_frame", draw_every_frame) else "published"
        self._audio = "frame" if audio == "frame" else check_flag("audio", audio)
        self._slab = slab
        self._button_indices: list[int] = []
        # Steps as they are sent, by what is held.
        self._messages: dict[tuple[int | None, ...], bytes] = {}
        program = find_program()
        try:
            self._open_publisher(publish)
            self._folder = folder = PrivateFolder()
            # What the core gets in its place: an archive is unpacked.
            self._game = None if self.rom is None else self._game_file(self.rom, program, start_timeout)
            self._memory = SharedMemory(
                value_capacity=max(self._value_capacity, len(self.memory_addresses)),
                memory_capacity=RAM_CAPACITY if publish_ram else 0,
            )
            try:
                child = Child(
                    self._command(program, log_level),
                    cwd=folder.path,
                    env=self._environment(folder.path),
                    output=None if check_flag("debug", debug) else folder.path / "output.txt",
                    memory=self._memory,
                    pass_fds=() if slab is None else (slab.descriptor,),
                    start_timeout=start_timeout,
                    timeout=timeout,
                )
            except LaunchError as error:
                raise explain(error, program, self.core) from error
            self._child = child
            # Without it some cores have nothing there: Nestopia.
            for player in takers(child.hello["controllers"][:players], JOYPAD):
                self._plug_in(child, player, JOYPAD)
            for player, kind in (controllers or {}).items():
                self._plug_in(child, player, kind)
            self._configure(child, publish_ram)
            self._watch(child)
            self._start_publisher(env_id, self.game_id, self._memory, 0, self._refresh)
        except BaseException as error:
            raise self._give_up(error)  # noqa: B904

    def _command(self, program: Path, log_level: str) -> list[str]:
        options = [word for key, value in self.options.items() for word in ("--option", f"{key}={value}")]
        rom = [str(self._game)] if self._game else []
        if self.system_folder is not None:
            options += ["--system", str(self.system_folder)]
        return [str(program), *options, "--log-level", log_level, str(self.core), *rom]

    def _game_file(self, rom: Path, program: Path, limit: float) -> Path:
        """The file that the core gets for `rom`."""
        folder = self._path("game")

        def extensions() -> list[str]:
            return core_extensions(program, self.core, folder.parent, self._environment(folder.parent), limit)

        return file_for_core(rom, extensions, folder)

    def _environment(self, folder: Path) -> dict[str, str]:
        passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        return {**passed_on, "HOME": str(folder)}

    def _configure(self, child: Child, publish_ram: bool | Sequence[MemoryArea]) -> None:
        if publish_ram is True:
            sizes = {entry["device"]: entry.get("size", 0) for entry in child.hello["spaces"]}
            if not sizes.get(":ram"):
                raise ConfigError(f"{self.core.name} does not show its work RAM, so that it cannot be published")
            publish_ram = [MemoryArea(sizes[":ram"])]
        areas = list(publish_ram or ())
        if not all(isinstance(area, MemoryArea) for area in areas):
            raise ConfigError(f"publish_ram is True, False or a list of MemoryAreas, got {publish_ram!r}")
        screen = child.hello["screens"][0]
        if self._observation is not None:
            self._observation = self._observation.sized(screen["width"], screen["height"], screen["aspect"])
        view = {} if self._observation is None else self._observation.arguments()
        size = child.call(
            "configure",
            screen="" if self._observation is None else ":screen",
            draw=self._draw,
            audio=self._audio is True,
            last_audio=self._audio == "frame",
            memory=[area.arguments() for area in areas],
            **view,
        )
        if self._observation is not None:
            self._shape = (size["height"], size["width"], 1 if self._observation.gray else 3)
        self._refresh = child.hello["screens"][0]["refresh"]

    @property
    def game_id(self) -> str:
        """The name of the game's file without its ending; the core's name if it has none."""
        return self.core.name.partition("_libretro")[0] if self.rom is None else self.rom.stem

    @property
    def core_info(self) -> dict[str, Any]:
        """What the core said at its start: `machine` and `backend_version` are its own name and version, `extensions`
        the types of games it takes; `spaces`, `map`, `controllers`, `sample_rate`, `region`, ..."""
        return dict(self._require().hello)

    @property
    def aspect_ratio(self) -> float:
        """As the core says it now: some change it while they run."""
        if self._observation is None:
            raise StateError("this emulator was made without a screen, so that nothing has a shape")
        return float(self._require().call("aspect"))

    # --- inputs -----------------------------------------------------------------------------------------------------

    def list_fields(self) -> list[dict[str, Any]]:
        """Every field of every input port: its `port`, `field` and `class`; whether it is `analog`, then with `minimum`
        and `maximum`. Ports are :joypad1, :analog1, :mouse1, :lightgun1, :pointer1 and so on, and :keyboard.

        A mouse moves by its x and y in every frame of a step, and a wheel turns in every frame. A light gun and a
        pointer are at x and y, from -32767, the left or upper edge of the picture, to 32767; a gun that is "offscreen",
        or at -32768, points beside it. Keys type what they do on an American keyboard."""
        fields = super().list_fields()
        return [field for field in fields if not field["port"][-1].isdigit() or int(field["port"][-1]) <= self.players]

    @property
    def _machine(self) -> str:
        return f"{self.game_id} with {self.players} players"

    def step_buttons(self, masks: Sequence[int], frames: int | None = None) -> SlotView:
        """One step with whole joypads: the fast way in, for environments that hold tables of masks.

        Args:
            masks: One for each player, from the first; bit n is the button `BUTTONS[n]`. Players that are left out
                press nothing.
            frames: How many frames to run; by default `frame_ratio`.

        Returns:
            What was published, where it lies: `values` in the order of `memory_addresses`; `frame` and `memory` are
            views that are overwritten as many steps later as the link has slots, which are four: copy what is to last.

        Raises:
            ConfigError: More masks than players, or one that is no 16-bit number.
            StateError, StepTimeout, EmulatorExited: As from `step`.
        """
        return self._settled(self.exchange_buttons(masks, frames))

    def exchange_buttons(self, masks: Sequence[int], frames: int | None = None) -> SlotView:
        """`step_buttons`, but the frame may still be in the making: `settle` waits for it. All else is there."""
        return self._taken(self._require().exchange(self._message(masks, frames, None)))

    def settle(self, view: SlotView) -> None:
        """Waits for the frame of the last step, of which this is the view.

        Raises:
            StateError, StepTimeout, EmulatorExited: As from `step`.
        """
        self._settled(view)

    def begin_buttons(self, masks: Sequence[int], frames: int | None = None, buffer: int | None = None) -> None:
        """The first half of `step_buttons`; see `begin_step`. `buffer`: see `use_slab`."""
        self._require().begin_step(self._message(masks, frames, buffer))

    def finish_view(self) -> SlotView:
        """The second half of `step_buttons`, or of `step` without its copies."""
        return self._settled(self._finish())

    def _message(self, masks: Sequence[int], frames: int | None, buffer: int | None) -> bytes:
        if frames is None:
            frames = self.frame_ratio
        key = (frames, buffer, *masks)
        message = self._messages.get(key)
        if message is None:
            message = self._button_message(masks, frames, buffer)
            if len(self._messages) >= MAX_MESSAGES:
                self._messages.clear()
            self._messages[key] = message
        return message

    def _button_message(self, masks: Sequence[int], frames: int, buffer: int | None) -> bytes:
        child = self._require()
        frames = check_integer("frames", frames, 0, MAX_FRAMES)
        if len(masks) > len(self._button_indices):
            if len(masks) > self.players:
                raise ConfigError(f"got {len(masks)} masks for {self.players} players; see the argument players")
            self._button_indices = [
                child.call("bind", port=f":joypad{player}", field="BUTTONS") for player in range(1, self.players + 1)
            ]
        if not all(is_integer(mask) and 0 <= mask < 1 << len(BUTTONS) for mask in masks):
            raise ConfigError(f"a mask is a number of {len(BUTTONS)} bits, got {list(masks)!r}")
        return step_message(frames, list(zip(self._button_indices, masks, strict=False)), buffer)

    def _plug_in(self, child: Child, player: int, kind: str | int) -> None:
        number = controller_number(child.hello["controllers"], player, kind)
        child.call("set_controller", player=player, device=number)

    # --- the core ---------------------------------------------------------------------------------------------------

    def list_options(self) -> list[dict[str, Any]]:
        """The core's options: each a `key`, `description`, `value`, `default` and its `values`."""
        options: list[dict[str, Any]] = self._require().call("list_options")
        return options

    def set_option(self, key: str, value: str) -> None:
        """Changes a core option while the core runs; some take effect only after `reset`.

        Raises:
            ConfigError: There is no such option or value.
        """
        self._require().call("set_option", key=key, value=value)

    def set_cheats(self, codes: Sequence[str]) -> None:
        """Switches exactly these cheats on, in the core's own notation (Game Genie and the like). Cores do not say
        whether they understand one."""
        if isinstance(codes, str) or not all(isinstance(code, str) for code in codes):
            raise ConfigError(f"cheats are a list of texts, got {codes!r}")
        self._require().call("set_cheats", codes=list(codes))

    def press_reset(self) -> None:
        """Presses the console's reset button: unlike `reset`, which switches it off and on, this keeps its memory."""
        self._require().call("press_reset")

    def take_audio(self) -> npt.NDArray[np.int16]:
        """The sound since the last call, or with audio="frame" that of the last frame: int16, (samples, 2), left and
        right, at `core_info["sample_rate"]`.

        At most a minute is kept; what comes later is lost until it is taken.

        Raises:
            StateError: The emulator was made without audio.
        """
        child = self._require()
        if not self._audio:
            raise StateError("this emulator was made without sound; pass audio=True")
        path = self._path("audio")
        child.call("take_audio", path=path.name)
        with limits_named("cannot take the sound from the core"):
            samples = np.fromfile(path, np.int16).reshape(-1, 2)
        path.unlink()
        return samples

    def _screenshot(self, child: Child) -> npt.NDArray[np.uint8]:
        path = self._path("picture")
        size = child.call("screenshot", path=path.name)
        with limits_named("cannot take the picture from the core"):
            pixels = np.fromfile(path, np.uint8).reshape(size["height"], size["width"], 3)
        path.unlink()
        return pixels

    # --- batches ----------------------------------------------------------------------------------------------------

    def use_slab(
        self, row: int, canvas: tuple[int, int], stack: int = 1, channels_first: bool = False
    ) -> tuple[int, ...]:
        """From here on steps that name a buffer write what is seen into that buffer of the slab; others show nothing.

        Args:
            row: Which row of the slab is this emulator's.
            canvas: Width and height of the picture, if `observation` does not cut it: what the core does not draw of
                it is black, so that observations have one shape whatever the core does.
            stack: How many frames are seen at once, one of each such step; before there are as many, the first repeats.
            channels_first: Whether it is (channels, height, width).

        Returns:
            The shape of an observation.

        Raises:
            StateError: There is no slab, or it has observations of another shape.
        """
        if self._slab is None or self._observation is None:
            raise StateError("this emulator was made without a slab, or without a picture")
        width, height = self._observation.size or (self._observation.crop or (*canvas, *canvas))[2:]
        depth = (1 if self._observation.gray else 3) * stack
        shape = (depth, height, width) if channels_first else (height, width, depth)
        self._slab.array(shape)
        self._require().call(
            "slab",
            **self._slab.place(row, shape),
            stack=stack,
            channels_first=channels_first,
            canvas=list(canvas),
        )
        return shape

    def follow(self, numbers: Sequence[Number], until: dict[str, Any] | None = None) -> None:
        """From here on `SlotView.values` has, behind the watched values, these numbers for every frame of the step.

        Args:
            numbers: What to read.
            until: A condition, as docs/link.md describes; the first frame after which it holds is the step's last.

        Raises:
            ConfigError: An address outside of memory.
        """
        self._require().call("follow", numbers=[number.arguments() for number in numbers], until=until)

    # --- states -----------------------------------------------------------------------------------------------------

    @property
    def _identity(self) -> str:
        hello = self._require().hello
        return f"{hello['machine']} {hello['backend_version']} with {self.game_id} ({self._fingerprint()})"

    def rom_files(self) -> list[Path]:
        return [] if self.rom is None else [self.rom]

    def _fingerprint(self) -> str:
        if self._game is None:
            return "no game"
        if not hasattr(self, "_print"):
            size = self._game.stat().st_size
            self._print = f"{size} bytes"
            if size <= MAX_HASHED:
                self._print = f"{zlib.crc32(self._game.read_bytes()):08x}"
        return self._print

    def save_core_state(self) -> bytes:
        """The core's own bytes for the machine as it is, without what `save_state` adds: as gym-retro has them in its
        .state files, which are compressed with gzip.

        Raises:
            StateError: The core could not save.
        """
        path = self._path("state")
        self._require().call("save_state", name="state", path=path.name)
        with limits_named("cannot take a state from the core"):
            data = path.read_bytes()
        path.unlink()
        return data

    def load_core_state(self, data: bytes, frame_number: int = 0) -> None:
        """Puts the machine where `save_core_state` found it, in this core or one like it. What is held is released, and
        frames count from `frame_number`. Nothing tells whether the bytes are whole but the core itself, which may not.

        Raises:
            StateError: The core refuses them.
        """
        complete(self.loading_core(data, frame_number))

    def loading_core(self, data: bytes, frame_number: int = 0) -> Exchange[None]:
        """`load_core_state`, for who drives many emulators at once; see `toolkit.link.exchange`."""
        child = self._require()
        path = self._path("state")
        try:
            try:
                path.write_bytes(data)
            except OSError as error:
                raise StateError(f"cannot write the {len(data)} bytes of a state to {path}: {reason(error)}") from error
            child.begin_call("load_state", name="state", path=path.name, frame_number=frame_number)
            yield
            child.finish_call()
        finally:
            path.unlink(missing_ok=True)
        self._frame_number = frame_number

    def _save(self) -> tuple[dict[str, Any], bytes]:
        return {}, self.save_core_state()

    def _loading(self, details: dict[str, Any], data: bytes) -> Exchange[None]:
        return self.loading_core(data, details["frame_number"])

    def _path(self, name: str) -> Path:
        assert self._folder is not None
        return self._folder.path / name

    def _restart(self) -> None:
        self._require().call("reset", timeout=START_TIMEOUT)

    def _release(self) -> None:
        if self._memory is not None:
            self._memory.close()
        if self._folder is not None:
            self._folder.close()


# What `RetroEmulator(rom)` returns, and `env.em` is: of this class for `isinstance`, as in stable-retro.
RetroEmulator.register(LegacyEmulator)
