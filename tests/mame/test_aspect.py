"""The shape of the machines' screens, whatever their pixels."""

import numpy as np
import pytest

from toolkit.emulator import Emulator, Observation
from toolkit.errors import StateError

# Shape of the picture, aspect ratio, shape with square pixels: a screen of 4:3, one that stands upright, an LCD.
SCREENS = {
    "pong": ((240, 1552), 4 / 3, (240, 320)),
    "breakout": ((1440, 228), 3 / 4, (304, 228)),
    "pacman": ((288, 224), 3 / 4, (299, 224)),
    "gameboy": ((144, 160), 10 / 9, (144, 160)),
}


@pytest.mark.parametrize("game", SCREENS)
def test_aspect(mame, blank_roms, game):
    picture, aspect, shown = SCREENS[game]
    roms = blank_roms(mame, game) if game in ("pacman", "gameboy") else []
    with Emulator("a", roms, game, {}, observation=Observation(aspect=True, gray=True), binary_path=mame) as emulator:
        assert emulator.aspect_ratio == pytest.approx(aspect)
        for _ in range(2):
            frame = emulator.step()["frame"]
        assert frame.shape == emulator.frame_shape == (*shown, 1)
        assert emulator.screenshot().shape == (*picture, 3)
        seen = emulator.screenshot(aspect=True)
        assert seen.shape == (*shown, 3)
        assert seen.flags.owndata
        assert abs(float(np.mean(seen)) - float(np.mean(emulator.screenshot()))) < 10


def test_without_a_screen(mame):
    with Emulator("a", [], "pong", {}, screen=None, binary_path=mame) as emulator:
        with pytest.raises(StateError, match="without a screen"):
            _ = emulator.aspect_ratio
        with pytest.raises(StateError, match="without frames"):
            emulator.screenshot(aspect=True)
