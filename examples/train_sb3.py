"""PPO of Stable-Baselines3 learns a game, from its picture.

    python examples/train_sb3.py                                        the platformer, for 100,000 steps
    python examples/train_sb3.py --game toolkit/Bout-v0 --envs 4 --save bout.zip
    python examples/train_sb3.py --load bout.zip --game toolkit/Bout-v0 --steps 0 --film films

Needs pip install 'coinop-toolkit[sb3]'; --film also moviepy. Ctrl-C ends the training; what was learned until then is
saved and evaluated.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import Any

from tqdm import tqdm

from toolkit.errors import ToolkitError

# As for Atari: four gray pictures, and rewards of which only the sign counts where they are large.
VIEW = {"grayscale": True, "resize": (84, 84), "stack_num": 4, "reward_clipping": True}
OPTIONS: dict[str, dict[str, Any]] = {
    "toolkit/Platformer-v0": {"frame_ratio": 8},
    "toolkit/Bout-v0": {"frame_ratio": 6},
    "toolkit/StreetFighter-v0": {"frame_ratio": 6},
    "toolkit/Airstriker-v0": {"frame_ratio": 4},
}
PPO_OPTIONS = {"n_steps": 128, "batch_size": 128, "n_epochs": 4, "gamma": 0.97, "learning_rate": 5e-4, "ent_coef": 0.01}
FILM_STEPS = 500


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", choices=OPTIONS, default="toolkit/Platformer-v0", help="(default: the platformer)")
    parser.add_argument("--roms", metavar="PATH", help="folder with your own ROM set, for Street Fighter")
    parser.add_argument("--envs", type=int, default=4, metavar="N", help="emulators side by side (default: 4)")
    parser.add_argument("--steps", type=int, default=100_000, metavar="N", help="of all together (default: 100000)")
    parser.add_argument("--load", metavar="FILE", help="go on with what was saved")
    parser.add_argument("--save", metavar="FILE", help="where to put what was learned")
    parser.add_argument("--episodes", type=int, default=4, metavar="N", help="to evaluate it by (default: 4)")
    parser.add_argument("--film", metavar="FOLDER", help=f"film the first {FILM_STEPS} steps of the evaluation")
    parser.add_argument("--seed", type=int, default=0, help="of all chance (default: 0)")
    # More of them wait in loops, on cores that the emulators need.
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of PyTorch's (default: 1)")
    return parser.parse_args()


def train(model: Any, steps: int) -> None:
    """Learns for `steps` steps, or until Ctrl-C. PPO rounds them up to whole rollouts."""
    from stable_baselines3.common.callbacks import BaseCallback

    class Progress(BaseCallback):
        def _on_step(self) -> bool:
            bar.update(self.model.num_timesteps - bar.n)
            return True

        def _on_rollout_end(self) -> None:
            last = list(self.model.ep_info_buffer or [])
            if last:
                reward = sum(episode["r"] for episode in last) / len(last)
                bar.set_postfix_str(f"last {len(last)} episodes: reward {reward:.1f}", refresh=False)

    with tqdm(total=steps, unit=" steps", dynamic_ncols=True, mininterval=0.5) as bar:
        try:
            model.learn(steps, callback=Progress())
        except KeyboardInterrupt:
            print("stopped")


def evaluate(model: Any, env: Any, arguments: argparse.Namespace) -> None:
    """Plays without learning, and with the dice that it learned to throw."""
    from stable_baselines3.common.evaluation import evaluate_policy
    from stable_baselines3.common.vec_env import VecVideoRecorder

    if arguments.film:
        env = VecVideoRecorder(env, arguments.film, lambda step: step == 0, FILM_STEPS, "evaluation")
    env.seed(arguments.seed)
    rewards, lengths = evaluate_policy(model, env, arguments.episodes, deterministic=False, return_episode_rewards=True)
    for reward, length in zip(rewards, lengths, strict=True):
        print(f"an episode of {length} steps: reward {reward:.1f}")
    if arguments.film:
        env.close()  # Which writes the film, if the evaluation was shorter than it should be.


def make_env(arguments: argparse.Namespace) -> Any:
    from toolkit.sb3 import make_vec_env

    options = {**VIEW, **OPTIONS[arguments.game], **({"roms_path": arguments.roms} if arguments.roms else {})}
    return make_vec_env(arguments.game, arguments.envs, **options)


def main() -> None:
    arguments = parse_arguments()
    try:
        with contextlib.closing(make_env(arguments)) as env:
            import torch
            from stable_baselines3 import PPO

            torch.set_num_threads(arguments.threads)
            if arguments.load:
                model = PPO.load(arguments.load, env)
            else:
                model = PPO("CnnPolicy", env, seed=arguments.seed, **PPO_OPTIONS)
            if arguments.steps:
                train(model, arguments.steps)
            if arguments.save:
                model.save(arguments.save)
            if arguments.episodes:
                evaluate(model, env, arguments)
    except KeyboardInterrupt:
        print("stopped")
    except ToolkitError as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
