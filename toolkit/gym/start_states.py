"""States in which play begins, made once by going through the menus, for all emulators on the machine.

They lie in `$XDG_CACHE_HOME` (or `~/.cache`), in `coinop-toolkit/states/`, each in a file named after the game and a
hash of everything that it depends on.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import logging
import os
import threading
import time
import weakref
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from toolkit.environment import GameEnvironment, WaitUntil
from toolkit.files import read_file
from toolkit.limits import limits_named, reason
from toolkit.storage import cache_folder, make_private_folder, open_private, write_whole

logger = logging.getLogger(__name__)

MAGIC: Final = b"coinop-start 1\n"
# Bytes; the states of the largest machines have some tens of MB.
MAX_FILE: Final = 2**29
# Seconds. The way through the menus takes some of them, on a busy machine some tens; whoever holds a lock longer is
# stopped, or hangs.
LOCK_PATIENCE: Final = 120.0
LOCK_INTERVAL: Final = 0.02
# Options of emulators that change nothing in the machine.
HARMLESS: Final = frozenset(
    ("render", "throttle", "frame_skip", "sound", "debug", "binary_path", "screen", "observation", "publish_ram")
) | {"audio", "publish", "timeout", "start_timeout", "log_level"}


class StartState:
    """A state's bytes, which all environments of this process share."""

    def __init__(self, state: bytes) -> None:
        self.state = state


_shared: weakref.WeakValueDictionary[str, StartState] = weakref.WeakValueDictionary()
# One thread at a time looks for a state, and makes it if there is none.
_locks: dict[str, threading.Lock] = {}
os.register_at_fork(after_in_child=_locks.clear)
_digests: dict[tuple[str, int, int, int], str] = {}


def start_state(env: GameEnvironment, refused: StartState | None = None) -> StartState:
    """The state in which a new game of `env` begins. It may take as long as the menus. Where `env` is then is not
    said, so that the state has to be loaded in any case.

    Many threads and processes may ask at once: one makes it, the others wait for it. Where the cache cannot be used,
    each process makes its own.

    Args:
        env: An environment that was not started.
        refused: What this function returned before and `env` would not load. Then another one is made.

    Raises:
        SequenceStuck, ToolkitError: As from `env.start()`.
    """
    with limits_named(f"cannot look at the files of {env.game_id}"):
        key = fingerprint(env)
    path = folder() / f"{env.game_id}-{key[:32]}.state"
    with _locks.setdefault(key, threading.Lock()):
        found = _shared.get(key)
        if found is None or found is refused:
            found = _shared[key] = StartState(_find_or_make(env, path, key, refused))
        return found


def folder() -> Path:
    """Where the states are; it need not exist."""
    return cache_folder("states")


def _find_or_make(env: GameEnvironment, path: Path, key: str, refused: StartState | None) -> bytes:
    with contextlib.ExitStack() as stack:
        state, kept = None, True
        try:
            stack.enter_context(_locked(path))
            state = _read(path, key)
        except OSError as error:
            kept = False
            logger.warning(
                "start states cannot be kept in %s, so that this process makes its own: %s", path.parent, reason(error)
            )
        if state is not None and (refused is None or state != refused.state):
            return state
        if refused is not None:
            logger.warning("%s refused the start state %s, which is made again", env.env_id, path)
        if env.emulator.frame_number:
            env.power_cycle()
        env.prepare()
        state = env.save_state()
        logger.info("made the start state %s", path)
        if kept:
            try:
                write_whole(path, _head(key, state) + state)
            except OSError as error:
                logger.warning("the start state %s cannot be kept: %s", path, reason(error))
        return state


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    make_private_folder(path.parent)
    lock = path.with_suffix(".lock")
    with open(open_private(lock, os.O_WRONLY | os.O_APPEND), "ab") as file:
        _take(file, lock)
        try:
            yield
        finally:
            # A process that was forked meanwhile has the file open too.
            fcntl.flock(file, fcntl.LOCK_UN)


def _take(file: BinaryIO, path: Path) -> None:
    """Locks the file, when nobody else has it locked any more.

    Raises:
        TimeoutError: Somebody still has after `LOCK_PATIENCE` seconds: it is stopped, or hangs.
    """
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"another process holds {path} for {LOCK_PATIENCE:g} s; is it stopped?") from None
            time.sleep(LOCK_INTERVAL)


def _read(path: Path, key: str) -> bytes | None:
    try:
        raw = read_file(path, MAX_FILE)
    except FileNotFoundError:
        return None
    except OSError as error:
        logger.warning("the start state %s cannot be read; it is made again: %s", path, error.strerror or error)
        return None
    head = _head(key, raw[_HEAD_SIZE:])
    if raw[:_HEAD_SIZE] == head:
        return raw[_HEAD_SIZE:]
    logger.warning("the start state %s is damaged, or another game's; it is made again", path)
    return None


def _head(key: str, state: bytes) -> bytes:
    return MAGIC + f"{key} {zlib.crc32(state):08x}\n".encode()


_HEAD_SIZE: Final = len(_head(hashlib.sha256().hexdigest(), b""))


# --- what a state depends on ------------------------------------------------------------------------------------------


def fingerprint(env: GameEnvironment) -> str:
    """A hash of everything that a start state of `env` depends on: the game, its files, the emulator, the way there.

    The sequence through the menus says what was chosen in them, so that difficulties, characters and levels need not be
    listed anywhere.
    """
    emulator = env.emulator
    options = {name: value for name, value in env.emulator_options.items() if name not in HARMLESS}
    what = {
        "game": f"{type(env).__module__}.{type(env).__qualname__}",
        "emulator": [emulator.backend, emulator.identity],
        "frame_ratio": emulator.frame_ratio,
        "addresses": {name: repr(address) for name, address in env.addresses.items()},
        "saved": env.saved_attributes,
        "options": _plain(options),
        "files": [[path.name, _digest(path)] for path in emulator.rom_files()],
        "way": [
            [type(step).__name__, step.frames, step.name if isinstance(step, WaitUntil) else repr(step)]
            for step in env.start_sequence()
        ],
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """`value` without what depends on an order or a place in memory."""
    if isinstance(value, Mapping):
        return {str(name): _plain(entry) for name, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(entry) for entry in value]
    return repr(value)


def _digest(path: Path) -> str:
    status = path.stat()
    key = (str(path.resolve()), status.st_ino, status.st_size, status.st_mtime_ns)
    if key not in _digests:
        with path.open("rb") as file:
            _digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _digests[key]
