"""From the whole picture that a child has published to the frame that somebody wants, in one pass, by C.

The work is done by native_shim/library, which is built with the package; without it (there was no C compiler) plain RGB
frames are made by numpy, and others cannot be made.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from toolkit.errors import ConfigError, ProtocolError
from toolkit.link import native

Pixels = npt.NDArray[np.uint8]


class _View(ctypes.Structure):
    """`struct toolkit_view` of native_shim/library/render.c."""

    _fields_ = tuple((name, ctypes.c_uint32) for name in ("gray", "x", "y", "width", "height", "to_width", "to_height"))


@functools.cache
def load() -> Callable[..., int] | str:
    """The C function, or why it is not there."""
    address, number = ctypes.c_void_p, ctypes.c_uint32
    found: Callable[..., int] | str = native.function(
        "toolkit_render", ctypes.c_int, ctypes.POINTER(_View), address, address, number, number, address
    )
    return found


def target(out: Pixels | None, shape: tuple[int, ...]) -> Pixels:
    """`out`, if a frame of `shape` can be written into it, or a new array where it is None.

    Raises:
        ConfigError: It is no array of that shape, of uint8, contiguous, that can be written.
    """
    if out is None:
        return np.empty(shape, np.uint8)
    if not isinstance(out, np.ndarray) or out.dtype != np.uint8 or out.shape != shape:
        what = f"{out.dtype} {out.shape}" if isinstance(out, np.ndarray) else repr(out)
        raise ConfigError(f"out must be a uint8 array of the frame's shape {shape}, got {what}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ConfigError("out must be contiguous and writable")
    return out


class Renderer:
    """Makes frames of pictures. Many threads may use one at a time; while it works the interpreter is free.

    Args:
        gray: 0.2125 red + 0.7154 green + 0.0721 blue, cut off, instead of RGB.
        crop: The part to show, (x, y, width, height); what lies outside of the picture is black.
        size: What that is scaled to, (width, height): each pixel is the mean of the area that it covers.
        blend: There will be a picture before, too; each colour is then the brighter one of the two.

    Raises:
        ConfigError: This is more than plain RGB, and the library is missing.
    """

    def __init__(
        self,
        *,
        gray: bool = False,
        crop: tuple[int, int, int, int] | None = None,
        size: tuple[int, int] | None = None,
        blend: bool = False,
    ) -> None:
        self._crop, self._size = crop, size
        self._depth = 1 if gray else 3
        self._view = _View(gray, *(crop or (0, 0, 0, 0)), *(size or (0, 0)))
        problem = load()
        if isinstance(problem, str) and (gray or crop or size or blend):
            raise ConfigError(
                f"frames that are gray, cut, scaled or blended need a library that is not there ({problem}), because "
                f"there was no C compiler when this package was installed: install one (on Debian: apt-get install gcc "
                f"libc6-dev), then install this package again (in its repository: make native)"
            )

    def shape(self, height: int, width: int) -> tuple[int, int, int]:
        """The shape of a frame, (height, width, channels), made of a picture of that size."""
        if self._size is not None:
            width, height = self._size
        elif self._crop is not None:
            width, height = self._crop[2:]
        return height, width, self._depth

    def render(self, picture: Pixels, before: Pixels | None = None, out: Pixels | None = None) -> Pixels:
        """The frame: uint8, (height, width, 1) if gray, otherwise RGB, (height, width, 3); contiguous.

        Args:
            picture: (height, width, 4): blue, green, red, anything.
            before: The picture before it, to be blended with; one of another size is left out.
            out: Where to write the frame, of its shape; by default into an array of its own.

        Raises:
            ConfigError: `out` does not fit.
            ProtocolError: The picture has no 4 bytes a pixel.
        """
        if picture.ndim != 3 or picture.shape[2] != 4:
            raise ProtocolError(f"expected a picture with 4 bytes a pixel, got the shape {picture.shape}")
        height, width = picture.shape[:2]
        result = target(out, self.shape(height, width))
        function = load()
        if isinstance(function, str):
            # Three strided copies take a quarter of the time of one with a negative step.
            for colour in range(3):
                result[..., colour] = picture[..., 2 - colour]
            return result
        picture = np.ascontiguousarray(picture)
        older = None
        if before is not None and before.shape == picture.shape:
            before = np.ascontiguousarray(before)
            older = before.ctypes.data
        if function(self._view, picture.ctypes.data, older, width, height, result.ctypes.data) < 0:
            raise MemoryError(f"no memory for a frame of a picture of {width}x{height} pixels")
        return result
