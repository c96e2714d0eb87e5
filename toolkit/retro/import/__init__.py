"""`python -m toolkit.retro.import FOLDER...`: see `toolkit import-roms`."""
