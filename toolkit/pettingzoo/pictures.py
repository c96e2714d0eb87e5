"""From a game's frame to what an agent sees of it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from toolkit.errors import ConfigError
from toolkit.retro.observation import Observation

Picture = npt.NDArray[np.uint8]

# 0.2125, 0.7154 and 0.0721 in whole numbers, as in native_shim/src/pixels.h.
GRAY: Final = np.round(np.array([0.2125, 0.7154, 0.0721]) * 2**15).astype(np.uint32)


def prepare(frame: Picture, view: Observation) -> Picture:
    """Cuts, turns to gray and scales, as the libretro frontend does; a mean of exactly half may come out one off.

    Args:
        frame: uint8, (height, width, 3), RGB.
        view: What to do; `blend` and `zero_filled` are not looked at.

    Returns:
        uint8, (height, width, 1) if gray, otherwise (height, width, 3); may be `frame`, or a part of it.

    Raises:
        ConfigError: The part to cut lies outside of the frame.
    """
    if view.crop is not None:
        x, y, width, height = view.crop
        if x + width > frame.shape[1] or y + height > frame.shape[0]:
            raise ConfigError(f"crop {view.crop} lies outside of a picture of {frame.shape[1]}x{frame.shape[0]}")
        frame = frame[y : y + height, x : x + width]
    if view.gray:
        frame = ((frame @ GRAY + 2**14) >> 15).astype(np.uint8)[..., None]
    if view.size is not None and view.size != (frame.shape[1], frame.shape[0]):
        width, height = view.size
        scaled = _means(_means(frame, height).swapaxes(0, 1), width).swapaxes(0, 1)
        frame = np.rint(scaled).astype(np.uint8)
    return frame


def _means(picture: npt.NDArray[Any], target: int) -> npt.NDArray[np.float32]:
    """`picture`, (source, ...), as (target, ...): the mean of what each of `target` equal parts covers.

    Not as a product of matrices: NumPy hands those to threads, which wait for each other on the emulator's cores.
    """
    source = len(picture)
    edges = np.arange(target + 1) * source / target
    low, high = edges[:-1], edges[1:]
    first = np.floor(low).astype(int)
    means = np.zeros((target, *picture.shape[1:]), np.float32)
    for index in (first + offset for offset in range(int((np.ceil(high) - first).max()))):
        share = np.clip(np.minimum(high, index + 1) - np.maximum(low, index), 0, None) * (target / source)
        means += (
            share.astype(np.float32).reshape(-1, *[1] * (picture.ndim - 1)) * picture[np.minimum(index, source - 1)]
        )
    return means
