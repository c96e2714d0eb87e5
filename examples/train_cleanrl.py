"""PPO in one file, in the manner of CleanRL: nothing between the emulators and PyTorch but `toolkit.vector`.

    python examples/train_cleanrl.py                           the platformer, for 100,000 steps
    python examples/train_cleanrl.py --game toolkit/Airstriker-v0 --envs 8

Needs pip install 'coinop-toolkit[gym]' and PyTorch. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections import deque

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from toolkit.errors import ToolkitError
from toolkit.vector import LaneVectorEnv, make_vec

STEPS, EPOCHS, PARTS = 128, 4, 4  # of a rollout: how long, how often learned from, and in how many parts
GAMMA, LAMBDA, CLIP, ENTROPY, VALUE = 0.97, 0.95, 0.2, 0.01, 0.5
VIEW = {"grayscale": True, "resize": (84, 84), "stack_num": 4, "channels_first": True, "reward_clipping": True}


class Agent(nn.Module):
    def __init__(self, channels: int, actions: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, 16, 8, 4), nn.ReLU(), nn.Conv2d(16, 32, 4, 2), nn.ReLU(), nn.Flatten(),
            nn.Linear(32 * 9 * 9, 256), nn.ReLU(),
        )  # fmt: skip
        self.actor, self.critic = nn.Linear(256, actions), nn.Linear(256, 1)
        nn.init.orthogonal_(self.actor.weight, 0.01)

    def forward(self, seen: torch.Tensor) -> tuple[torch.distributions.Categorical, torch.Tensor]:
        features = self.body(seen.float() / 255)
        return torch.distributions.Categorical(logits=self.actor(features)), self.critic(features).squeeze(-1)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--game", default="toolkit/Platformer-v0", help="an id with Discrete actions")
    parser.add_argument("--envs", type=int, default=4, metavar="N", help="emulators side by side (default: 4)")
    parser.add_argument("--steps", type=int, default=100_000, metavar="N", help="of all together (default: 100000)")
    parser.add_argument("--frame-ratio", type=int, default=8, metavar="N", help="emulated frames a step (default: 8)")
    parser.add_argument("--seed", type=int, default=0, help="of all chance (default: 0)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="of PyTorch's (default: 1)")
    return parser.parse_args()


def train(envs: LaneVectorEnv, agent: Agent, arguments: argparse.Namespace) -> None:
    count, shape = envs.num_envs, envs.single_observation_space.shape
    optimizer = torch.optim.Adam(agent.parameters(), lr=5e-4, eps=1e-5)
    seen = torch.zeros((STEPS, count, *shape), dtype=torch.uint8)
    actions = torch.zeros((STEPS, count), dtype=torch.long)
    logs, values, rewards, ends = (torch.zeros((STEPS, count)) for _ in range(4))
    returns, last = np.zeros(count), deque[float](maxlen=50)
    now = torch.from_numpy(envs.reset(seed=arguments.seed)[0])
    with tqdm(total=arguments.steps, unit=" steps", dynamic_ncols=True, mininterval=0.5) as bar:
        while bar.n < arguments.steps:
            for step in range(STEPS):
                # The observation lies in the emulators' memory, and is copied here; see copy=False.
                seen[step] = now
                with torch.no_grad():
                    policy, values[step] = agent(now)
                    actions[step] = policy.sample()
                    logs[step] = policy.log_prob(actions[step])
                observed, reward, terminations, truncations, _ = envs.step(actions[step].numpy())
                over = terminations | truncations
                now, rewards[step], ends[step] = map(torch.from_numpy, (observed, reward, over))
                returns += reward
                last.extend(returns[over])
                returns[over] = 0.0
            with torch.no_grad():
                following, ahead = agent(now)[1], torch.zeros(count)
            advantages = torch.zeros_like(rewards)
            for step in reversed(range(STEPS)):
                goes_on = 1.0 - ends[step]
                surprise = rewards[step] + GAMMA * goes_on * following - values[step]
                advantages[step] = ahead = surprise + GAMMA * LAMBDA * goes_on * ahead
                following = values[step]
            learn(agent, optimizer, [x.flatten(0, 1) for x in (seen, actions, logs, advantages, advantages + values)])
            bar.set_postfix_str(f"last {len(last)} episodes: reward {np.mean(last or [0]):.1f}", refresh=False)
            bar.update(STEPS * count)
    print(f"{bar.n} steps, reward of the last {len(last)} episodes: {np.mean(last or [0]):.1f}")


def learn(agent: Agent, optimizer: torch.optim.Optimizer, rollout: list[torch.Tensor]) -> None:
    for _ in range(EPOCHS):
        for part in torch.randperm(len(rollout[0])).chunk(PARTS):
            seen, actions, logs, advantages, targets = (whole[part] for whole in rollout)
            policy, values = agent(seen)
            ratio = (policy.log_prob(actions) - logs).exp()
            advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
            gain = torch.min(ratio * advantages, ratio.clamp(1 - CLIP, 1 + CLIP) * advantages).mean()
            loss = VALUE * (values - targets).square().mean() - gain - ENTROPY * policy.entropy().mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
            optimizer.step()


def main() -> None:
    arguments = parse_arguments()
    torch.manual_seed(arguments.seed)
    # More of them wait in loops, on cores that the emulators need.
    torch.set_num_threads(arguments.threads)
    options = {**VIEW, "frame_ratio": arguments.frame_ratio, "autoreset_mode": "SameStep", "infos": "none"}
    try:
        with contextlib.closing(make_vec(arguments.game, arguments.envs, copy=False, **options)) as envs:
            agent = Agent(envs.single_observation_space.shape[0], int(envs.single_action_space.n))
            train(envs, agent, arguments)
    except KeyboardInterrupt:
        print("stopped")
    except ToolkitError as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
