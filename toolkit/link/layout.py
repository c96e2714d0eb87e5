"""The numbers of the link: message kinds, and where what lies in shared memory. docs/link.md says it in words.

Version history:
    1  first version.
"""

from __future__ import annotations

import enum
import struct
from typing import Final

LINK_VERSION: Final = 1
LINK_VARIABLE: Final = "TOOLKIT_LINK"
MAGIC: Final = b"COINLINK"


class Command(enum.IntEnum):
    """First byte of a message from the parent."""

    STEP = 1
    CALL = 2
    STEP_INTO = 3


class Reply(enum.IntEnum):
    """First byte of a message from the child."""

    STEPPED = 1
    RESULT = 2
    ERROR = 3


class PixelFormat(enum.IntEnum):
    """How the pixels of a slot are to be read."""

    NONE = 0
    BGRX = 1
    RGB24 = 2
    GRAY8 = 3


# Bytes a pixel; formats that a child uses only when it was asked for them.
PIXEL_SIZE: Final = {PixelFormat.BGRX: 4, PixelFormat.RGB24: 3, PixelFormat.GRAY8: 1}

# magic, version, header size, slot count, slot size, value capacity, pixel offset, pixel capacity, memory offset,
# published
HEADER: Final = struct.Struct("<8sIIIIIIIIQ")
# sequence, frame number, width, height, stride, pixel format, value count, flags, memory size
SLOT: Final = struct.Struct("<QQIIIIIIQ")
# The same: its two numbers, and the rest as it is.
SLOT_NUMBERS: Final = struct.Struct("<QQ32s")
# In the flags: behind the frame's pixels lie those of the frame before it.
FLAG_BEFORE: Final = 1
PUBLISHED: Final = struct.Struct("<Q")
PUBLISHED_OFFSET: Final = 40
HEADER_SIZE: Final = 4096
# Where in a region the letter boxes are: of the child, for commands, and of the parent.
MAIL_COMMANDS: Final = 256
MAIL_REPLIES: Final = 512

# Nothing that is sent comes near it: a larger length is garbage, which the other side would wait for in vain.
MAX_MESSAGE: Final = 2**28

MESSAGE_HEAD: Final = struct.Struct("<IB")
STEP: Final = struct.Struct("<IBII")
STEP_INTO: Final = struct.Struct("<IBIII")
STEP_INPUT: Final = struct.Struct("<Ii")
STEPPED: Final = struct.Struct("<IQ")
