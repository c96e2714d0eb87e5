"""Pictures as PNG or JPEG, for consumers on other hosts."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from toolkit.errors import ProtocolError


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
