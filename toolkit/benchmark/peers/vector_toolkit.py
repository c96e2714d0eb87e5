"""Vectors of this toolkit: MODE GAME COUNT SECONDS OPTIONS. Steps per second of all environments together.

MODE is "vector" for `toolkit.vector.make_vec`, or "async" for Gymnasium's AsyncVectorEnv over single environments of
the same kind. OPTIONS is a JSON object. Besides the speed: `cpu`, the microseconds of its own processor time that this
process takes per environment and step, and the MiB that an emulator's process and this one have for themselves.
"""

import json
import sys
import time
from functools import partial
from importlib import import_module
from typing import Any

import psutil
from gymnasium.vector import AsyncVectorEnv

BATCHES = 256
WARM_UP = 30


def unique_size(process: psutil.Process) -> float:
    return float(process.memory_full_info().uss) / 2**20


def single(game: str, options: dict[str, Any]) -> Any:
    # Imported here, because with "async" this runs in the workers.
    games, env = import_module("toolkit.gym.games"), import_module("toolkit.gym.env")
    make = games.lane_factory if game in games.GAMES else import_module("toolkit.gym.retro_lane").make_retro
    return env.LaneEnv(make(game, **options))


def measure(mode: str, game: str, count: int, seconds: float, options: dict[str, Any]) -> dict[str, float]:
    env: Any
    if mode == "vector":
        env = import_module("toolkit.vector").make_vec(game, count, infos="final", **options)
    else:
        env = AsyncVectorEnv([partial(single, game, options)] * count, shared_memory=True, copy=False)
    try:
        env.action_space.seed(0)
        actions = [env.action_space.sample() for _ in range(BATCHES)]
        env.reset(seed=0)
        for number in range(WARM_UP):
            env.step(actions[number])
        steps, cpu, begin = 0, time.process_time(), time.perf_counter()
        while (elapsed := time.perf_counter() - begin) < seconds:
            env.step(actions[steps % BATCHES])
            steps += 1
        cpu = time.process_time() - cpu
        here = psutil.Process()
        children = [unique_size(child) for child in here.children(recursive=True)]
        return {
            "speed": steps * count / elapsed,
            "cpu": 1e6 * cpu / (steps * count),
            "memory": sum(children) / count,
            "parent": unique_size(here),
        }
    finally:
        env.close()


if __name__ == "__main__":
    mode, game, count, seconds, options = sys.argv[1:]
    result = measure(mode, game, int(count), float(seconds), json.loads(options))
    sys.stdout.write(json.dumps(result) + "\n")
