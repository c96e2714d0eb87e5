"""Checks of integrations, as stable-retro's module of that name has them."""
