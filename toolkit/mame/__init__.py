"""Everything that knows MAME: where it is, how it is started, what it says."""
