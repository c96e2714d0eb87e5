"""What wakes the thread that drives a vector: told, heard and closed by any thread, and interrupted at any line."""

import os
import select
import threading

from tests.interrupts import interrupted, lines_of
from toolkit.vector.wake import Wake


def told(wake):
    return bool(select.select([wake.descriptor], [], [], 0)[0])


def test_it_is_told_and_heard():
    wake = Wake()
    assert not told(wake)
    wake.tell()
    wake.tell()
    assert told(wake)
    wake.heard()
    wake.heard()
    assert not told(wake)
    wake.close()


def test_what_is_closed_is_told_nothing():
    wake = Wake()
    reader, writer = os.pipe()
    descriptor = int(wake.descriptor)  # The object itself would keep it open.
    wake.close()
    wake.close()
    assert wake.descriptor == -1
    os.dup2(writer, descriptor)  # Its number is another file's now.
    try:
        wake.tell()
        wake.heard()
        assert not select.select([reader], [], [], 0)[0]
    finally:
        for number in (reader, writer, descriptor):
            os.close(number)


def test_an_interrupt_leaves_it_to_the_other_threads():
    for name in ("tell", "heard"):
        wake = Wake()
        for number in range(1, lines_of(getattr(wake, name)) + 1):
            interrupted(number, getattr(wake, name))
            thread = threading.Thread(target=wake.tell, daemon=True)
            thread.start()
            thread.join(10)
            assert not thread.is_alive()
        wake.close()
