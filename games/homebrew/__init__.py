"""Our own ROMs for real arcade boards, with their sources: `rom_path("bout")` is a folder for MAME's -rompath."""

from games.homebrew.roms import rom_names, rom_path

__all__ = ["rom_names", "rom_path"]
