"""The link to one emulator process: two pipes and a block of shared memory. Specified in docs/link.md."""

from toolkit.link.child import Child
from toolkit.link.exchange import Exchange, complete
from toolkit.link.layout import LINK_VERSION, PixelFormat
from toolkit.link.memory import FrameView, SharedMemory, SlotView
from toolkit.link.slab import Slab

__all__ = [
    "LINK_VERSION",
    "Child",
    "Exchange",
    "FrameView",
    "PixelFormat",
    "SharedMemory",
    "Slab",
    "SlotView",
    "complete",
]
