"""Every step of an emulator, told to whoever subscribes: frame number, values, picture. See docs/publication.md."""

from toolkit.publication.endpoint import Endpoint
from toolkit.publication.publisher import Publisher
from toolkit.publication.subscriber import Subscriber
from toolkit.publication.update import Update

__all__ = ["Endpoint", "Publisher", "Subscriber", "Update"]
