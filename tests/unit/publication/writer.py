"""Stands for an emulator: writes slots into the real shared memory, as docs/link.md says, and publishes them."""

import struct
import time

import numpy as np

from toolkit.errors import Silence
from toolkit.link import PixelFormat, SharedMemory, layout
from toolkit.publication import Publisher


class Writer:
    def __init__(self, endpoint, names=(), unsigned=(), **about):
        self.memory = SharedMemory(pixel_capacity=64 * 64 * 4)
        self.published = 0
        self.publisher = None
        try:
            self.publisher = Publisher(endpoint)
            described = {"env_id": "env0", "game_id": "pong", "backend": "fake", "frame_ratio": 3, "refresh": 60.0}
            self.publisher.start(self.memory, 0, names=names, unsigned=unsigned, **{**described, **about})
        except BaseException:
            self.close()
            raise

    @property
    def endpoint(self):
        return self.publisher.endpoint

    def step(self, frame_number=None, values=(), pixels=None):
        """Writes and publishes one slot. `pixels` is BGRX, uint8, (height, width, 4); None is no picture."""
        slot = self.write(self.published + 1 if frame_number is None else frame_number, values, pixels)
        view = self.memory.read(0, slot)
        self.publisher.step(view)
        return view

    def write(self, frame_number, values=(), pixels=None, *, finish=True):
        """Writes one slot without publishing it; with `finish=False` it is left as if the writer were in the middle."""
        self.published += 1
        slot = self.published % self.memory.slots
        at = self.memory.offset(0) + layout.HEADER_SIZE + slot * self.memory.slot_size
        buffer, sequence = self.memory._map, 2 * self.published
        height, width = (0, 0) if pixels is None else pixels.shape[:2]
        kind = PixelFormat.NONE if pixels is None else PixelFormat.BGRX
        head = (sequence - 1, frame_number, width, height, 4 * width, kind, len(values), 0, 0)
        layout.SLOT.pack_into(buffer, at, *head)
        struct.pack_into(f"<{len(values)}q", buffer, at + layout.SLOT.size, *values)
        if pixels is not None:
            start = at + self.memory.pixel_offset
            buffer[start : start + pixels.size] = pixels.tobytes()
        if finish:
            struct.pack_into("<Q", buffer, at, sequence)
        return slot

    def step_until_heard(self, *subscribers):
        """Steps without a picture until every subscriber has heard something, and nothing more is on its way."""
        deadline = time.monotonic() + 10
        for subscriber in subscribers:
            while True:
                assert time.monotonic() < deadline, "never heard"
                last = self.step(values=(0,) * len(self.publisher._about.names))
                try:
                    while subscriber.receive(0.05).sequence != last.sequence:
                        pass
                    break
                except Silence:
                    continue
        for subscriber in subscribers[:-1]:
            while subscriber.receive(1).sequence != last.sequence:
                pass

    def close(self):
        if self.publisher is not None:
            self.publisher.close()
        self.memory.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def gray(value, height=4, width=6):
    return np.full((height, width, 4), value, np.uint8)
