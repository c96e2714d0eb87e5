"""What every emulator does, whatever runs behind the link."""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from toolkit.checks import check_integer
from toolkit.closing import Closing
from toolkit.emulator import memory
from toolkit.emulator.action import Action
from toolkit.emulator.address import Address
from toolkit.emulator.aspect import with_square_pixels
from toolkit.emulator.fields import Fields, kind_of
from toolkit.emulator.state import pack_state, unpack_state
from toolkit.errors import ConfigError, ProtocolError, StateError
from toolkit.limits import limit_error
from toolkit.link import Child, Exchange, FrameView, SharedMemory, SlotView, complete
from toolkit.link.child import step_message
from toolkit.remade import Remade

if TYPE_CHECKING:
    from toolkit.publication import Endpoint, Publisher

MAX_FRAMES: Final = 2**31 - 1


class BaseEmulator(Remade, Closing):
    """The step contract, on a child process that speaks the link.

    A subclass starts the child in its constructor and calls `_attach`; it says how the child saves and loads its state.
    """

    backend: ClassVar[str]
    # On the class, so that close() works on an object whose constructor failed.
    _child: Child | None = None
    _publisher: Publisher | None = None
    _closed = False
    # Whether `close` has come to its end. An interrupt may come before: then the next `close` begins again.
    _released = False
    _refresh: float = 0.0
    # The whole picture that was published last, and the shape of one, where a child publishes whole pictures.
    _drawn: FrameView | None = None
    _picture_shape: tuple[int, int, int] = (1, 1, 3)

    def __init__(self, memory_addresses: Mapping[str, Address], frame_ratio: int) -> None:
        self.frame_ratio = check_integer("frame_ratio", frame_ratio, 1, MAX_FRAMES)
        memory.check_watches(memory_addresses)
        self.memory_addresses = dict(memory_addresses)
        self._names = tuple(memory_addresses)
        # Only unsigned 64-bit values need decoding: the link carries int64.
        self._wide = [(n, a) for n, a in memory_addresses.items() if a.size == 8 and not a.signed]
        self._inputs: dict[Action, tuple[int, int]] = {}
        self._indices: dict[tuple[str, str], int] = {}
        self._fields: Fields | None = None
        self._frame_number = 0
        self._shape: tuple[int, int, int] | None = None

    # --- what a subclass provides -----------------------------------------------------------------------------------

    @property
    @abstractmethod
    def _machine(self) -> str:
        """What messages about its inputs call the machine."""

    @abstractmethod
    def _save(self) -> tuple[dict[str, Any], bytes]:
        """The state as the child saves it, and what is needed to load it again."""

    @abstractmethod
    def _loading(self, details: dict[str, Any], data: bytes) -> Exchange[None]:
        """Restores what `_save` returned."""

    @abstractmethod
    def _restart(self) -> None:
        """Brings the machine back to frame 0."""

    @abstractmethod
    def _release(self) -> None:
        """Frees what the subclass made besides the child."""

    @property
    @abstractmethod
    def _identity(self) -> str:
        """What a saved state must come from to be loadable here."""

    def _attach(self, child: Child, shape: tuple[int, int, int] | None) -> None:
        self._child = child
        self._shape = shape
        self._picture_shape = shape or self._picture_shape

    def _watch(self, child: Child) -> None:
        """Has the child read `memory_addresses` after each step."""
        memory.watch(child, self.memory_addresses)

    def _require(self) -> Child:
        child = self._child
        if self._closed or child is None:
            raise StateError("this emulator is closed; make a new one")
        return child

    # --- stepping ---------------------------------------------------------------------------------------------------

    def step(self, actions: Sequence[Action] = ()) -> dict[str, Any]:
        """Hold `actions` for one step and return what the emulator published after it.

        Args:
            actions: Pressed for `frame_ratio` emulated frames; whatever is not sent again is released, whatever is
                sent again stays down without a gap.

        Returns:
            The watched values as ints under their names, and, unless the emulator was made without a screen,
            `"frame"`: uint8, (height, width, 3), RGB, or what its `Observation` makes of that; a copy of its own.
            Values and frame are of the same moment.

        Raises:
            ConfigError: An action whose port or field the machine does not have, or whose value is out of range.
            StateError: The emulator is closed, or a step failed before.
            StepTimeout: The child is alive but published nothing in time.
            EmulatorExited: The child died; carries its exit code or signal and the end of its stderr.
        """
        return self._data(self._step(self.frame_ratio, actions))

    def run(self, frames: int, actions: Sequence[Action] = ()) -> dict[str, Any]:
        """Like `step`, but for `frames` emulated frames instead of `frame_ratio`; 0 reads without running.

        With 0 the result has no `"frame"`: nothing was drawn.
        """
        return self._data(self._step(check_integer("frames", frames, 0, MAX_FRAMES), actions))

    def begin_step(self, actions: Sequence[Action] = (), frames: int | None = None) -> None:
        """The first half of `step`, or of `run` with `frames`: returns at once, while the machine runs.

        Then `finish_step` has to follow, before anything else but `close`. So one thread can keep many emulators busy.

        Raises:
            ConfigError, StateError, EmulatorExited: As from `step`.
        """
        frames = self.frame_ratio if frames is None else check_integer("frames", frames, 0, MAX_FRAMES)
        self._require().begin_step(self._step_command(frames, actions))

    def finish_step(self, out: npt.NDArray[np.uint8] | None = None) -> dict[str, Any]:
        """The second half: waits until the machine has run, and returns what `step` does.

        Args:
            out: Where to write the frame, such as a row of a batch: uint8, of the frame's shape, contiguous. It is then
                what is returned as `"frame"`.

        Raises:
            StateError: Nothing was begun.
            StepTimeout, EmulatorExited: As from `step`.
            ConfigError: The frame does not fit `out`; the step has been made.
        """
        return self._data(self._finish(), out)

    def stepping(self, actions: Sequence[Action] = (), frames: int | None = None) -> Exchange[dict[str, Any]]:
        """`step`, or `run` with `frames`, for who drives many emulators at once; see `toolkit.link.exchange`."""
        self.begin_step(actions, frames)
        yield
        return self.finish_step()

    @property
    def reply_fd(self) -> int:
        """A descriptor to poll: readable when `finish_step` need not wait. It changes with the process."""
        return self._require().reply_fd

    @property
    def deadline(self) -> float | None:
        """When what was begun counts as failed, on the clock of `time.monotonic`; None if nothing is begun."""
        return self._require().deadline

    def _step(self, frames: int, actions: Sequence[Action]) -> SlotView:
        return self._taken(self._require().exchange(self._step_command(frames, actions)))

    def _finish(self) -> SlotView:
        return self._taken(self._require().finish_step())

    def _step_command(self, frames: int, actions: Sequence[Action]) -> bytes:
        """What is sent for a step."""
        known = self._inputs
        try:
            inputs = [known[action] for action in actions]
        except (KeyError, TypeError):
            inputs = [self._input(action) for action in _listed(actions)]
        return step_message(frames, inputs)

    def _taken(self, view: SlotView) -> SlotView:
        """Notes what a step has published. Its pictures may still be in the making."""
        self._frame_number = view.frame_number
        if view.frame is not None:
            self._drawn = view.frame
        publisher = self._publisher
        if publisher is not None and publisher.wanted():
            publisher.publish(self._settled(view))
        return view

    def _settled(self, view: SlotView) -> SlotView:
        """The same when its pictures are complete."""
        return self._require().settle(view) if view.early else view

    def _input(self, action: Action) -> tuple[int, int]:
        if not isinstance(action, Action):
            raise ConfigError(f"step() takes Actions, got {action!r}; of an enumeration member, pass its .value")
        if action not in self._inputs:
            self._inputs[action] = (self._bind(action), action.value)
        return self._inputs[action]

    def _bind(self, action: Action) -> int:
        """The index of the action's field, agreed with the child the first time, once it is sure that it exists and
        can be held at the value."""
        self._field(action)
        key = (action.port, action.field)
        if key not in self._indices:
            self._indices[key] = self._require().call("bind", port=action.port, field=action.field)
        return self._indices[key]

    def _field(self, action: Action) -> dict[str, Any]:
        if self._fields is None:
            self._fields = Fields(self._machine, self.list_fields())
        return self._fields.check(action)

    def list_fields(self) -> list[dict[str, Any]]:
        """Every field of every input port, each a dict of its own; `list_actions` tells what is in it."""
        fields: list[dict[str, Any]] = self._require().call("list_ports")
        return [{**entry, "kind": kind_of(entry), "settable": not entry.get("reason")} for entry in fields]

    def _frame(self, view: SlotView, out: npt.NDArray[np.uint8] | None) -> npt.NDArray[np.uint8]:
        """The frame of a step that has one, in an array of its own or in `out`."""
        assert view.frame is not None
        return view.frame.copy(out)

    def _data(self, view: SlotView, out: npt.NDArray[np.uint8] | None = None) -> dict[str, Any]:
        if len(view.values) != len(self._names):
            raise ProtocolError(f"expected {len(self._names)} values, got {len(view.values)}")
        data: dict[str, Any] = dict(zip(self._names, view.values, strict=True))
        for name, address in self._wide:
            data[name] = address.decode(data[name])
        if view.frame is not None:
            frame = self._frame(self._settled(view), out)
            self._shape = frame.shape
            data["frame"] = frame
        return data

    @property
    @abstractmethod
    def aspect_ratio(self) -> float:
        """Width by height of the picture as the machine's screen shows it, upright: often 4 / 3, whatever its pixels.

        Raises:
            StateError: The emulator was made without a screen.
        """

    def screenshot(self, *, aspect: bool = False) -> npt.NDArray[np.uint8]:
        """The whole picture as it was drawn last: uint8, (height, width, 3), RGB, upright, a copy. Runs no frame.

        With `aspect` it is scaled to the screen's `aspect_ratio`, for people to look at; otherwise it has the machine's
        own pixels, which may be no squares.

        It does not depend on what an `Observation` makes of it. Before the first frame it is black; a state that is
        loaded draws nothing, so that the picture from before stays until the next step.

        Raises:
            StateError: The emulator is closed, in the middle of a step, or was made without frames, so that it need
                not draw any.
        """
        child = self._require()
        child.check()
        if self._shape is None:
            raise StateError("this emulator was made without frames, so that nothing is drawn that could be shown")
        picture = self._screenshot(child)
        return with_square_pixels(picture, self.aspect_ratio) if aspect else picture

    def _screenshot(self, child: Child) -> npt.NDArray[np.uint8]:
        # Where it lies it stays until the next one is drawn: steps that draw nothing leave a slot's pixels alone.
        return np.zeros(self._picture_shape, np.uint8) if self._drawn is None else self._drawn.rgb()

    @property
    def frame_number(self) -> int:
        """How many frames the machine has run since it was switched on; a loaded state brings its own number."""
        return self._frame_number

    @property
    def frame_shape(self) -> tuple[int, int, int]:
        """The shape of a frame, (height, width, 3), or 1 if gray. Before the first step, what the machine promises.

        Raises:
            StateError: The emulator was made without a screen.
        """
        if self._shape is None:
            raise StateError("this emulator was made without a screen, so its frames have no shape")
        return self._shape

    @property
    def pid(self) -> int:
        """The process the emulator runs in."""
        return self._require().pid

    # --- publication ------------------------------------------------------------------------------------------------

    def _open_publisher(self, endpoint: str | Endpoint | None) -> None:
        """Binds `endpoint`, if one is given; before the child is started, because it may fail."""
        if endpoint is not None:
            # Only here, because ZeroMQ and Pillow take a while to import and most emulators publish nothing.
            from toolkit.publication import Publisher

            self._publisher = Publisher(endpoint)

    def _start_publisher(self, env_id: str, game_id: str, memory: SharedMemory, region: int, refresh: float) -> None:
        """From here on every step is published; `refresh` is the machine's frames per second, 0 if it has no screen."""
        if self._publisher is not None:
            self._publisher.start(
                memory,
                region,
                env_id=env_id,
                game_id=game_id,
                backend=self.backend,
                names=self._names,
                unsigned=[name for name, _ in self._wide],
                frame_ratio=self.frame_ratio,
                refresh=refresh,
            )

    @property
    def publish_endpoint(self) -> str | None:
        """Where this emulator publishes its steps, with the port that it got; None if it does not."""
        return None if self._publisher is None else self._publisher.endpoint

    @property
    def refresh_rate(self) -> float:
        """How many frames per second the published screen shows at the machine's own speed, in Hz; 0 without any."""
        return self._refresh

    # --- memory -----------------------------------------------------------------------------------------------------

    def read_memory(
        self, address: int | str, length: int, *, device: str = ":maincpu", space: str = "program"
    ) -> npt.NDArray[np.uint8]:
        """`length` bytes from `address` on, as the device sees them now: uint8, (length,), a copy.

        Reading a hardware register can have the effect that it has on the machine.

        Raises:
            ConfigError: No such device or space, or an address outside of it.
        """
        return memory.read(self._require(), address, length, device, space)

    def write_memory(
        self,
        address: int | str,
        data: bytes | Sequence[int] | npt.NDArray[np.uint8],
        *,
        device: str = ":maincpu",
        space: str = "program",
    ) -> None:
        """Writes bytes from `address` on, as if the device had.

        Raises:
            ConfigError: No such device or space, an address outside of it, or values that are no bytes.
        """
        memory.write(self._require(), address, data, device, space)

    # --- states -----------------------------------------------------------------------------------------------------

    @property
    def identity(self) -> str:
        """What a saved state must come from to be loadable here: the emulator with its version, and the game."""
        return self._identity

    def rom_files(self) -> list[Path]:
        """The files that the game may consist of, in the order in which they are looked for; not the emulator's own."""
        return []

    def save_state(self) -> bytes:
        """The whole machine as it is now. The same moment may give different bytes; compare frames and memory.

        Raises:
            StateError: The emulator could not save.
        """
        self._require()
        details, data = self._save()
        return pack_state(self._identity, self._frame_number, details, data)

    def load_state(self, state: bytes) -> None:
        """Puts the machine back to where `save_state` found it. Everything held is released.

        Raises:
            StateError: It is no state, is cut short, or comes from another machine or emulator.
        """
        complete(self.loading(state))

    def loading(self, state: bytes) -> Exchange[None]:
        """`load_state`, for who drives many emulators at once; see `toolkit.link.exchange`."""
        self._require()
        frame_number, details, raw = unpack_state(state, self._identity)
        yield from self._loading({**details, "frame_number": frame_number}, raw)
        self._frame_number = frame_number

    def reset(self) -> None:
        """Switches the machine off and on again: back to frame 0, as it was after construction."""
        self._require()
        self._restart()
        self._frame_number = 0
        self._drawn = None

    # --- the end ----------------------------------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def lost(self) -> bool:
        """Whether nothing but `close` can follow: it is closed, known to be gone or to hang, or was interrupted in the
        middle of a command."""
        return self._closed or self._child is None or self._child.lost

    @property
    def children(self) -> tuple[Child, ...]:
        """The process behind it, for who ends many at once; empty if there is none."""
        return () if self._child is None else (self._child,)

    def _give_up(self, error: BaseException) -> BaseException:
        """Closes it, for a constructor that failed; returns the error to raise."""
        self.close()
        limit = limit_error(error, "cannot start an emulator")
        if limit is None:
            return error
        limit.__cause__ = error
        return limit

    def close(self) -> None:
        """Ends the emulator's process and frees everything. Safe to call twice, and on a half-built object. After an
        interrupt (Ctrl-C) the second call does what the first one has left."""
        self._closed = True
        if self._released:
            return
        self._drawn = None
        try:
            if self._child is not None:
                self._child.close()
        finally:
            try:
                if self._publisher is not None:
                    self._publisher.close()
            finally:
                self._release()
        self._released = True

    def __del__(self) -> None:
        # The interpreter may be half gone; there is nobody left to tell.
        with contextlib.suppress(Exception):
            self.close()


def _listed(actions: Sequence[Action]) -> Sequence[Action]:
    if not isinstance(actions, Iterable) or isinstance(actions, Iterator):  # an iterator has been read once already
        raise ConfigError(f"step() takes a list of Actions, got {actions!r}")
    return actions
