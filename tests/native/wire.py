"""The frontend at the end of raw pipes."""

import json
import os
import select
import struct
import subprocess

from toolkit.link import SharedMemory, layout


class Wire:
    """The frontend at the end of raw pipes, with a watch on every wait."""

    def __init__(self, program, core, rom, folder, environment):
        self.memory = SharedMemory(pixel_capacity=64 * 64 * 4, memory_capacity=4096)
        command, self.send_fd = os.pipe()
        self.receive_fd, reply = os.pipe()
        link = (
            f"version={layout.LINK_VERSION},command={command},reply={reply},memory={self.memory.descriptor},"
            f"offset=0,size={self.memory.region_size}"
        )
        self.output = open(folder / "output.txt", "ab")  # noqa: SIM115
        self.process = subprocess.Popen(
            [program, "--log-level", "error", core, rom],
            cwd=folder,
            env={**environment, layout.LINK_VARIABLE: link},
            pass_fds=(command, reply, self.memory.descriptor),
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=self.output,
        )
        os.close(command)
        os.close(reply)

    def send(self, data):
        """False if nobody reads any more."""
        try:
            return os.write(self.send_fd, data) == len(data)
        except BrokenPipeError:
            return False

    def read(self, size, patience=20.0):
        """That many bytes, or None at the end."""
        data = b""
        while len(data) < size:
            ready, _, _ = select.select([self.receive_fd], [], [], patience)
            assert ready, "no reply, and no end either"
            more = os.read(self.receive_fd, size - len(data))
            if not more:
                return None
            data += more
        return data

    def reply(self):
        """The kind and the payload of the next reply, or None if it left."""
        head = self.read(5)
        if head is None:
            return None
        length, kind = struct.unpack("<IB", head)
        assert 1 <= length <= layout.MAX_MESSAGE
        assert kind in (1, 2, 3)
        payload = self.read(length - 1)
        if payload is not None and kind != 1:
            json.loads(payload)
        return None if payload is None else (kind, payload)

    def close(self):
        os.close(self.send_fd)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        os.close(self.receive_fd)
        self.output.close()
        self.memory.close()
        return code


def message(kind, payload):
    return struct.pack("<IB", len(payload) + 1, kind) + payload
