"""One emulator process behind its link: start, calls, steps, end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import time
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from toolkit.errors import (
    ConfigError,
    EmulatorExited,
    LaunchError,
    LimitError,
    ProtocolError,
    RomError,
    StateError,
    StepTimeout,
    ToolkitError,
    VersionMismatch,
)
from toolkit.limits import advised
from toolkit.link import layout
from toolkit.link.channel import Channel, PeerGone
from toolkit.link.ending import end_together, left_to_python, under_way_here
from toolkit.link.memory import SharedMemory, SlotView
from toolkit.link.process import EmulatorProcess

# What the child may complain about, and which error each becomes.
ERRORS: Final[dict[str, type[ToolkitError]]] = {
    "address": ConfigError,
    "input": ConfigError,
    "screen": ConfigError,
    "state": StateError,
    "protocol": ProtocolError,
    "version": VersionMismatch,
    "core": ConfigError,
    "option": ConfigError,
    "rom": RomError,
    "memory": LimitError,
    "file": StateError,
}
EXIT_PATIENCE: Final = 1.0

_open_channels: weakref.WeakSet[Channel] = weakref.WeakSet()


def _forget_channels() -> None:
    # A forked worker must not hold our end of the pipes: the emulators would outlive us.
    for channel in list(_open_channels):
        channel.close()


os.register_at_fork(after_in_child=_forget_channels)


def step_message(frames: int, inputs: Sequence[tuple[int, int]], buffer: int | None = None) -> bytes:
    """The command to run `frames` frames with `inputs` (index, value) held.

    With `buffer` the picture goes into that buffer of the slab instead of the slot; see docs/link.md.
    """
    if buffer is None:
        message = layout.STEP.pack(9 + 8 * len(inputs), layout.Command.STEP, frames, len(inputs))
    else:
        size = 13 + 8 * len(inputs)
        message = layout.STEP_INTO.pack(size, layout.Command.STEP_INTO, frames, buffer, len(inputs))
    for index, value in inputs:
        message += layout.STEP_INPUT.pack(index, value)
    return message


class Child:
    """A running emulator process that has said hello.

    Args:
        argv: The program and its arguments.
        cwd: The folder it runs in.
        env: Its environment; the link's own variable is added.
        output: The file for its stdout and stderr, None to leave them on ours.
        noise: Which lines of that say nothing.
        memory: The shared memory to publish into.
        region: Which region of it.
        pass_fds: Further descriptors that it inherits.
        start_timeout: Seconds until it must have said hello.
        timeout: Seconds until every later command must have been answered.

    Raises:
        LaunchError: It did not start, left, or did not say hello in time.
        VersionMismatch: It speaks another version of the link.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        output: Path | None,
        noise: re.Pattern[bytes] | None = None,
        memory: SharedMemory,
        region: int = 0,
        pass_fds: Sequence[int] = (),
        start_timeout: float,
        timeout: float,
    ) -> None:
        self.timeout = timeout
        self._memory = memory
        self._region = region
        self._broken: str | None = None
        self._busy = False
        # When the reply to what was begun must be there, and how long that was in all; None: nothing is begun.
        self._deadline: float | None = None
        self._limit = timeout
        self._owner = os.getpid()
        self._channel = Channel(memory.address(region), memory.owner)
        _open_channels.add(self._channel)
        try:
            command_fd, reply_fd = map(int, self._channel.child_fds)
            link = (
                f"version={layout.LINK_VERSION},command={command_fd},reply={reply_fd},"
                f"memory={memory.descriptor},offset={memory.offset(region)},size={memory.region_size}"
            )
            self._process = EmulatorProcess(
                argv,
                cwd=cwd,
                env={**env, layout.LINK_VARIABLE: link},
                pass_fds=(command_fd, reply_fd, *map(int, (memory.descriptor, *pass_fds))),
                output=output,
                noise=noise,
            )
            left_to_python.add(self)
            self._channel.child_has_started()
            self.hello = self._receive_hello(start_timeout)
        except BaseException:
            self._channel.close()
            if "_process" in self.__dict__:
                self.kill()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """Negative when a signal ended it; None while it runs, and where nobody can know."""
        return self._process.exit_code

    def _receive_hello(self, timeout: float) -> dict[str, Any]:
        try:
            kind, payload = self._channel.receive(timeout)
        except TimeoutError as error:
            raise LaunchError(
                f"the emulator said nothing within {timeout:g} s of its start; {self._process.words()}",
                self._process.argv,
                stderr=self._process.stderr(),
            ) from error
        except PeerGone as error:
            self._process.leaves(EXIT_PATIENCE)
            raise LaunchError(
                f"the emulator {self._process.describe_exit()} before it was ready; {self._process.words()}",
                self._process.argv,
                self._process.exit_code,
                self._process.stderr(),
            ) from error
        hello = self._unpack(kind, payload)
        if not isinstance(hello, dict) or hello.get("version") != layout.LINK_VERSION:
            raise VersionMismatch(f"expected a hello of link version {layout.LINK_VERSION}, got {payload[:200]!r}")
        return hello

    def _unpack(self, kind: int, payload: bytes) -> Any:
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError) as error:
            wrong = ProtocolError(f"expected JSON in a reply of kind {kind}, got {payload[:200]!r}")
            raise self._break(wrong) from error
        if kind == layout.Reply.RESULT:
            return answer
        if kind == layout.Reply.ERROR and isinstance(answer, dict):
            message = str(answer.get("message"))
            error_class = ERRORS.get(str(answer.get("kind")))
            if error_class is None:
                raise self._break(ProtocolError(f"the emulator's side of the link failed: {message}"))
            raise error_class(advised(message))
        raise self._break(ProtocolError(f"expected a result or an error, got a reply of kind {kind}"))

    def _break(self, error: ToolkitError) -> ToolkitError:
        """Notes that commands and replies may no longer match."""
        self._broken = str(error)
        return error

    def check(self) -> None:
        """Whether a command could be sent now: StateError if not."""
        self._check()

    def _check(self) -> None:
        if self._owner != os.getpid():
            raise StateError(
                "this emulator belongs to the process that made it; make one in each worker process, after the fork"
            )
        if self._busy:
            raise StateError("another thread is using this emulator; one at a time may")
        if self._broken is not None:
            raise StateError(f"this emulator can no longer be used: {self._broken}; close it and make a new one")
        if self._deadline is not None:
            raise StateError("a step was begun and not finished; finish it before anything else")

    def _check_quickly(self) -> None:
        # The same in fewer words, for the one case that is not rare; a forked process has no channel.
        if self._busy or self._broken is not None or self._deadline is not None or self._channel.send_fd < 0:
            self._check()

    def _begin(self, message: bytes, timeout: float | None) -> None:
        """Sends a command, if one could be sent now; `_finish` takes its reply."""
        self._check_quickly()
        self._limit = self.timeout if timeout is None else timeout
        self._busy = True
        try:
            self._channel.send(message, self._limit)
            self._deadline = time.monotonic() + self._limit
        except BaseException as error:
            self._fail(error)
        finally:
            self._busy = False

    def _begun(self) -> float:
        """The deadline of what was begun, if it can be finished."""
        if self._deadline is None:
            self._check()
            raise StateError("nothing was begun that could be finished")
        if self._channel.receive_fd < 0:
            self._check()
        return self._deadline

    def _finish(self) -> tuple[int, bytes]:
        deadline = self._begun()
        self._busy = True
        try:
            return self._channel.receive(max(0.0, deadline - time.monotonic()))
        except BaseException as error:
            self._fail(error)
        finally:
            self._busy = False
            self._deadline = None

    def _fail(self, error: BaseException) -> NoReturn:
        """What became of a command or its reply, as an error that says what to do."""
        if isinstance(error, PeerGone):
            self._raise_exited(error)
        if isinstance(error, TimeoutError):
            raise self._break(
                StepTimeout(
                    f"the emulator (process {self.pid}) is alive but did not answer within {self._limit:g} s; it may "
                    f"be stopped or the machine overloaded: close it, or give a longer timeout="
                )
            ) from error
        if isinstance(error, ProtocolError):
            raise self._break(error) from None
        if isinstance(error, OSError) and self._channel.receive_fd < 0:
            if not self._process.running:
                self._raise_exited(error)
            raise StateError("this emulator was closed in the middle of a call; make a new one") from error
        # Ctrl-C between a command and its reply: the next reply would be taken for that of the next command.
        self._broken = f"a command was interrupted by {type(error).__name__}"
        raise error

    @property
    def reply_fd(self) -> int:
        """Readable as soon as `finish_step` or `finish_call` need not wait; also when the child is gone."""
        return self._channel.receive_fd

    @property
    def deadline(self) -> float | None:
        """When what was begun must be finished, on the clock of `time.monotonic`; None if nothing is begun."""
        return self._deadline

    def _raise_exited(self, cause: Exception) -> NoReturn:
        self._process.leaves(EXIT_PATIENCE)
        stderr = self._process.stderr()
        error = EmulatorExited(
            f"the emulator (process {self.pid}) {self._process.describe_exit()}; "
            f"{self._process.words('the end of what it printed')}",
            self._process.exit_code,
            stderr,
        )
        self._broken = f"its process {self._process.describe_exit()}"
        raise error from cause

    def call(self, name: str, /, *, timeout: float | None = None, **arguments: Any) -> Any:
        """Runs the call `name` in the child and returns its result; a ToolkitError if the child refuses."""
        self.begin_call(name, timeout=timeout, **arguments)
        return self.finish_call()

    def begin_call(self, name: str, /, *, timeout: float | None = None, **arguments: Any) -> None:
        """The first half of `call`."""
        payload = json.dumps({"call": name, **arguments}).encode()
        self._begin(layout.MESSAGE_HEAD.pack(len(payload) + 1, layout.Command.CALL) + payload, timeout)

    def finish_call(self) -> Any:
        """The second half of `call`."""
        return self._unpack(*self._finish())

    def step(self, frames: int, inputs: Sequence[tuple[int, int]], timeout: float | None = None) -> SlotView:
        """Runs `frames` frames with `inputs` (index, value) held, and returns what was published after the last."""
        return self.settle(self.exchange(step_message(frames, inputs), timeout))

    def exchange(self, message: bytes, timeout: float | None = None) -> SlotView:
        """`step` with what `step_message` has made. Its pictures may still be in the making: see `settle`."""
        self._check_quickly()
        self._limit = self.timeout if timeout is None else timeout
        return self._view(*self._run(message, time.monotonic() + self._limit))

    def _run(self, message: bytes, deadline: float) -> tuple[int, int]:
        """Sends a step, unless it was begun before, and takes the reply to it: the slot and the frame number."""
        self._busy = True
        try:
            stepped = self._channel.step(message, max(0.0, deadline - time.monotonic()))
            if stepped is None:
                kind, payload = self._channel.receive(max(0.0, deadline - time.monotonic()))
        except BaseException as error:
            self._fail(error)
        finally:
            self._busy = False
            self._deadline = None
        if stepped is not None:
            return stepped
        if kind != layout.Reply.STEPPED or len(payload) != layout.STEPPED.size:
            self._refuse(kind, payload)
        slot, frame_number = layout.STEPPED.unpack(payload)
        return slot, frame_number

    def settle(self, view: SlotView) -> SlotView:
        """Waits until the pictures of the last step are complete, of which this is the view."""
        if view.early:
            if self._channel.receive_fd < 0:
                self._check()
            self._busy = True
            try:
                self._channel.settle(self._memory.address(self._region, view.slot), self._limit)
            except BaseException as error:
                self._fail(error)
            finally:
                self._busy = False
        return view

    def begin_step(self, message: bytes) -> None:
        """The first half of `exchange`: the child runs while the caller does something else."""
        self._begin(message, None)

    def finish_step(self) -> SlotView:
        """The second half of `exchange`: waits for the reply."""
        return self._view(*self._run(b"", self._begun()))

    def _view(self, slot: int, frame_number: int) -> SlotView:
        try:
            view = self._memory.read(self._region, slot)
        except ProtocolError as error:
            raise self._break(error) from None
        if view.frame_number != frame_number:
            raise self._break(ProtocolError(f"expected frame {frame_number} in slot {slot}, got {view.frame_number}"))
        return view

    def _refuse(self, kind: int, payload: bytes) -> NoReturn:
        """What came instead of the reply to a step, as an error."""
        if kind == layout.Reply.STEPPED:
            raise self._break(ProtocolError(f"expected 12 bytes of reply to a step, got {payload[:200]!r}"))
        self._unpack(kind, payload)
        raise self._break(ProtocolError(f"expected the reply to a step, got kind {kind}"))

    # --- the end; toolkit.link.ending says in which order -----------------------------------------------------------

    @property
    def ours(self) -> bool:
        """Whether this process made it; a fork has only a copy of the object."""
        return self._owner == os.getpid()

    @property
    def lost(self) -> bool:
        """Whether it can only be closed: it is known to be gone, missed a deadline or broke the protocol; or a command
        was begun whose reply nobody took."""
        return self._broken is not None or self._busy or self._deadline is not None

    @property
    def process(self) -> EmulatorProcess:
        return self._process

    def close(self) -> None:
        """Asks it to leave, and ends it if it does not. Safe to call twice, and from a forked process.

        While another thread waits for a reply it is ended at once, and that thread gets EmulatorExited. The same holds
        for a signal handler that closes it in the middle of a call.
        """
        end_together([self])

    def ask_to_leave(self) -> bool:
        """Sends `quit` and waits for nothing; whether it makes sense to wait now until it has left."""
        if self._busy:
            self._take_from_user()
            return False
        if self._broken is not None or self._channel.receive_fd < 0 or not self._process.running:
            return False
        payload = b'{"call": "quit"}'
        # If it cannot take that, it is late or gone, which shows.
        with contextlib.suppress(PeerGone, TimeoutError, ToolkitError, OSError):
            self._channel.send(layout.MESSAGE_HEAD.pack(len(payload) + 1, layout.Command.CALL) + payload, 0.0)
        return True

    def _take_from_user(self) -> None:
        """Ends it while a call is under way, and waits until that call has noticed: it still reads the pipe, whose
        descriptor must not become another file's before."""
        self._process.signal(signal.SIGKILL)
        if not under_way_here(self, _CALLS):
            deadline = time.monotonic() + EXIT_PATIENCE
            while self._busy and time.monotonic() < deadline:
                time.sleep(0.001)

    def hang_up(self) -> None:
        """Closes the pipes, the end of which also tells it to leave."""
        self._channel.close()

    def kill(self) -> None:
        """Ends it at once, without asking."""
        self._channel.close()
        self._process.kill()
        if self._broken is None:
            self._broken = "it was closed"
        left_to_python.discard(self)


# What waits for a reply, while a child is busy.
_CALLS: Final = frozenset(method.__code__ for method in (Child._begin, Child._finish, Child._run, Child.settle))
