"""An integration of the tiny core `counter`, and what that core does, in Python.

What the core shows depends on every action since its start, so that an observation tells whether it belongs to them.
"""

import json

import numpy as np

GAME = "Tiny-Nes-v0"
# Frames that are run after the machine is switched on, before its state is the start of all episodes.
SETTLE = 2
NOTHING_WINS = {"done": {"variables": {"frames": {"op": "equal", "reference": 0}}}}


def make_game(folder, monkeypatch, scenario=NOTHING_WINS, rewards=None):
    """Writes the integration and makes it known. Its variables: frames, held (what is pressed), mixed (its hash)."""
    game = folder / "integrations" / GAME
    game.mkdir(parents=True)
    (game / "rom.nes").write_bytes(b"NES\x1aa game, of which the core wants nothing")
    info = {
        "frames": {"address": 0, "type": "<u4"},
        "held": {"address": 4, "type": "<u2"},
        "mixed": {"address": 8, "type": "<u4"},
    }
    (game / "data.json").write_text(json.dumps({"info": info}))
    reward = {"reward": {"variables": {"frames": {"reward": 1.0}}}} if rewards is None else rewards
    (game / "scenario.json").write_text(json.dumps({**reward, **scenario}))
    monkeypatch.setenv("TOOLKIT_INTEGRATIONS", str(game.parent))


class Model:
    """The core's memory, after it was loaded."""

    def __init__(self):
        self.frames = self.mixed = 0
        self.run(0, SETTLE)
        self.start = self.frames, self.mixed
        self.reset()

    def reset(self, noops=0):
        """As an episode begins: the start state, and a frame without a button."""
        self.frames, self.mixed = self.start
        self.run(0, 1 + noops)

    def run(self, held, frames):
        for _ in range(frames):
            self.frames += 1
            self.mixed = (self.mixed * 1664525 + held + 1) % 2**32

    def shows(self, picture):
        """Whether a picture, (height, width, 3), is that of this moment."""
        first, second = picture[0, 0].astype(np.uint32), picture[0, 1].astype(np.uint32)
        return all(
            (int(pixel[0]) << 16 | int(pixel[1]) << 8 | int(pixel[2])) == number & 0xFFFFFF
            for pixel, number in ((first, self.frames), (second, self.mixed))
        )
