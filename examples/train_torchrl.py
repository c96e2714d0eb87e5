"""PPO with TorchRL: GymWrapper takes the environments as they are.

    python examples/train_torchrl.py                                the platformer, for 20,000 steps
    python examples/train_torchrl.py --envs 8 --steps 1000000

Each environment is a process of TorchRL's with an emulator of its own. Needs pip install 'coinop-toolkit[gym]' torchrl.
Ctrl-C ends it.
"""

from __future__ import annotations

import argparse

import gymnasium
import torch
from tensordict.nn import TensorDictModule
from torch import nn
from torchrl.collectors import Collector
from torchrl.envs import Compose, EnvBase, GymWrapper, ParallelEnv, RewardSum, ToTensorImage, TransformedEnv
from torchrl.modules import ActorValueOperator, ConvNet, OneHotCategorical, ProbabilisticActor, ValueOperator
from torchrl.objectives import ClipPPOLoss
from torchrl.objectives.value import GAE
from tqdm import tqdm

ROLLOUT, EPOCHS, PARTS = 128, 4, 4  # steps of each environment, and what is done with them
OPTIONS = {"grayscale": True, "resize": (84, 84), "stack_num": 4, "reward_clipping": True, "frame_ratio": 8}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", default="toolkit/Platformer-v0", help="an id with Discrete actions")
    parser.add_argument("--envs", type=int, default=2, metavar="N", help="processes with an emulator each (default: 2)")
    parser.add_argument("--steps", type=int, default=20_000, metavar="N", help="of all together (default: 20000)")
    parser.add_argument("--seed", type=int, default=0, help="of all chance (default: 0)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of PyTorch's (default: 1)")
    return parser.parse_args()


class MakeEnv:
    """Makes one environment, in the process that is to have it."""

    def __init__(self, game: str) -> None:
        self.game = game

    def __call__(self) -> EnvBase:
        # The module before the colon is imported, and registers the ids. (GymEnv gives options of its own to the game.)
        return GymWrapper(gymnasium.make(f"toolkit.gym:{self.game}", **OPTIONS))


def make_agent(env: EnvBase) -> ActorValueOperator:
    """One network with two heads: "logits" and so "action", and "state_value"."""
    body = nn.Sequential(
        ConvNet(in_features=OPTIONS["stack_num"], num_cells=[16, 32], kernel_sizes=[8, 4], strides=[4, 2]),
        nn.LazyLinear(256),
        nn.ReLU(),
    )
    agent = ActorValueOperator(
        TensorDictModule(body, ["pixels"], ["features"]),
        ProbabilisticActor(
            TensorDictModule(nn.Linear(256, env.action_spec.shape[-1]), ["features"], ["logits"]),
            in_keys=["logits"],
            distribution_class=OneHotCategorical,
            return_log_prob=True,
        ),
        ValueOperator(nn.Linear(256, 1), ["features"]),
    )
    with torch.no_grad():
        agent(env.fake_tensordict())  # So that the lazy layer knows its size.
    return agent


def train(env: EnvBase, arguments: argparse.Namespace) -> None:
    agent = make_agent(env)
    loss = ClipPPOLoss(agent.get_policy_operator(), agent.get_value_operator(), entropy_coeff=0.01, critic_coeff=0.5)
    advantage = GAE(gamma=0.97, lmbda=0.95, value_network=agent.get_value_operator(), average_gae=True)
    optimizer = torch.optim.Adam(loss.parameters(), lr=5e-4, eps=1e-5)
    size = ROLLOUT * arguments.envs
    collector = Collector(
        env,
        agent.get_policy_operator(),
        frames_per_batch=size,
        total_frames=arguments.steps,
        auto_register_policy_transforms=False,  # They are for networks with a memory.
    )
    rewards: list[float] = []
    with tqdm(total=arguments.steps, unit=" steps", dynamic_ncols=True, mininterval=0.5) as bar:
        for rollout in collector:
            rewards += rollout["next", "episode_reward"][rollout["next", "done"]].tolist()
            for _ in range(EPOCHS):
                with torch.no_grad():
                    advantage(rollout)
                for part in rollout.reshape(-1)[torch.randperm(size)].chunk(PARTS):
                    losses = loss(part)
                    optimizer.zero_grad()
                    sum(value for name, value in losses.items() if name.startswith("loss_")).backward()
                    nn.utils.clip_grad_norm_(loss.parameters(), 0.5)
                    optimizer.step()
            last = rewards[-50:]
            bar.set_postfix_str(f"last {len(last)} episodes: reward {sum(last) / max(1, len(last)):.1f}", refresh=False)
            bar.update(size)


def main() -> None:
    arguments = parse_arguments()
    torch.manual_seed(arguments.seed)
    # More of them wait in loops, on cores that the emulators need.
    torch.set_num_threads(arguments.threads)
    image = ToTensorImage(in_keys=["observation"], out_keys=["pixels"])
    env = TransformedEnv(ParallelEnv(arguments.envs, MakeEnv(arguments.game)), Compose(image, RewardSum()))
    try:
        env.set_seed(arguments.seed)
        train(env, arguments)
    except KeyboardInterrupt:
        print("stopped")
    finally:
        if not env.is_closed:
            env.close()


if __name__ == "__main__":
    main()
