"""stable-retro in Gymnasium's AsyncVectorEnv: FOLDER STATE COUNT SECONDS. Steps per second of all together.

FOLDER is a game's integration with its ROM. One step is 4 frames; what is seen is gray, 84x84, the brighter one of the
last two frames, 4 stacked. Gymnasium's own wrapper for gray computes in floating point, so this has one with OpenCV.
"""

import json
import os
import sys
import time
from importlib import import_module
from typing import Any

import cv2
import gymnasium
import numpy as np
from gymnasium.vector import AsyncVectorEnv
from gymnasium.wrappers import FrameStackObservation

BATCHES = 256
WARM_UP = 30
SKIP = 4
STACK = 4
SIDE = 84


class Prepare(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Holds an action for some frames, and makes what is seen of the last two."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self.observation_space = gymnasium.spaces.Box(0, 255, (SIDE, SIDE), np.uint8)

    def reset(self, **options: Any) -> tuple[Any, dict[str, Any]]:
        frame, info = self.env.reset(**options)
        return self.show(frame), info

    def show(self, frame: Any) -> Any:
        return cv2.resize(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), (SIDE, SIDE), interpolation=cv2.INTER_AREA)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        total = 0.0
        frame: Any = None
        for _ in range(SKIP):
            before = frame
            frame, reward, terminated, truncated, info = self.env.step(action)
            total += float(reward)
            if terminated or truncated:
                break
        seen = frame if before is None else np.maximum(frame, before)
        return self.show(seen), total, terminated, truncated, info


retro = import_module("stable_retro")
folder, game = os.path.split(os.path.abspath(sys.argv[1]))
state, count, seconds = sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
collections = retro.data.Integrations


def make() -> Any:
    cv2.setNumThreads(1)  # Each environment has a process of its own.
    collections.add_custom_path(folder)
    env = retro.make(
        game,
        state=state,
        inttype=collections.CUSTOM_ONLY,
        render_mode=None,
        use_restricted_actions=retro.Actions.DISCRETE,
    )
    return FrameStackObservation(Prepare(env), STACK)


if __name__ == "__main__":
    env = AsyncVectorEnv([make] * count, shared_memory=True, copy=False)
    env.action_space.seed(0)
    actions = [env.action_space.sample() for _ in range(BATCHES)]
    env.reset(seed=0)
    for number in range(WARM_UP):
        env.step(actions[number])
    steps, begin = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < seconds:
        env.step(actions[steps % BATCHES])
        steps += 1
    env.close()
    sys.stdout.write(json.dumps({"speed": steps * count / elapsed}) + "\n")
