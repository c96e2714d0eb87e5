"""Which size a picture has when its pixels are squares."""

import numpy as np
import pytest

from toolkit.emulator import Observation
from toolkit.emulator.aspect import square_pixels, with_square_pixels
from toolkit.errors import ConfigError


@pytest.mark.parametrize(
    ("picture", "aspect", "size"),
    [
        ((320, 240), 4 / 3, (320, 240)),
        ((256, 240), 4 / 3, (320, 240)),  # NES
        ((160, 210), 4 / 3, (280, 210)),  # Atari 2600
        ((384, 224), 4 / 3, (384, 288)),  # CPS3
        ((224, 288), 3 / 4, (224, 299)),  # an upright screen
        ((1552, 240), 4 / 3, (320, 240)),  # pong: far more pixels in a line than lines
        ((228, 1440), 3 / 4, (228, 304)),  # breakout, the same turned
        ((1, 1), 1000.0, (1, 1)),
    ],
)
def test_sizes(picture, aspect, size):
    assert square_pixels(*picture, aspect) == size
    width, height = picture
    assert with_square_pixels(np.zeros((height, width, 3), np.uint8), aspect).shape == (size[1], size[0], 3)


def test_observations():
    assert Observation(aspect=True).sized(256, 240, 4 / 3) == Observation(size=(320, 240))
    assert Observation(gray=True).sized(256, 240, 4 / 3) == Observation(gray=True)
    cut = Observation(aspect=True, crop=(10, 20, 128, 120))
    assert cut.sized(256, 240, 4 / 3) == Observation(crop=cut.crop, size=(160, 120))
    with pytest.raises(ConfigError, match="leave one of them out"):
        Observation(aspect=True, size=(84, 84))
