"""Commands under the names that stable-retro's have; each is a command of `toolkit`."""
