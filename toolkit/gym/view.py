"""What emulators do to frames, in Python, for those that cannot yet. To be removed with the last of them."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.emulator import BaseEmulator
from toolkit.errors import ConfigError
from toolkit.retro.observation import Observation

GRAY = (0.2125, 0.7154, 0.0721)


def offered(emulator: type[BaseEmulator]) -> bool:
    """Whether this kind of emulator takes `observation=`."""
    return "observation" in inspect.signature(emulator.__init__).parameters


def apply(view: Observation, frame: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """`frame`, uint8, (height, width, 3), as `view` says: uint8, (height, width, 1 or 3)."""
    if view.blend:
        raise ConfigError("maxpool is not offered on this emulator")
    image: npt.NDArray[Any] = frame
    if view.crop is not None:
        left, top, width, height = view.crop
        image = image[top : top + height, left : left + width]
    if view.gray:
        image = np.floor(image @ np.array(GRAY) + 0.5)[..., None]
    if view.size is not None:
        image = _scaled(_scaled(image.astype(np.float64), view.size[1], 0), view.size[0], 1)
    return np.clip(np.floor(image + 0.5), 0, 255).astype(np.uint8)


def _scaled(image: npt.NDArray[Any], count: int, axis: int) -> npt.NDArray[Any]:
    """Means of the areas that `count` equal parts of the axis cover.

    Not as a product of matrices: NumPy hands those to threads, which wait for each other on the emulators' cores.
    """
    image = np.moveaxis(image, axis, 0)
    size = len(image)
    edges = np.arange(count + 1) * (size / count)
    low, high = edges[:-1], edges[1:]
    first = np.floor(low).astype(int)
    means = np.zeros((count, *image.shape[1:]))
    for place in (first + offset for offset in range(int((np.ceil(high) - first).max()))):
        share = np.clip(np.minimum(high, place + 1) - np.maximum(low, place), 0, 1) * (count / size)
        means += share.reshape(-1, *[1] * (image.ndim - 1)) * image[np.minimum(place, size - 1)]
    return np.moveaxis(means, 0, axis)
