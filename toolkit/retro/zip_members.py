"""Reads what is in ZIP archives in pieces, so that what is packed tightly is never unpacked whole by accident.

Python's zipfile unpacks as much as it was asked to read of the *packed* bytes at once (all of them for `read()`), and
cuts the result to the size that the archive claims only afterwards. Of bzip2, 45 bytes may become 45 MB.
"""

from __future__ import annotations

import bz2
import copy
import io
import os
import zipfile
import zlib
from typing import IO, Any, BinaryIO, Final

# Bytes of the list of what is in an archive, which zipfile reads whole: more than a hundred thousand files.
MAX_DIRECTORY: Final = 2**23
# How many bytes are unpacked at once; of LZMA how many packed ones, which may become some 30 MB.
_PIECE: Final = 2**16
_PACKED_PIECE: Final = 2**12
# The end of an archive: a record of 22 bytes with a comment, and before it for large ones another and its place.
_TAIL: Final = 22 + 2**16 + 20 + 56
# What marks each record, and where in it the directory's size is: from which byte to which.
_RECORDS: Final = ((b"PK\x05\x06", 12, 16), (b"PK\x06\x06", 40, 48))


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """The archive in a file, which stays the caller's.

    Raises:
        zipfile.BadZipFile: It lists more than `MAX_DIRECTORY` bytes of names; and what zipfile itself raises.
    """
    file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
    tail = file.read(_TAIL)
    for mark, start, stop in _RECORDS:
        place = tail.find(mark)
        while place >= 0:
            size = int.from_bytes(tail[place + start : place + stop], "little")
            # All bits set: the other record has it.
            if MAX_DIRECTORY < size < 2 ** (8 * (stop - start)) - 1:
                raise zipfile.BadZipFile(f"its list of files has {size} bytes; at most {MAX_DIRECTORY} are read")
            place = tail.find(mark, place + 1)
    return zipfile.ZipFile(file)


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """A file in an archive, of at most `info.file_size` bytes, which may be read with any size, or none.

    Raises:
        What zipfile raises, here and while it is read.
    """
    raw = _Bzip2Member(archive, info) if info.compress_type == zipfile.ZIP_BZIP2 else _Member(archive, info)
    return io.BufferedReader(raw, _PIECE)


class _Member(io.RawIOBase):
    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._source: Any = archive.open(info)
        self._most = _PIECE if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else _PACKED_PIECE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read1(min(len(buffer), self._most))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._source.close()
        super().close()


class _Bzip2Member(_Member):
    """What zipfile does, but for the limit: it takes the packed bytes from zipfile, as if they were stored."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        stored = copy.copy(info)
        stored.compress_type, stored.file_size = zipfile.ZIP_STORED, info.compress_size
        # It is the checksum of what is unpacked, and zipfile compares none if there is none.
        del stored.CRC
        super().__init__(archive, stored)
        self._unpacker = bz2.BZ2Decompressor()
        self._left = info.file_size
        self._name, self._expected, self._sum = info.filename, info.CRC, 0

    def readinto(self, buffer: Any) -> int:
        data = self._unpack(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        self._sum = zlib.crc32(data, self._sum)
        if (not data or not self._left) and self._sum != self._expected:
            raise zipfile.BadZipFile(f"the checksum of {self._name!r} is wrong")
        return len(data)

    def _unpack(self, most: int) -> bytes:
        data = b""
        while most and not data and not self._unpacker.eof:
            packed = self._source.read(_PACKED_PIECE) if self._unpacker.needs_input else b""
            if not packed and self._unpacker.needs_input:
                raise EOFError(f"{self._name!r} is cut short")
            data = self._unpacker.decompress(packed, most)
        return data
