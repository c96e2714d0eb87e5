"""A window for people to watch, made of what Python itself brings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from toolkit.errors import ConfigError

MAGNIFY: Final = 3


class Window:
    """Shows pictures, one after the other; not faster or slower than they come.

    Raises:
        ConfigError: There is no display, or this Python has no tkinter.
    """

    _root: Any = None

    def __init__(self, title: str) -> None:
        try:
            import tkinter

            from PIL import ImageTk
        except ImportError as error:
            raise ConfigError(
                'render_mode="human" needs tkinter, which this Python lacks (on Debian: python3-tk and '
                f'python3-pil.imagetk); "rgb_array" does without: {error}'
            ) from error
        try:
            self._root = tkinter.Tk()
        except tkinter.TclError as error:
            raise ConfigError(f'render_mode="human" needs a display: {error}; "rgb_array" does without') from None
        self._photo = ImageTk.PhotoImage
        self._root.title(title)
        self._label = tkinter.Label(self._root)
        self._label.pack()
        self._root.protocol("WM_DELETE_WINDOW", self.close)

    def show(self, picture: Any) -> bool:
        """Shows uint8, (height, width, 3), RGB; whether the window is still open."""
        if self._root is None:
            return False
        image = Image.fromarray(picture)
        image = image.resize((image.width * MAGNIFY, image.height * MAGNIFY), Image.Resampling.NEAREST)
        # tkinter itself keeps no reference to it.
        self._shown = self._photo(image, master=self._root)
        self._label.configure(image=self._shown)
        self._root.update()
        return self._root is not None

    def close(self) -> None:
        """Safe to call twice."""
        root, self._root = self._root, None
        if root is not None:
            root.destroy()


def tiled(pictures: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """Pictures beside and below each other, in as many columns as rows, or one more: uint8, (height, width, 3)."""
    columns = math.ceil(math.sqrt(len(pictures)))
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    whole = np.zeros((-(-len(pictures) // columns) * height, columns * width, 3), np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        top, left = row * height, column * width
        whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return whole
