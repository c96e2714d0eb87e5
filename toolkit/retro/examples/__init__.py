"""Small programs, some of which have parts to use; stable-retro's of the same names."""
