"""A child that speaks the real link, written from docs/link.md, and misbehaves on demand.

    python client.py [MISBEHAVIOUR]

It imports nothing of the toolkit, so that it proves that the page is enough. Its machine has one port, ":IN", with
the fields "A", "B" and the analog "Dial", and 256 bytes of memory. Watched values come from there; byte 0 counts the
frames, bytes 1 to 3 hold the inputs. The picture, 4 wide and 2 high, is filled with the frame's number.
"""

import json
import mmap
import os
import signal
import struct
import sys
import time

MACHINE = {"A": 1, "B": 2, "Dial": 3}
BROKEN_STEPS = (
    "garbage",
    "not_json",
    "deep_json",
    "unknown_kind",
    "oversized",
    "empty",
    "truncated",
    "short_reply",
    "long_reply",
    "error_no_object",
    "result_to_step",
    "wrong_frame",
    "slot_out_of_range",
    "too_many_values",
    "too_few_values",
    "bad_format",
    "frame_too_large",
    "no_width",
    "narrow_stride",
    "two_replies",
    "hang",
    "exit",
    "segfault",
    "close_reply",
    "internal_error",
    "trickle",
    "big_reply",
)
# Replies before the picture is there, which comes later, or not at all.
EARLY_STEPS = ("early", "early_never", "early_exit")


class Refusal(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


class Client:
    def __init__(self, misbehaviour):
        self.misbehaviour = misbehaviour
        pairs = (part.split("=") for part in os.environ["TOOLKIT_LINK"].split(","))
        link = {key: int(value) for key, value in pairs}
        self.command, self.reply, self.offset = link["command"], link["reply"], link["offset"]
        self.memory = mmap.mmap(link["memory"], link["size"], offset=self.offset)
        (
            magic,
            version,
            self.header_size,
            self.slot_count,
            self.slot_size,
            self.value_capacity,
            self.pixel_offset,
            self.pixel_capacity,
        ) = struct.unpack_from("<8sIIIIIII", self.memory)
        if magic != b"COINLINK" or version != 1 or link["version"] != 1:
            self.send_json(3, {"kind": "version", "message": f"I speak 1, you {version}"})
            sys.exit(3)
        self.ram = bytearray(256)
        self.watches = []
        self.bound = [None]
        self.frame_number = self.published = 0

    # --- messages ---

    def write(self, data):
        while data:
            data = data[os.write(self.reply, data) :]

    def send(self, kind, payload):
        self.write(struct.pack("<IB", len(payload) + 1, kind) + payload)

    def send_json(self, kind, value):
        self.send(kind, json.dumps(value).encode())

    def read(self, size):
        data = b""
        while len(data) < size:
            more = os.read(self.command, size - len(data))
            if not more:
                sys.exit(0)
            data += more
        return data

    def receive(self):
        length, kind = struct.unpack("<IB", self.read(5))
        return kind, self.read(length - 1)

    # --- commands ---

    def hello(self):
        self.send_json(
            2,
            {
                "version": 1,
                "backend": "fake",
                "backend_version": "1",
                "machine": "fake",
                "description": "Fake",
                "screens": [{"tag": ":screen", "type": "raster", "width": 4, "height": 2, "refresh": 60}],
                "spaces": [{"device": ":maincpu", "spaces": ["program"]}],
                "pid": os.getpid(),
                "descriptors": sorted(int(n) for n in os.listdir("/proc/self/fd")),
            },
        )

    def place(self, device, space, address, length):
        if device != ":maincpu" or space != "program" or address + length > len(self.ram):
            raise Refusal("address", f"0x{address:x} is outside of {device} {space}")
        return slice(address, address + length)

    def call(self, request):
        name = request.pop("call")
        handler = getattr(self, "call_" + name, None)
        if handler is None:
            raise Refusal("protocol", f"there is no call {name!r}")
        return handler(**request)

    def call_configure(self, screen, **_):
        return {"width": 4, "height": 2}

    def call_list_ports(self):
        return [
            {
                "port": ":IN",
                "field": name,
                "class": "controller",
                "mask": 1 << at,
                "default": 0,
                "analog": name == "Dial",
            }
            | ({"minimum": 0, "maximum": 99} if name == "Dial" else {})
            for name, at in MACHINE.items()
        ]

    def call_bind(self, port, field):
        if port != ":IN" or field not in MACHINE:
            raise Refusal("input", f"there is no field {field!r} in port {port!r}")
        self.bound.append(MACHINE[field])
        return len(self.bound) - 1

    def call_watch(self, watches):
        self.watches = [
            (
                self.place(watch["device"], watch["space"], watch["address"], watch["size"]),
                "little" if watch["order"] == "native" else watch["order"],
                watch["signed"],
            )
            for watch in watches
        ]
        return True

    def call_read_memory(self, device, space, address, length):
        return self.ram[self.place(device, space, address, length)].hex()

    def call_write_memory(self, device, space, address, data):
        raw = bytes.fromhex(data)
        self.ram[self.place(device, space, address, len(raw))] = raw
        return True

    def call_save_state(self, path, **_):
        with open(path, "wb") as file:
            file.write(self.ram)
        return {"frame_number": self.frame_number, "time": self.frame_number / 60}

    def call_load_state(self, path, time, frame_number, **_):
        with open(path, "rb") as file:
            self.ram[:] = file.read()
        self.frame_number = frame_number
        return True

    def call_reset(self):
        self.ram[:] = bytes(256)
        self.frame_number = 0
        return True

    def call_echo(self, value=None, size=0):
        return "x" * size if size else value

    def call_quit(self):
        if self.misbehaviour == "refuse_to_quit":
            while True:
                time.sleep(60)
        if self.misbehaviour == "stay_after_quit":
            self.send_json(2, True)
            while True:
                time.sleep(60)
        self.send_json(2, True)
        sys.exit(0)

    def step(self, payload):
        frames, count = struct.unpack_from("<II", payload)
        held = [struct.unpack_from("<Ii", payload, 8 + 8 * n) for n in range(count)]
        if any(not 0 < index < len(self.bound) for index, _ in held):
            raise Refusal("input", "an input was never bound")
        self.ram[1:4] = bytes(3)
        for index, value in held:
            self.ram[self.bound[index]] = value & 0xFF
        self.frame_number += frames
        self.ram[0] = self.frame_number & 0xFF
        if self.misbehaviour in EARLY_STEPS:
            self.publish(drawn=frames > 0, announce=self.announce)
        else:
            self.send(1, struct.pack("<IQ", self.publish(drawn=frames > 0), self.frame_number))

    def announce(self, slot):
        self.send(1, struct.pack("<IQ", slot, self.frame_number))
        time.sleep(0.1 if self.misbehaviour == "early" else 0)
        if self.misbehaviour == "early_exit":
            os._exit(7)
        while self.misbehaviour == "early_never":
            time.sleep(60)

    def publish(self, drawn, announce=lambda slot: None):
        self.published += 1
        slot = self.published % self.slot_count
        at = self.header_size + slot * self.slot_size
        values = []
        for where, order, signed in self.watches:
            value = int.from_bytes(self.ram[where], order, signed=signed)
            values.append(value - 2**64 if value >= 2**63 else value)
        width, height = (4, 2) if drawn else (0, 0)
        struct.pack_into("<Q", self.memory, at, 2 * self.published - 1)
        struct.pack_into(
            f"<QIIIIIIQ{len(values)}q",
            self.memory,
            at + 8,
            self.frame_number,
            width,
            height,
            4 * width,
            int(drawn),
            len(values),
            0,
            0,
            *values,
        )
        announce(slot)
        pixels = bytes((self.frame_number & 0xFF, 2, 1, 0xAA)) * (width * height)
        self.memory[at + self.pixel_offset : at + self.pixel_offset + len(pixels)] = pixels
        struct.pack_into("<Q", self.memory, at, 2 * self.published)
        struct.pack_into("<Q", self.memory, 40, self.published)
        return slot

    def run(self):
        while True:
            kind, payload = self.receive()
            try:
                if kind == 1 and self.misbehaviour in BROKEN_STEPS:
                    self.misstep(payload)
                elif kind == 1:
                    self.step(payload)
                elif kind == 2:
                    self.send_json(2, self.call(json.loads(payload)))
                else:
                    raise Refusal("protocol", f"there is no command {kind}")
            except Refusal as refusal:
                self.send_json(3, {"kind": refusal.kind, "message": str(refusal)})

    # --- misbehaviour ---

    def misstep(self, payload):
        """Does to a STEP what must not be done."""
        how = self.misbehaviour
        at = self.header_size + (self.published + 1) % self.slot_count * self.slot_size
        wrong_slot = {  # offset in the slot, and what to write there
            "wrong_frame": (8, "<Q", 12345),
            "too_many_values": (32, "<I", 1 << 30),
            "too_few_values": (32, "<I", 0),
            "bad_format": (28, "<I", 77),
            "frame_too_large": (20, "<I", 1 << 30),
            "no_width": (16, "<I", 0),
            "narrow_stride": (24, "<I", 4),
        }
        replies = {
            "garbage": b"\xff" * 64,
            "not_json": struct.pack("<IB", 4, 2) + b"{[}",
            "deep_json": struct.pack("<IB", 50_001, 3) + b"[" * 50_000,
            "unknown_kind": struct.pack("<IB", 3, 99) + b"{}",
            "oversized": struct.pack("<IB", 2**32 - 1, 1),
            "empty": struct.pack("<I", 0) + b"\1" * 9,
            "short_reply": struct.pack("<IBI", 5, 1, 0),
            "long_reply": struct.pack("<IBIQQ", 21, 1, 0, 0, 0),
            "slot_out_of_range": struct.pack("<IBIQ", 13, 1, 999, 0),
            "error_no_object": struct.pack("<IB", 3, 3) + b"[]",
            "result_to_step": struct.pack("<IB", 5, 2) + b"true",
        }
        if how in replies:
            self.write(replies[how])
        elif how == "internal_error":
            raise Refusal("internal", "a bug in the child")
        elif how == "truncated":
            self.write(struct.pack("<IBI", 13, 1, 0))
            os._exit(0)
        elif how == "exit":
            print("last words", file=sys.stderr, flush=True)
            os._exit(7)
        elif how == "segfault":
            signal.signal(signal.SIGSEGV, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGSEGV)
        elif how == "close_reply":
            os.close(self.reply)
        elif how == "trickle":
            for byte in struct.pack("<IBIQ", 13, 1, 0, 0):
                self.write(bytes((byte,)))
                time.sleep(0.3)
        elif how == "big_reply":
            self.send(2, b'"' + b"x" * (1 << 20) + b'"')
        elif how in wrong_slot:
            write = self.send
            self.send = lambda kind, payload: None
            self.step(payload)
            self.send = write
            offset, form, value = wrong_slot[how]
            struct.pack_into(form, self.memory, at + offset, value)
            self.send(1, struct.pack("<IQ", self.published % self.slot_count, self.frame_number))
        elif how == "two_replies":
            slot = struct.pack("<IQ", self.publish(drawn=True), self.frame_number)
            self.write(2 * (struct.pack("<IB", 13, 1) + slot))
        if how in ("hang", "close_reply"):
            while True:
                time.sleep(60)


def misbehave_at_start(how):
    reply = next(int(p[6:]) for p in os.environ["TOOLKIT_LINK"].split(",") if p.startswith("reply="))
    if how == "fail_on_start":
        print("cannot start: no luck", file=sys.stderr)
        sys.exit(9)
    elif how == "slow_start":
        time.sleep(0.5)
    elif how == "no_hello":
        print("thinking", file=sys.stderr, flush=True)
        time.sleep(600)
    elif how == "close_before_hello":
        os.close(reply)
        time.sleep(600)
    elif how == "garbage_hello":
        os.write(reply, b"hello, world! this is no link at all\n" * 10)
        time.sleep(600)
    elif how == "empty_hello":
        os.write(reply, struct.pack("<IB", 0, 2) + b"\0" * 8)
        time.sleep(600)
    elif how == "hello_is_a_list":
        os.write(reply, struct.pack("<IB", 3, 2) + b"[]")
    elif how == "wrong_version":
        text = json.dumps({"version": 99}).encode()
        os.write(reply, struct.pack("<IB", len(text) + 1, 2) + text)
    elif how == "refuses_version":
        text = json.dumps({"kind": "version", "message": "I speak 98"}).encode()
        os.write(reply, struct.pack("<IB", len(text) + 1, 3) + text)
        sys.exit(3)
    elif how == "die_by_signal":
        os.kill(os.getpid(), signal.SIGABRT)
    elif how == "ignore_sigterm":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    elif how == "loud":
        for _ in range(2000):
            sys.stderr.write("x" * 1000 + "\n")
        print("the very end", file=sys.stderr, flush=True)


def main():
    how = sys.argv[1] if len(sys.argv) > 1 else ""
    misbehave_at_start(how)
    if how == "ignore_sigterm":
        how = "refuse_to_quit"
    client = Client(how)
    client.hello()
    client.run()


if __name__ == "__main__":
    main()
