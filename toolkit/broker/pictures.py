"""Pictures as PNG or JPEG, for consumers on other hosts."""

from __future__ import annotations

import io
import os
from typing import Final

from PIL import Image

from toolkit.broker.protocol import PIXELS

# The fastest compression: steps wait in a queue meanwhile.
PNG_LEVEL: Final = 1
JPEG_QUALITY: Final = 90


def read(memory: int, form: int, size: tuple[int, int]) -> bytes:
    """The pixels in the memory file: `size`, width and height, of the pixel format `form`."""
    pixel_size, _ = PIXELS[form]
    return os.pread(memory, pixel_size * size[0] * size[1], 0)


def encode(pixels: bytes, form: int, size: tuple[int, int], encoding: str) -> bytes:
    """`pixels` as a file of the format "png" (exact) or "jpeg" (smaller, not exact), always in colour."""
    _, mode = PIXELS[form]
    image = Image.frombytes("L" if mode == "L" else "RGB", size, pixels, "raw", mode)
    target = io.BytesIO()
    if encoding == "png":
        image.convert("RGB").save(target, "PNG", compress_level=PNG_LEVEL)
    else:
        image.convert("RGB").save(target, "JPEG", quality=JPEG_QUALITY)
    return target.getvalue()
