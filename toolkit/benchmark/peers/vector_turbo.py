"""stable-retro-turbo's own vector: FOLDER STATE COUNT SECONDS THREADS. Steps per second of all environments together.

FOLDER is a game's integration with its ROM. One step is 4 frames; what is seen is gray, 84x84, the brighter one of the
last two frames, 4 stacked, in memory that the library reuses.
"""

import json
import os
import sys
import time
from importlib import import_module

import numpy as np

BATCHES = 256
WARM_UP = 30

retro = import_module("stable_retro")
folder, game = os.path.split(os.path.abspath(sys.argv[1]))
state, count, seconds, threads = sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
collections = retro.data.Integrations
collections.add_custom_path(folder)
env = retro.RetroVecEnv(
    game,
    state=state,
    inttype=collections.CUSTOM_ONLY,
    num_envs=count,
    num_threads=threads,
    render_mode="rgb_array",
    use_restricted_actions=retro.Actions.DISCRETE,
    obs_resize=(84, 84),
    obs_grayscale=True,
    obs_resize_algorithm="area",
    obs_layout="chw",
    obs_copy="safe_view",
    frame_skip=4,
    frame_stack=4,
    maxpool_last_two=True,
    info_filter="terminal",
)
env.reset(seed=1)
actions = np.random.default_rng(0).integers(env.single_action_space.n, size=(BATCHES, count))
for number in range(WARM_UP):
    env.step(actions[number])
steps, begin = 0, time.perf_counter()
while (elapsed := time.perf_counter() - begin) < seconds:
    env.step(actions[steps % BATCHES])
    steps += 1
env.close()
sys.stdout.write(json.dumps({"speed": steps * count / elapsed}) + "\n")
