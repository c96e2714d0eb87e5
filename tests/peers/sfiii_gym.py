"""Plays bout through the published package sfiii-gym, with MAMEToolkit's `Emulator` replaced by ours.

    pip install --no-deps --ignore-requires-python sfiii-gym==0.1.2
    python -m tests.peers.sfiii_gym --steps 2000

It is run by hand: the package stands on MAMEToolkit, and checks its game's file for the original's checksum, which is
replaced by bout's here. Nothing else of it is changed. Its first step presses SERVICE, as MAMEToolkit's constructor
returned after 13 s of the machine's time; `boot_frames` makes up for that.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import sys
import types
from pathlib import Path

import gymnasium

from games.homebrew import rom_path
from toolkit import emulator

BOOT_FRAMES = 800


def load_package() -> types.ModuleType:
    """The package's module `environment`, standing on our emulator."""
    replacement = types.ModuleType("MAMEToolkit.emulator")
    replacement.Address = emulator.Address
    replacement.Action = emulator.Action
    replacement.Emulator = functools.partial(emulator.Emulator, boot_frames=BOOT_FRAMES)
    sys.modules["MAMEToolkit"] = types.ModuleType("MAMEToolkit")
    sys.modules["MAMEToolkit.emulator"] = replacement
    try:
        from sfiii_gym import environment
    except ModuleNotFoundError as error:
        sys.exit(f"{error}: pip install --no-deps --ignore-requires-python sfiii-gym==0.1.2")
    return environment


def main() -> None:
    parser = argparse.ArgumentParser(description="Play bout at random through the package sfiii-gym.")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    roms = rom_path("bout")
    package = load_package()
    package._ROM_SHA256 = hashlib.sha256((Path(roms) / package._ROM_FILENAME).read_bytes()).hexdigest()
    env: gymnasium.Env = package.Environment("sfiii-gym", str(roms))
    counts = {"games": 0, "stages": 0, "rounds": 0}
    seen: dict[str, set[int]] = {"sideP1": set(), "sideP2": set(), "characterP2": set(), "stage": set()}
    try:
        env.action_space.seed(arguments.seed)
        env.reset(seed=arguments.seed)
        for _ in range(arguments.steps):
            observation, _, terminated, _, info = env.step(env.action_space.sample())
            for name, values in seen.items():
                values.add(int(observation[name].item()))
            for name in counts:
                counts[name] += bool(info[f"{name[:-1]}_done"])
            if terminated:
                env.reset()
    finally:
        env.close()
    print(
        f"{arguments.steps} steps: {', '.join(f'{count} {name}' for name, count in counts.items())} ended; seen: {seen}"
    )


if __name__ == "__main__":
    main()
