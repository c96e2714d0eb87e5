"""`toolkit watch`: the live values, speed and picture of publishing emulators."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Final, TextIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from toolkit.cli.text import printable
from toolkit.errors import ConfigError, FrameLost, Silence
from toolkit.limits import reason
from toolkit.publication import Subscriber, Update

HELP: Final = "show live values and speed of a publishing emulator, and save its picture"

# Seconds between two redraws on a terminal, and between two lines elsewhere.
TERMINAL_INTERVAL: Final = 0.25
LINE_INTERVAL: Final = 1.0
# Seconds over which the speed is averaged, and without a step until an emulator is called silent.
WINDOW: Final = 2.0
SILENT_AFTER: Final = 2.0
# Whatever the times of the steps are that a publisher tells.
MAX_POINTS: Final = 20_000
# Seconds that one attempt to get a picture may hold up the display.
PICTURE_PATIENCE: Final = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "endpoints",
        nargs="+",
        metavar="ENDPOINT",
        help="what the emulator got as publish=, such as ipc:///tmp/game.sock or tcp://127.0.0.1:5555",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=5.0,
        metavar="SECONDS",
        help="how long to wait for the first step, and for an emulator that left to come back (default: 5)",
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the current picture in this PNG file")
    parser.add_argument(
        "--every", type=_seconds, default=1.0, metavar="SECONDS", help="how often to save the picture (default: 1)"
    )
    ending = parser.add_mutually_exclusive_group()
    ending.add_argument("--count", type=_positive, metavar="N", help="end after N lines")
    ending.add_argument("--once", action="store_const", const=1, dest="count", help="the same as --count 1")


def run(args: argparse.Namespace) -> int:
    """Watches until Ctrl-C, which is the usual end, that of --count, or that of the emulators.

    Raises:
        Silence: No emulator was heard in time.
        FrameLost: It was, but its picture cannot be had.
        ConfigError: What is no endpoint, or a file that cannot be written.
        ProtocolError: What came is not what a publisher sends.
    """
    if args.save is not None and len(args.endpoints) > 1:
        raise ConfigError("--save takes one picture: give it one endpoint")
    if args.save is not None and not args.save.absolute().parent.is_dir():
        raise ConfigError(f"cannot save {args.save}: there is no folder {args.save.absolute().parent}")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names come from elsewhere, and not every terminal can show them.
        sys.stdout.reconfigure(errors="replace")
    screen = Screen(sys.stdout)
    try:
        with Subscriber(args.endpoints, frames=args.save is not None) as subscriber:
            _watch(subscriber, args, screen)
    except KeyboardInterrupt:
        pass
    finally:
        screen.end()
    return 0


def _watch(subscriber: Subscriber, args: argparse.Namespace, screen: Screen) -> None:
    meters: dict[str, Meter] = {}
    picture = None if args.save is None else PictureFile(args.save, args.every)
    _note(meters, [subscriber.receive(args.timeout)])
    started = heard = time.monotonic()
    due, shown = started + min(LINE_INTERVAL, 2 * screen.interval), 0
    while True:
        try:
            _note(meters, subscriber.drain(max(0.0, due - time.monotonic())))
            heard = time.monotonic()
        except Silence:
            if subscriber.gone and time.monotonic() - heard > args.timeout:
                print("the emulator is gone", file=sys.stderr)
                return
        if time.monotonic() < due:
            continue
        if picture is not None:
            newest = picture.update(subscriber, next(iter(meters.values())).last)
            _note(meters, [newest] if newest is not None else [])
            if picture.problem is not None and time.monotonic() - started > args.timeout:
                raise picture.problem
        screen.show([meter.lines() for meter in meters.values()])
        shown += 1
        if args.count is not None and shown >= args.count and (picture is None or picture.saved):
            return
        due = max(due + screen.interval, time.monotonic())


def _note(meters: dict[str, Meter], updates: list[Update]) -> None:
    for update in updates:
        meters.setdefault(update.endpoint, Meter()).add(update)


class Meter:
    """The newest step of one emulator, and its speed."""

    last: Update

    def __init__(self) -> None:
        # Time by the publisher's clock, frames and steps so far.
        self._points: deque[tuple[float, int, int]] = deque(maxlen=MAX_POINTS)
        self._heard = 0.0

    def add(self, update: Update) -> None:
        self._heard = time.monotonic()
        frames = steps = 0
        if self._points:
            _, frames, steps = self._points[-1]
            if update.sequence <= self.last.sequence or update.time < self.last.time:
                # Another publisher has taken the place, or the clock was set.
                self._points.clear()
            else:
                # A loaded state brings an older number with it; the few frames around it go uncounted.
                frames += max(0, update.frame_number - self.last.frame_number)
                steps += (update.sequence - self.last.sequence) // 2
        self._points.append((update.time, frames, steps))
        while self._points[-1][0] - self._points[0][0] > WINDOW:
            self._points.popleft()
        self.last = update

    def speed(self) -> str:
        silent = time.monotonic() - self._heard
        if silent > SILENT_AFTER:
            return f"silent for {silent:.0f} s"
        (start, first_frame, first_step), (end, last_frame, last_step) = self._points[0], self._points[-1]
        if end <= start:
            return "one step so far"
        frames, steps = (last_frame - first_frame) / (end - start), (last_step - first_step) / (end - start)
        text = f"{frames:.1f} frames/s  {steps:.1f} steps/s"
        if self.last.refresh > 0:
            text += f"  {100 * frames / self.last.refresh:.0f} % of real time"
        return text

    def lines(self) -> list[str]:
        """The first line says who and how fast, the others one value each."""
        last = self.last
        head = f"{last.env_id} ({last.game_id})  frame {last.frame_number}  {self.speed()}"
        return [printable(line) for line in (head, *(f"{name}={value}" for name, value in last.values.items()))]


class PictureFile:
    """A PNG file that is replaced whole, so that whoever reads it never sees half of a picture."""

    def __init__(self, path: Path, every: float) -> None:
        self.saved = 0
        self.problem: FrameLost | None = None
        self._path = path
        self._every = every
        self._due = 0.0

    def update(self, subscriber: Subscriber, last: Update) -> Update | None:
        """Saves the picture of `last`, or of a newer step, which is returned, if it is time to."""
        if time.monotonic() < self._due:
            return None
        newest = None
        try:
            try:
                frame = last.frame()
            except FrameLost:
                newest, frame = subscriber.snapshot(PICTURE_PATIENCE)
        except Silence:
            return None
        except FrameLost as error:
            self.problem = error
            return None
        self._write(frame)
        self.problem = None
        self.saved += 1
        self._due = time.monotonic() + self._every
        return newest

    def _write(self, frame: npt.NDArray[np.uint8]) -> None:
        name = None
        try:
            with tempfile.NamedTemporaryFile(dir=self._path.absolute().parent, prefix=".watch-", delete=False) as file:
                name = file.name
                Image.fromarray(frame).save(file, "PNG")
            os.chmod(name, 0o644)
            os.replace(name, self._path)
            name = None
        except OSError as error:
            raise ConfigError(f"cannot save {self._path}: {reason(error)}") from error
        finally:
            if name is not None:
                Path(name).unlink(missing_ok=True)


class Screen:
    """Where the lines go: redrawn in place on a terminal, one line for each emulator elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._drawn = 0
        self.interval = TERMINAL_INTERVAL if self._terminal else LINE_INTERVAL

    def show(self, blocks: list[list[str]]) -> None:
        if not self._terminal:
            for block in blocks:
                print("  ".join(block), file=self._stream)
        else:
            width, height = shutil.get_terminal_size()
            lines = [line if i == 0 else f"  {line}" for block in blocks for i, line in enumerate(block)]
            if len(lines) > height - 1:
                lines = [*lines[: height - 2], "  ..."]
            # Up to where the last block began; clear the rest of each line, and of the screen.
            up = f"\x1b[{self._drawn}A" if self._drawn else ""
            self._stream.write(f"\r{up}" + "".join(f"{line[: width - 1]}\x1b[K\n" for line in lines) + "\x1b[J")
            self._drawn = len(lines)
        self._stream.flush()

    def end(self) -> None:
        """Leaves what is shown, with the cursor in the column where the next output belongs."""
        if self._drawn:
            # The terminal has echoed ^C there.
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"a number of seconds above 0, not {text}")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"a number from 1, not {text}")
    return value
