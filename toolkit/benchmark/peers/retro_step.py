"""stable-retro and what is imported like it: MODULE FOLDER STATE FRAMES. Frames per second of `RetroEnv.step`.

MODULE is what to import, FOLDER a game's integration with its ROM. The buttons are random, the same for all. An
episode that ends is begun again, which counts.
"""

import json
import os
import sys
import time
from collections.abc import Iterable
from importlib import import_module

import numpy as np

SEED = 0
WARM_UP = 120

retro = import_module(sys.argv[1])
folder, game = os.path.split(os.path.abspath(sys.argv[2]))
state, frames = sys.argv[3], int(sys.argv[4])
collections = retro.data.Integrations
collections.add_custom_path(folder)
env = retro.make(game, state=state, inttype=collections.CUSTOM_ONLY, render_mode=None)
actions = np.random.default_rng(SEED).integers(0, 2, (WARM_UP + frames, env.action_space.shape[0]), np.int8)


def play(actions: Iterable[object]) -> None:
    for action in actions:
        if env.step(action)[2]:
            env.reset()


env.reset()
play(actions[:WARM_UP])
begin = time.perf_counter()
play(actions[WARM_UP:])
elapsed = time.perf_counter() - begin
env.close()
sys.stdout.write(json.dumps({"speed": frames / elapsed}) + "\n")
