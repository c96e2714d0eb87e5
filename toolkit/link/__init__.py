"""The link to one emulator process: two pipes and a block of shared memory. Specified in docs/link.md."""

from toolkit.link.child import Child
from toolkit.link.layout import LINK_VERSION, PixelFormat
from toolkit.link.memory import FrameView, SharedMemory, SlotView

__all__ = ["LINK_VERSION", "Child", "FrameView", "PixelFormat", "SharedMemory", "SlotView"]
