"""MAMEToolkit: ROMS GAME SECONDS. How long its start takes, and its speed at frame_ratio 3 in percent of real time."""

import json
import os
import sys
import time
from importlib import import_module

REFRESH_RATE = 59.6
FRAME_RATIO = 3

roms, game, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
library = import_module("MAMEToolkit.emulator")
places = ((0x02011389, "u8"), (0x02011383, "u8"), (0x02011385, "u8"), (0x02068D0A, "s16"), (0x020691A2, "s16"))
watched = {str(address): library.Address(hex(address), mode) for address, mode in places}
begin = time.perf_counter()
emulator = library.Emulator("bench", roms, game, watched, frame_ratio=FRAME_RATIO, render=False)
emulator.step([])
start = time.perf_counter() - begin
steps = round(seconds * REFRESH_RATE / FRAME_RATIO)
begin = time.perf_counter()
for _ in range(steps):
    emulator.step([])
elapsed = time.perf_counter() - begin
speed = 100 * steps * FRAME_RATIO / REFRESH_RATE / elapsed
sys.stdout.write(json.dumps({"start": start, "speed": speed}) + "\n")
sys.stdout.flush()
emulator.console.process.kill()
# Its emulator thread cannot be ended in an orderly way.
os._exit(0)
