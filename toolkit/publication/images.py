"""Pictures as PNG or JPEG, for consumers on other hosts."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from toolkit.errors import ProtocolError

# The fastest compression: it is done between two steps of the emulator.
PNG_LEVEL: Final = 1
JPEG_QUALITY: Final = 90


def encode(rgb: npt.NDArray[np.uint8], encoding: str) -> bytes:
    """`rgb`, uint8, (height, width, 3), as a file of format "png" (exact) or "jpeg" (smaller, not exact)."""
    target = io.BytesIO()
    image = Image.fromarray(rgb)
    if encoding == "png":
        image.save(target, "PNG", compress_level=PNG_LEVEL)
    else:
        image.save(target, "JPEG", quality=JPEG_QUALITY)
    return target.getvalue()


def decode(data: bytes) -> npt.NDArray[np.uint8]:
    """The picture in a PNG or JPEG file: uint8, (height, width, 3), RGB, writable.

    Raises:
        ProtocolError: It is neither.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            return np.array(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ProtocolError(f"expected a PNG or JPEG picture, got {len(data)} bytes that are none: {error}") from error
