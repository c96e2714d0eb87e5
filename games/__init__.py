"""Game packages: one folder per game, and homebrew for our own ROMs."""
