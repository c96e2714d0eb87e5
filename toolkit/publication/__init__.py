"""Every step of an emulator, told to whoever subscribes: frame number, values, picture. See docs/publication.md."""

from toolkit.publication.publisher import Publisher

__all__ = ["Publisher"]
