"""Our own ROMs for real arcade boards and consoles, with their sources: `rom_path("bout")` is the folder of one."""

from games.homebrew.roms import rom_names, rom_path

__all__ = ["rom_names", "rom_path"]
