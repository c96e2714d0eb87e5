"""The `toolkit` command."""

from toolkit.cli.entry import main

__all__ = ["main"]
