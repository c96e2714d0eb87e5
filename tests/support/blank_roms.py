"""ROM sets full of zeros: MAME starts any machine with them and merely warns about the checksums."""

from __future__ import annotations

import functools
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from toolkit.mame.binary import find_binary, headless_environment


@functools.cache
def _machines(game_id: str) -> list[ElementTree.Element]:
    listing = subprocess.run(
        [find_binary(), "-listxml", game_id], capture_output=True, check=True, env=headless_environment()
    )
    return ElementTree.fromstring(listing.stdout).findall("machine")


def blank_roms(folder: Path, game_id: str) -> Path:
    """Writes the set of `game_id`, and those of the devices it contains, into `folder`."""
    for machine in _machines(game_id):
        roms = [rom for rom in machine.findall("rom") if rom.get("status") != "nodump"]
        # A device's own ROMs lie in a set of its own; those of a parent are looked for in ours first.
        if roms:
            with zipfile.ZipFile(folder / f"{machine.get('name')}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                for rom in roms:
                    archive.writestr(rom.get("name", ""), bytes(int(rom.get("size", "0"))))
    return folder
