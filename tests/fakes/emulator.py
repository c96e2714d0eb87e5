"""An emulator of the real base class with the fake client behind it."""

import sys
import tempfile
from pathlib import Path

from toolkit.emulator.base import BaseEmulator
from toolkit.link import Child, SharedMemory

CLIENT = Path(__file__).with_name("client.py")


def start_child(folder, misbehaviour="", *, memory, output=None, start_timeout=10.0, timeout=5.0, region=0):
    """A `Child` behind which the fake client runs; `output` is where its stderr goes."""
    return Child(
        [sys.executable, "-S", "-E", str(CLIENT), misbehaviour],
        cwd=folder,
        env={},
        output=output or folder / "output.txt",
        memory=memory,
        region=region,
        start_timeout=start_timeout,
        timeout=timeout,
    )


class FakeEmulator(BaseEmulator):
    backend = "fake"
    memory = None
    folder = None

    def __init__(self, memory_addresses=None, frame_ratio=1, misbehaviour="", timeout=5.0):
        super().__init__(memory_addresses or {}, frame_ratio)
        try:
            self.folder = tempfile.TemporaryDirectory(prefix="toolkit-")
            self.memory = SharedMemory(value_capacity=16, pixel_capacity=4096)
            child = start_child(Path(self.folder.name), misbehaviour, memory=self.memory, timeout=timeout)
            self._attach(child, (2, 4, 3))
            self._watch(child)
        except BaseException:
            self.close()
            raise

    @property
    def _machine(self):
        return "the fake"

    @property
    def aspect_ratio(self):
        return 2.0

    def _save(self):
        answer = self._require().call("save_state", path="state")
        return {"time": answer["time"]}, (Path(self.folder.name) / "state").read_bytes()

    def _loading(self, details, data):
        (Path(self.folder.name) / "state").write_bytes(data)
        child = self._require()
        child.begin_call("load_state", path="state", time=details["time"], frame_number=details["frame_number"])
        yield
        child.finish_call()

    def _restart(self):
        self._require().call("reset")

    def _release(self):
        if self.memory is not None:
            self.memory.close()
        if self.folder is not None:
            self.folder.cleanup()

    @property
    def _identity(self):
        return "fake"
