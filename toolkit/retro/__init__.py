"""Console games on libretro cores, and the integrations of gym-retro and stable-retro."""
