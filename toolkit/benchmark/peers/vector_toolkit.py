"""Vectors of this toolkit: MODE GAME COUNT SECONDS OPTIONS. Steps per second of all environments together.

MODE is "vector" for `toolkit.vector.make_vec`; "halves" for the same with `send` and `recv`, which waits for the first
half of the results, so that the other half of the emulators run meanwhile; or "async" for Gymnasium's AsyncVectorEnv
over single environments of the same kind. OPTIONS is a JSON object. Besides the speed: `cpu`, the microseconds of its
own processor time that this process takes per environment and step, and the MiB that an emulator's process and this one
have for themselves.
"""

import json
import sys
import time
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
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


def exchange(env: Any, actions: Any) -> None:
    """Waits for a batch of results, and tells those that they are of what to do next."""
    env.recv()
    env.send(actions)


def measure(mode: str, game: str, count: int, seconds: float, options: dict[str, Any]) -> dict[str, float]:
    batch = count // 2 if mode == "halves" else count
    env: Any
    if mode == "async":
        env = AsyncVectorEnv([partial(single, game, options)] * count, shared_memory=True, copy=False)
    else:
        env = import_module("toolkit.vector").make_vec(game, count, batch_size=batch, infos="final", **options)
    try:
        env.action_space.seed(0)
        actions = [env.action_space.sample() for _ in range(BATCHES)]
        env.reset(seed=0)
        step = env.step
        if mode == "halves":
            step = partial(exchange, env)
            env.send(np.concatenate(actions)[:count])  # The first actions are of all.
        for number in range(WARM_UP):
            step(actions[number])
        steps, cpu, begin = 0, time.process_time(), time.perf_counter()
        while (elapsed := time.perf_counter() - begin) < seconds:
            step(actions[steps % BATCHES])
            steps += 1
        cpu = time.process_time() - cpu
        here = psutil.Process()
        children = [unique_size(child) for child in here.children(recursive=True)]
        return {
            "speed": steps * batch / elapsed,
            "cpu": 1e6 * cpu / (steps * batch),
            "memory": sum(children) / count,
            "parent": unique_size(here),
        }
    finally:
        env.close()


if __name__ == "__main__":
    mode, game, count, seconds, options = sys.argv[1:]
    result = measure(mode, game, int(count), float(seconds), json.loads(options))
    sys.stdout.write(json.dumps(result) + "\n")
