"""The sound of a film, which stays with the picture however long the film is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

# Cores hand over their samples by the frame, or a few frames late. What is further off than this is not heard as one
# with the picture.
TOLERANCE: Final = 0.1


@dataclass(frozen=True)
class Sound:
    """Where a film's sound comes from.

    Args:
        rate: Samples per second, as the core says.
        take: The samples since it was called last: int16, (samples, 2), left and right.
    """

    rate: float
    take: Callable[[], Samples]


class SoundTrack:
    """Writes the sound of one frame after the other to a file: 16-bit, left and right, `rate` times per second.

    Of each frame there are as many samples as it lasts, more or less. A core that makes more or fewer of them than it
    promised would drift away from the picture: where it is off by `TOLERANCE`, silence is put in or samples are left
    out.

    Args:
        file: Where to write to.
        rate: Samples per second; a film has a whole number of them.
        frame_rate: Frames per second.
    """

    def __init__(self, file: IO[bytes], rate: float, frame_rate: float) -> None:
        self.rate = round(rate)
        self.heard = False
        self._file = file
        self._per_frame = self.rate / frame_rate
        self._slack = self.rate * TOLERANCE
        self._frames = 0
        self._written = 0

    def add(self, samples: Samples) -> None:
        """The sound of the next frame."""
        self._frames += 1
        self.heard = self.heard or len(samples) > 0
        due = round(self._frames * self._per_frame)
        if self._written + len(samples) > due + self._slack:
            samples = samples[: max(0, due - self._written)]
        self._write(samples)
        if self._written < due - self._slack:
            self._write(np.zeros((due - self._written, 2), np.int16))

    def finish(self) -> None:
        """Ends the sound where the last frame ends."""
        due = round(self._frames * self._per_frame)
        if self._written < due:
            self._write(np.zeros((due - self._written, 2), np.int16))
        self._file.flush()
        self._file.truncate(due * 4)

    def _write(self, samples: Samples) -> None:
        self._file.write(samples.astype("<i2", copy=False).tobytes())
        self._written += len(samples)
