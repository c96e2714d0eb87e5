"""Pictures in the shape that a screen gives them: most machines' pixels are no squares."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

# A side that is too short becomes at most so many times as long; beyond that the other becomes shorter.
MAX_STRETCH: Final = 2.0


def square_pixels(width: int, height: int, aspect_ratio: float) -> tuple[int, int]:
    """Width and height in which a picture of `width` x `height` pixels has the right shape on a display of today.

    The side that is too short is stretched, so that nothing is lost. Where that would be more than twofold (pong has
    1552 pixels in each of 240 lines), the other side shrinks instead.
    """
    right_width, right_height = max(1, round(height * aspect_ratio)), max(1, round(width / aspect_ratio))
    if right_width >= width:
        stretched, shrunk = (right_width, height), (width, right_height)
        stretch = right_width / width
    else:
        stretched, shrunk = (width, right_height), (right_width, height)
        stretch = right_height / height
    return stretched if stretch <= MAX_STRETCH else shrunk


def with_square_pixels(picture: npt.NDArray[np.uint8], aspect_ratio: float) -> npt.NDArray[np.uint8]:
    """The picture, uint8, (height, width, 3), in the size of `square_pixels`; a copy."""
    # Only here, because Pillow takes a while to import and most emulators make no such pictures.
    from PIL import Image

    size = square_pixels(picture.shape[1], picture.shape[0], aspect_ratio)
    return np.array(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))
