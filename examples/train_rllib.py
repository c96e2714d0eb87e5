"""PPO of Ray's RLlib, on Ray workers of this machine or of a cluster; each plays with emulators of its own.

    python examples/train_rllib.py                                      two workers with two emulators each
    python examples/train_rllib.py --workers 8 --envs 4 --iterations 100
    python examples/train_rllib.py --address auto                       on the cluster that this machine belongs to
    python examples/train_rllib.py --address ray://head:10001           on another one, from outside

Needs pip install 'coinop-toolkit[rllib]'. RLlib wants one certain version of Gymnasium (Ray 2.60: 1.2.2), so that a
virtual environment of its own is best.

On a cluster, every node that workers run on needs the same: this package with the extra rllib, the emulator (Debian's
packages mame or libretro-nestopia), and what else the game needs, such as your ROM set at the same path. Start Ray with
"ray start --head" on one node and "ray start --address=HEAD:6379" on the others, and this script with --address. Start
states are made once on each node. Nothing has to be shared between nodes but what Ray itself sends.

Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

import gymnasium
import numpy as np
from tqdm import tqdm

import toolkit.gym

OPTIONS: dict[str, Any] = {"grayscale": True, "resize": (84, 84), "stack_num": 4, "reward_clipping": True}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", choices=toolkit.gym.GAMES, default="toolkit/Platformer-v0", metavar="ID")
    parser.add_argument("--roms", metavar="PATH", help="folder with your own ROM set, on every node")
    parser.add_argument(
        "--address", help='of a Ray cluster: "auto", HOST:PORT or ray://HOST:PORT (default: none, here)'
    )
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes that play (default: 2)")
    parser.add_argument("--envs", type=int, default=2, metavar="N", help="emulators of each (default: 2)")
    parser.add_argument(
        "--cpus", type=float, default=0.5, metavar="N", help="that Ray books for a worker (default: 0.5)"
    )
    parser.add_argument("--iterations", type=int, default=10, metavar="N", help="how often to learn (default: 10)")
    parser.add_argument("--batch", type=int, default=1024, metavar="N", help="steps of an iteration (default: 1024)")
    parser.add_argument("--frame-ratio", type=int, default=8, metavar="N", help="emulated frames a step (default: 8)")
    return parser.parse_args()


def make_env(config: Mapping[str, Any]) -> gymnasium.Env[Any, Any]:
    """What each worker calls for each of its environments; `config` has "game" and the game's options.

    RLlib's networks take floats: images are 0 to 1, float32, with the channels last.
    """
    options = dict(config)
    env = toolkit.gym.LaneEnv(toolkit.gym.lane_factory(options.pop("game"), **options))
    space = gymnasium.spaces.Box(0.0, 1.0, env.observation_space.shape, np.float32)
    return gymnasium.wrappers.TransformObservation(env, lambda seen: np.float32(seen) / 255, space)


def env_config(arguments: argparse.Namespace) -> dict[str, Any]:
    own = {"roms_path": arguments.roms} if arguments.roms else {}
    return {"game": arguments.game, "frame_ratio": arguments.frame_ratio, **OPTIONS, **own}


def make_config(arguments: argparse.Namespace) -> Any:
    from ray.rllib.algorithms.ppo import PPOConfig
    from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig
    from ray.tune.registry import register_env

    register_env("coinop", make_env)
    network = DefaultModelConfig(
        conv_filters=[[16, 8, 4], [32, 4, 2]], conv_activation="relu", head_fcnet_hiddens=[256], vf_share_layers=True
    )
    return (
        PPOConfig()
        .environment("coinop", env_config=env_config(arguments))
        .env_runners(
            num_env_runners=arguments.workers,
            num_envs_per_env_runner=arguments.envs,
            num_cpus_per_env_runner=arguments.cpus,
            rollout_fragment_length="auto",
        )
        # In this process; a cluster with GPUs has num_learners and num_gpus_per_learner.
        .learners(num_learners=0)
        .rl_module(model_config=network)
        .training(
            train_batch_size_per_learner=arguments.batch,
            minibatch_size=128,
            num_epochs=4,
            gamma=0.97,
            lambda_=0.95,
            lr=5e-4,
            entropy_coeff=0.01,
            vf_loss_coeff=0.5,
        )
    )


def train(algorithm: Any, iterations: int) -> None:
    with tqdm(range(iterations), unit=" iterations", dynamic_ncols=True) as bar:
        for number in bar:
            result = algorithm.train()
            played = result["env_runners"]
            steps = int(played["num_env_steps_sampled"])
            bar.write(
                f"iteration {number + 1}: {steps} steps in {result['time_this_iter_s']:.1f} s, "
                f"episodes of {played.get('episode_len_mean', 0):.0f} steps, "
                f"reward {played.get('episode_return_mean', 0):.1f}"
            )


def main() -> None:
    arguments = parse_arguments()
    try:
        import ray
    except ModuleNotFoundError:
        sys.exit("this example needs pip install 'coinop-toolkit[rllib]'")
    ray.init(address=arguments.address, include_dashboard=False if arguments.address is None else None)
    try:
        algorithm = make_config(arguments).build_algo()
        try:
            train(algorithm, arguments.iterations)
        finally:
            algorithm.stop()
    except KeyboardInterrupt:
        print("stopped")
    finally:
        ray.shutdown()


if __name__ == "__main__":
    main()
