"""What a publisher and its broker agree on, and the topics that subscribers see.

They are of one version: the publisher starts its broker from the same installation. Between them is one pair of
SOCK_SEQPACKET sockets, and a memory file for one picture.

The publisher sends one message for each step: `PREFIX`, then the second part of the step's message as subscribers get
it. The broker sends notes of one byte. After `PICTURE` the publisher writes the pixels of one step to the memory file,
and says so in the prefix; the broker asks for the next one when it has done with that. So a picture is of one piece,
however late the broker comes to it.
"""

from __future__ import annotations

import json
import os
import struct
from dataclasses import asdict, dataclass
from typing import Final

ABOUT: Final = b"about"
STEP: Final = b"step"
# One topic per picture format, named like its media type.
IMAGES: Final = {"png": b"image/png", "jpeg": b"image/jpeg"}

# The pixel format of the picture in the memory file, its width and its height; all 0: this step's is not there.
PREFIX: Final = struct.Struct("<III")
NOBODY, SOMEBODY, PICTURE = b"n", b"s", b"p"
"""Notes: nobody is subscribed to steps or pictures; somebody is; a picture is to be sent along."""
# Bytes of the longest part of a message; a subscriber takes no longer one, and disconnects.
MAX_PART: Final = 2**25
# The exit code of a broker whose subscribers ask for too much.
FLOODED: Final = 3
# Bytes a pixel and Pillow's name, by the pixel formats of docs/link.md.
PIXELS: Final = {1: (4, "BGRX"), 2: (3, "RGB"), 3: (1, "L")}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a broker is started with.

    Args:
        endpoint: Where `listener` listens.
        listener, channel, picture: Inherited descriptors: the listening socket, the pair's other end, the memory file.
        about: The announcement, as it is sent.
        about_interval: Seconds between two announcements.
        image_rate: How many pictures are encoded per second at most.
        image_share: Which part of the time is spent on it at most.
    """

    endpoint: str
    listener: int
    channel: int
    picture: int
    about: str
    about_interval: float
    image_rate: float
    image_share: float

    def write(self) -> int:
        """A new memory file with all of it, not inherited by default; the caller closes it."""
        descriptor = os.memfd_create("toolkit-broker", os.MFD_CLOEXEC)
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.write(json.dumps(asdict(self)).encode())
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    @classmethod
    def read(cls, descriptor: int) -> Settings:
        """What `write` has written; closes the descriptor."""
        with open(descriptor, "rb") as file:
            file.seek(0)
            return cls(**json.loads(file.read()))
