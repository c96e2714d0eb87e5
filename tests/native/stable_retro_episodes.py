"""Run as a program: what stable-retro itself sees when it plays random actions.

Reads a JSON object from stdin (`seed`, `steps`, `make`: arguments of stable_retro.make, members of its enumerations as
"Actions.ALL"; `folder`: one with integrations to add), plays, beginning again whenever an episode is over, and prints
one JSON object. `play` is what the tests do with the toolkit's environments, too.
"""

import json
import sys
import zlib


def arguments(retro, given):
    """The arguments as `retro` (stable_retro, or toolkit.retro) wants them."""

    def value(text):
        kind, _, name = text.partition(".") if isinstance(text, str) else ("", "", "")
        return getattr(getattr(retro, kind), name) if kind in ("Actions", "State", "Observations") else text

    return {name: value(text) for name, text in given.items()}


def play(env, seed, steps):
    """What came of each step, as JSON has it."""
    env.action_space.seed(seed)
    observation, info = env.reset(seed=seed)
    record = [[zlib.crc32(observation.tobytes()), list(observation.shape), info]]
    for _ in range(steps):
        action = env.action_space.sample()
        observation, reward, terminated, truncated, info = env.step(action)
        record.append(
            [
                zlib.crc32(observation.tobytes()),
                list(observation.shape),
                reward,
                terminated,
                truncated,
                dict(sorted(info.items())),
                env.get_action_meaning(action),
            ]
        )
        if terminated or truncated:
            observation, info = env.reset()
            record.append([zlib.crc32(observation.tobytes()), list(observation.shape), info])
    return {
        "record": record,
        "spaces": [str(env.action_space), str(env.observation_space)],
        "buttons": env.buttons,
        "ram": zlib.crc32(env.get_ram().tobytes()),
        "combos": env.button_combos,
        "state": env.statename,
        "totals": [env.data.total_reward(player) for player in range(env.players)],
    }


def main():
    import stable_retro

    request = json.load(sys.stdin)
    if "folder" in request:
        stable_retro.data.add_custom_integration(request["folder"])
    env = stable_retro.make(render_mode=None, **arguments(stable_retro, request["make"]))
    env.multi_rewards = request.get("multi_rewards", False)
    result = play(env, request["seed"], request["steps"])
    env.close()
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
