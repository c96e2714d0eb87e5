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
    """Means of the areas that `count` equal parts of the axis cover."""
    size = image.shape[axis]
    edges = np.arange(count + 1) * (size / count)
    weights = np.clip(
        np.minimum.outer(edges[1:], np.arange(1, size + 1)) - np.maximum.outer(edges[:-1], np.arange(size)), 0, 1
    )
    return np.moveaxis(np.tensordot(weights / weights.sum(1, keepdims=True), image, (1, axis)), 0, axis)
