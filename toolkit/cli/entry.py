"""Finds the command that was asked for, runs it, and turns how it ended into an exit status.

0: it worked. 1: it did not, and a message on stderr says why. 2: the arguments are wrong. 130: Ctrl-C.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Final, NoReturn

from toolkit import __version__
from toolkit.cli.streams import open_standard_streams
from toolkit.cli.text import make_warnings_printable, say
from toolkit.errors import ToolkitError

# Each command is a module with HELP, add_arguments(parser) and run(args). Only the module of the command that was
# asked for is imported, and it imports what it needs when it runs: `toolkit --help` is instant.
COMMANDS: Final = {
    "demo": ("demo", "watch a random agent fight, and get a film of it; needs no ROM of yours"),
    "doctor": ("doctor", "check what is installed, and say what to do about what is missing"),
    "list-games": ("list_games", "find the name of a machine"),
    "list-actions": ("list_actions", "show what can be pressed on a machine"),
    "list-slots": ("list_slots", "show what can be plugged into a machine"),
    "play": ("play", "play a game yourself, in a window"),
    "watch": ("watch", "watch a running emulator that publishes"),
    "list-cores": ("list_cores", "show which libretro cores are here"),
    "import-roms": ("import_roms", "give the console games their ROMs, recognized by hash"),
    "replay": ("replay", "play a recorded movie back, and compare every frame"),
    "render": ("render", "turn a recorded movie into an MP4 or a GIF"),
    "bench": ("bench", "measure speed"),
}
EXIT_ERROR: Final = 1
EXIT_INTERRUPTED: Final = 128 + signal.SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line `arguments`, those of this process by default; returns the exit status."""
    open_standard_streams()
    make_warnings_printable()
    given = list(sys.argv[1:] if arguments is None else arguments)
    args = _parser(next((word for word in given if not word.startswith("-")), None)).parse_args(given)
    debug: bool = getattr(args, "debug", False)
    # Without this, a terminated command would not end its emulators nor remove its folders.
    previous = signal.signal(signal.SIGTERM, _terminated)
    try:
        status: int = args.run(args)
        sys.stdout.flush()
        return status
    except ToolkitError as error:
        if debug:
            raise
        say(f"toolkit: {error}", sys.stderr)
        return EXIT_ERROR
    except KeyboardInterrupt:
        if debug:
            raise
        print("\ntoolkit: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # `toolkit list-games | head`: nobody reads on. Python would complain when it flushes stdout at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_ERROR
    finally:
        signal.signal(signal.SIGTERM, previous)


def _parser(command: str | None) -> argparse.ArgumentParser:
    """The parser, complete only for `command`: of the others it knows the names."""
    parser = argparse.ArgumentParser(
        prog="toolkit",
        formatter_class=functools.partial(argparse.HelpFormatter, max_help_position=18),
        description="Any emulated game as a reinforcement-learning environment.",
        epilog="toolkit COMMAND --help tells more of a command.",
    )
    _add_debug(parser)
    parser.add_argument("--version", action="version", version=f"coinop-toolkit {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (module_name, summary) in COMMANDS.items():
        if name != command:
            commands.add_parser(name, help=summary)
            continue
        module = importlib.import_module(f"toolkit.cli.{module_name}")
        text = module.HELP[0].upper() + module.HELP[1:]
        chosen = commands.add_parser(
            name,
            help=summary,
            description=text if "\n" in text else f"{text}.",
            formatter_class=argparse.RawDescriptionHelpFormatter if "\n" in text else argparse.HelpFormatter,
        )
        module.add_arguments(chosen)
        _add_debug(chosen)
        chosen.set_defaults(run=module.run)
    return parser


def _add_debug(parser: argparse.ArgumentParser) -> None:
    # Before the command or after it: the default is no attribute, so that neither place overrides the other.
    parser.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="show where in the program an error comes from"
    )


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
