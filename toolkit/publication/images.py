"""Pictures as PNG or JPEG, for consumers on other hosts."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from toolkit.errors import ProtocolError
from toolkit.publication import wire


def decode(data: bytes, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The picture in a PNG or JPEG file: uint8, (height, width, 3), RGB, writable.

    Args:
        data: The file.
        size: The width and the height that it was announced with. Nothing is unpacked of a file of another size.

    Raises:
        ProtocolError: It is neither, or of another size.
    """
    try:
        if size[0] * size[1] > wire.MAX_PIXELS:
            raise ValueError(f"{size[0]}x{size[1]} pixels are more than any emulator has")
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if image.size != size or image.mode != "RGB":
                raise ValueError(f"{image.size} pixels, {image.mode}, where {size} in RGB were announced")
            return np.array(image)
    # Of a damaged file Pillow raises whatever comes up in its decoders: struct.error, zlib.error, IndexError, ...
    except Exception as error:
        raise ProtocolError(
            f"expected a PNG or JPEG picture, got {len(data)} bytes that are none: {str(error)[:200]!r}"
        ) from error
