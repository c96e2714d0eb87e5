"""Run as a program: what stable-retro itself sees in episodes of an Atari game.

Reads a JSON object from stdin (`game`; `folder`, with its integration; `episodes` and `steps`, how many there are and
how many each has at most; `seed`), and prints one. `play` is what the toolkit's environments are made to do, too.
"""

import json
import sys
import time
import zlib


def _step(env, action):
    observation, reward, terminated, _, info = env.step(action)
    return [
        zlib.crc32(observation.tobytes()),
        zlib.crc32(env.get_ram().tobytes()),
        reward,
        terminated,
        sorted(info.items()),
    ]


def _episode(env, actions):
    start = time.perf_counter()
    observation, _ = env.reset()
    seconds = time.perf_counter() - start
    frames = [[zlib.crc32(observation.tobytes()), zlib.crc32(env.get_ram().tobytes())]]
    for action in actions:
        frames.append(_step(env, action))
        if frames[-1][3]:
            break
    return frames, seconds


def _middle(env, actions):
    """The same actions three times from one state in mid-game: as it goes on, and after the state was loaded twice."""
    state = env.em.get_state()
    goes_on = [_step(env, action) for action in actions]
    again = []
    for _ in range(2):
        env.em.set_state(state)
        env.data.update_ram()
        again.append([_step(env, action) for action in actions])
    return [goes_on, *again]


def play(env, seed, episodes, steps):
    """Episodes of random actions, of which the last repeats the first; then a state in mid-game. All as JSON has it."""
    env.action_space.seed(seed)
    played, seconds, first = [], [], None
    for number in range(episodes):
        actions = [env.action_space.sample() for _ in range(steps)]
        first = actions if first is None else first
        frames, took = _episode(env, first if number == episodes - 1 else actions)
        played.append(frames)
        seconds.append(took)
    middle = _middle(env, first[: steps // 2])
    return {"episodes": played, "middle": middle, "reset": seconds}


def main():
    import stable_retro

    request = json.load(sys.stdin)
    stable_retro.data.add_custom_integration(request["folder"])
    inttype = stable_retro.data.Integrations.CUSTOM_ONLY
    env = stable_retro.make(request["game"], inttype=inttype, render_mode=None)
    result = play(env, request["seed"], request["episodes"], request["steps"])
    env.close()
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
