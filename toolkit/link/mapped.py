"""Files mapped into memory, for as long as somebody looks at them.

Python's own mmap has to be closed, which it refuses while there are views that it knows of, takes away from those that
it does not (`np.ndarray(buffer=...)`), and until then holds a descriptor of its own.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import weakref
from typing import Final

import numpy as np
import numpy.typing as npt

_FAILED: Final = ctypes.c_void_p(-1).value
_libc = ctypes.CDLL(None, use_errno=True)
_map, _unmap = _libc.mmap, _libc.munmap
_map.restype = ctypes.c_void_p
_map.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
_unmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)


def map_file(descriptor: int, size: int, offset: int = 0, *, writable: bool = True) -> npt.NDArray[np.uint8]:
    """A part of a file, shared with all who map it: uint8, (size,). It stays until this array and all views of it are
    gone, whatever becomes of the descriptor, and takes none.

    Raises:
        OSError: It cannot be mapped.
    """
    protection = mmap.PROT_READ | (mmap.PROT_WRITE if writable else 0)
    address, finalizer = None, None
    try:
        address = _map(None, size, protection, mmap.MAP_SHARED, descriptor, offset)
        if address == _FAILED:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        memory = (ctypes.c_uint8 * size).from_address(address)
        finalizer = weakref.finalize(memory, _unmap, address, size)
    except BaseException:
        if finalizer is None and address not in (None, _FAILED):
            _unmap(address, size)
        raise
    # Not at the interpreter's exit: until the very end there may be threads that look at it.
    finalizer.atexit = False
    array: npt.NDArray[np.uint8] = np.frombuffer(memoryview(memory), np.uint8)
    array.flags.writeable = writable
    return array
