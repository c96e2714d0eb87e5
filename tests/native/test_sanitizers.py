"""The frontend under AddressSanitizer and UBSan: all cores that behave, and messages that do not."""

import json
import os
import random
import struct
import subprocess
import time

import numpy as np
import pytest

from tests.native.building import core_names
from tests.native.wire import Wire, message
from toolkit.emulator import Action, Address
from toolkit.errors import EmulatorExited, ToolkitError
from toolkit.link import SharedMemory, layout
from toolkit.retro import MemoryArea, Observation, RetroEmulator

MISBEHAVING = {"api_version", "half", "hardware", "misbehave", "nothing", "refuse", "unresolved", "logs", "shutdown"}
MESSAGES = 3000
SEED = 20260101


def test_sanitizers_are_there(sanitized):
    """The build is what it says: the runtime of both is in it."""
    symbols = subprocess.run(["nm", "-D", sanitized], capture_output=True, text=True, check=True).stdout
    assert "__asan_init" in symbols
    assert "__ubsan_handle" in symbols


def exercise(emulator):
    """A bit of everything; what a core cannot do is refused, and no more."""

    def attempt(use, *args, **options):
        try:
            return use(*args, **options)
        except EmulatorExited:
            raise
        except ToolkitError:
            return None

    attempt(emulator.screenshot)
    buttons = [Action(entry["port"], entry["field"], entry.get("maximum", 1)) for entry in emulator.list_fields()]
    emulator.step(buttons)
    for number in range(12):
        emulator.step_buttons([number * 257, 0xFFFF])
    state = attempt(emulator.save_state)
    emulator.run(5)
    emulator.run(0)
    if state is not None:
        emulator.load_state(state)
        attempt(emulator.load_core_state, b"too short")
    attempt(emulator.take_audio)
    attempt(emulator.screenshot)
    for option in emulator.list_options():
        for value in option["values"]:
            emulator.set_option(option["key"], value)
            emulator.step()
    attempt(emulator.set_option, "no such option", "x" * 5000)
    emulator.set_cheats(["A" * 3000, "", "B+C"])
    emulator.set_cheats([])
    emulator.press_reset()
    for device in (":ram", ":vram", ":sram", ":rtc", ":bus", ":nothing"):
        for address in (0, 0x7FF, 0x1FFF, 0x2001, 0xBFFF, 2**32 - 1, 2**63 - 1):
            for length in (1, 256, 5000):
                attempt(emulator.read_memory, address, length, device=device)
            attempt(emulator.write_memory, address, b"\x55\xaa\x55", device=device, space="raw")
    attempt(emulator.read_memory, 0, 2**26, device=":bus")
    emulator.reset()
    emulator.step()


VIEWS = [
    Observation(),
    Observation(gray=True, size=(84, 84), blend=True),
    Observation(size=(7, 3), crop=(1, 1, 2, 2)),
    None,
]


@pytest.mark.parametrize("core", [name for name in core_names() if name not in MISBEHAVING])
def test_clean(reports, cores, rom, core):
    for number, view in enumerate(VIEWS):
        game = None if core == "no_game" and number % 2 else rom
        options = {"observation": view, "audio": number % 2 == 0, "draw_every_frame": number == 1, "log_level": "debug"}
        areas = [MemoryArea(16), MemoryArea(3, 253)] if core not in ("no_memory",) else False
        watched = {} if core == "no_memory" else {"x": Address(3, "u64", device=":ram")}
        with RetroEmulator(
            cores[core], game, watched, number + 1, publish_ram=areas, timeout=60, **options
        ) as emulator:
            exercise(emulator)
            pid = emulator.pid
            emulator._child.call("quit")
            emulator._child._process.end(10)
            code = emulator._child.exit_code
        assert code == 0, f"process {pid} left with {code}"


@pytest.mark.parametrize("core", ["refuse", "hardware", "api_version", "unresolved", "half"])
def test_clean_when_refused(reports, cores, rom, core):
    with pytest.raises(ToolkitError):
        RetroEmulator(cores[core], rom)


def test_logs_clean(reports, cores, rom):
    with RetroEmulator(cores["logs"], rom, log_level="debug", timeout=60) as emulator:
        emulator.run(4)


# --- a fuzzer over the link -------------------------------------------------------------------------------------------


VALID_CALLS = [
    {"call": "configure", "screen": ":screen", "draw": "published", "format": "rgb", "crop": None, "size": [5, 5],
     "blend": True, "audio": True, "memory": [{"device": ":ram", "space": "raw", "address": 0, "length": 16}]},
    {"call": "configure", "screen": "", "draw": "all"},
    {"call": "configure", "screen": ":screen", "draw": "all", "format": "gray", "crop": [1, 1, 9, 5], "size": [84, 84]},
    {"call": "watch", "watches": [{"device": ":ram", "space": "program", "address": 3, "size": 8, "signed": True,
                                   "order": "big"}]},
    {"call": "watch", "watches": []},
    {"call": "slab", "descriptor": 5, "offset": 64, "stride": 2000, "buffers": 2, "stack": 2, "channels_first": True,
     "canvas": [16, 8]},
    {"call": "slab", "descriptor": 6, "offset": 0, "stride": 0, "buffers": 1, "stack": 1, "canvas": None},
    {"call": "follow", "numbers": [{"device": ":ram", "space": "raw", "addresses": [0, 1, 2, 3], "kind": "u",
                                    "mask": 255}],
     "until": {"every": True, "parts": [{"number": 0, "delta": True, "op": "greater_than", "reference": 5}]}},
    {"call": "follow", "numbers": []},
    {"call": "list_ports"},
    {"call": "list_options"},
    {"call": "bind", "port": ":joypad1", "field": "A"},
    {"call": "bind", "port": ":joypad2", "field": "BUTTONS"},
    {"call": "bind", "port": ":mouse1", "field": "x"},
    {"call": "set_controller", "player": 1, "device": 1},
    {"call": "set_option", "key": "tiny_speed", "value": "fast"},
    {"call": "set_cheats", "codes": ["ABC", "DEF"]},
    {"call": "press_reset"},
    {"call": "take_audio", "path": "audio"},
    {"call": "screenshot", "path": "picture"},
    {"call": "read_memory", "device": ":ram", "space": "raw", "address": 0, "length": 256},
    {"call": "write_memory", "device": ":ram", "space": "raw", "address": 250, "data": "00ff12"},
    {"call": "save_state", "name": "state", "path": "state"},
    {"call": "load_state", "name": "state", "path": "state", "frame_number": 5},
    {"call": "reset"},
]  # fmt: skip
STRANGE = [
    None, True, False, -1, 0, 1, 2**31, 2**32, 2**63 - 1, -(2**63), 2**64, 1e308, 0.5, "", "x" * 3000, "\0", "\ud800",
    "\u00fc\U0001f600", "%s%n", "../../x", "/dev/null", [], {}, [[]], [None], [-1, -1, -1, -1], [2**31] * 4,
    [16384, 16384], [0, 0], [16384] * 4, {"device": ":ram"}, "zz", "0", ":screen", ":ram",
]  # fmt: skip


def strange_call(rng):
    call = dict(rng.choice(VALID_CALLS))
    for _ in range(rng.randrange(3)):
        key = rng.choice([*call, "more"])
        what = rng.randrange(4)
        if what == 0:
            call.pop(key, None)
        elif what == 1 and isinstance(call.get(key), list) and call[key] and isinstance(call[key][0], dict):
            inner = dict(call[key][0])
            inner[rng.choice(list(inner))] = rng.choice(STRANGE)
            call[key] = [inner] * rng.choice([1, 2, 70])
        else:
            call[key] = rng.choice(STRANGE)
    return json.dumps(call, ensure_ascii=rng.random() < 0.7).encode("utf-8", "surrogatepass")


def damaged(rng, data):
    data = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        what = rng.randrange(4)
        at = rng.randrange(len(data) + 1)
        if what == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif what == 1:
            del data[at : at + rng.randrange(8)]
        elif what == 2:
            data[at:at] = rng.randbytes(rng.randrange(8))
        else:
            data[at:at] = rng.choice([b"[", b"{", b'"', b"\\u", b"\\ud83d", b"1e9", b"[" * 2000, b"-", b"\0"])
    return bytes(data)


def step(rng, bound, into):
    count = rng.choice([0, 1, 2, 3, 100])
    claimed = rng.choice([*[count] * 9, count + 1, 0, 2**31, 2**32 - 1])
    wrong = [0, 2**31, 2**32 - 1, 99] if rng.random() < 0.2 else bound
    # The many frames of one step are cut short by the end of the parent only: no test waits for them.
    frames = rng.choice([0, 1, 2, 3, 50])
    inputs = b"".join(
        struct.pack("<Ii", rng.choice(wrong), rng.choice([0, 1, -1, 2**31 - 1, -(2**31)])) for _ in range(count)
    )
    buffer = struct.pack("<I", rng.choice([0, 0, 1, 2, 2**32 - 1])) if into else b""
    payload = struct.pack("<I", frames) + buffer + struct.pack("<I", claimed) + inputs
    return payload if rng.random() < 0.8 else payload[: rng.randrange(len(payload))]


def strange_message(rng, bound):
    """The bytes of one message, and whether its length is true."""
    what = rng.randrange(10)
    if what < 3:
        into = rng.random() < 0.4
        return message(3 if into else 1, step(rng, bound, into)), True
    if what < 6:
        return message(2, strange_call(rng)), True
    if what < 8:
        return message(2, damaged(rng, strange_call(rng))), True
    if what == 8:
        return message(rng.choice([0, 2, 3, 4, 255]), rng.randbytes(rng.choice([0, 1, 9, 300]))), True
    if rng.random() < 0.8:
        return message(2, damaged(rng, strange_call(rng))), True
    return struct.pack("<IB", rng.choice([0, 2**28 + 1, 2**31, 2**32 - 1]), rng.randrange(4)) + rng.randbytes(20), False


@pytest.mark.timeout(180)
def test_fuzz(sanitized, reports, cores, rom):
    """Whatever is sent: one reply each, or a clean end, after which it is started again."""
    rng = random.Random(SEED)
    environment = {**os.environ, "HOME": str(reports)}
    folder = reports / "run"
    folder.mkdir()
    sent = started = 0
    kinds = {1: 0, 2: 0, 3: 0}
    while sent < MESSAGES:
        wire = Wire(sanitized, cores[rng.choice(["options_3", "audio", "memory_map"])], rom, folder, environment)
        started += 1
        assert wire.reply() is not None
        bound = []
        for call in (call for call in VALID_CALLS if call["call"] == "bind"):
            wire.send(message(2, json.dumps(call).encode()))
            bound.append(int(wire.reply()[1]))
        history = []
        left = False
        try:
            while sent < MESSAGES and not left:
                data, whole = strange_message(rng, bound)
                history.append(data)
                sent += 1
                reply = wire.reply() if wire.send(data) else None
                left = reply is None
                if reply:
                    kinds[reply[0]] += 1
                if not whole and not left:
                    # What follows a length that is none cannot be told apart: it has to leave.
                    assert wire.reply() is None
                    left = True
                if left and whole and b"quit" not in data:
                    pytest.fail(f"it left after {history[-3:]!r}")
        finally:
            code = wire.close()
        assert code in (0, 5), (code, history[-3:], (folder / "output.txt").read_bytes()[-3000:])
    assert started < 300
    assert min(kinds.values()) > MESSAGES // 20, kinds  # all sorts were met


@pytest.mark.parametrize("link", ["", "x", "version=1", "version=2,command=0,reply=1,memory=0,offset=0,size=4096",
                                  "version=1,command=99,reply=98,memory=97,offset=0,size=1048576",
                                  "version=1,command=-1,reply=99999999999999999999,memory=0,offset=7,size=1",
                                  "version=1,command=0,reply=1,memory=2,offset=0,size=18446744073709551615",
                                  ",,,=,==,version", "version=1," * 1000])  # fmt: skip
def test_descriptions_of_the_link_that_are_none(sanitized, reports, cores, rom, link):
    done = subprocess.run(
        [sanitized, cores["counter"], rom],
        env={**os.environ, layout.LINK_VARIABLE: link},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=10,
    )
    assert done.returncode in (0, 2, 3), done  # 0: nobody listens
    assert done.stderr


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--no-such-option"], ["--option"], ["--log-level", "loud", "x"],
                                       ["a", "b", "c", "d"], ["--option", "novalue", "core"]])  # fmt: skip
def test_arguments_that_are_none(sanitized, reports, arguments):
    done = subprocess.run([sanitized, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=10)
    assert done.returncode in (0, 2, 3)


HEADER_FIELDS = (
    "version",
    "header_size",
    "slot_count",
    "slot_size",
    "value_capacity",
    "pixel_offset",
    "pixel_capacity",
    "memory_offset",
)


@pytest.mark.parametrize("field", range(len(HEADER_FIELDS)), ids=HEADER_FIELDS)
@pytest.mark.parametrize("value", [0, 1, 2**31, 2**32 - 1])
def test_headers_that_contradict_themselves(sanitized, reports, cores, rom, field, value):
    """A header that cannot be true is refused, and nothing is written outside of the region."""
    environment = {**os.environ, "HOME": str(reports)}
    memory_write = struct.pack("<I", value)
    original = SharedMemory.__init__

    def patched(self, *args, **options):
        original(self, *args, **options)
        os.pwrite(self.descriptor, memory_write, 8 + 4 * field)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SharedMemory, "__init__", patched)
        wire = Wire(sanitized, cores["counter"], rom, reports, environment)
    try:
        if wire.reply() is not None:
            for _ in range(6):
                if not wire.send(message(1, struct.pack("<II", 1, 0))) or wire.reply() is None:
                    break
    finally:
        code = wire.close()
    assert code in (0, 3, 5), code


def test_a_parent_that_leaves_in_the_middle_of_a_message(sanitized, reports, cores, rom):
    rng = np.random.default_rng(1)
    whole = message(2, json.dumps(VALID_CALLS[0]).encode())
    for size in (1, 3, 4, 5, int(rng.integers(6, len(whole)))):
        wire = Wire(sanitized, cores["counter"], rom, reports, {**os.environ, "HOME": str(reports)})
        assert wire.reply() is not None
        wire.send(whole[:size])
        began = time.monotonic()
        assert wire.close() in (0, 5)
        assert time.monotonic() - began < 2
