"""`python -m toolkit.retro.scripts.import_path FOLDER...`: see `toolkit import-roms`."""

from __future__ import annotations

import sys

from toolkit.cli import main as toolkit


def main() -> int:
    """Imports the ROMs in the folders of the command line, by default the current one: 0, or 1 if none had any."""
    return min(toolkit(["import-roms", folder]) for folder in sys.argv[1:] or ["."])


if __name__ == "__main__":
    sys.exit(main())
