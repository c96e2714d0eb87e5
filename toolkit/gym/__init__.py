"""Games as Gymnasium environments. Needs the extra `gym`. Importing it registers the ids, such as "toolkit/Bout-v0"."""

from toolkit.gym.env import LaneEnv
from toolkit.gym.game_lane import GameLane
from toolkit.gym.games import GAMES, lane_factory
from toolkit.gym.lane import Lane, Outcome
from toolkit.gym.preprocessing import Preprocessing
from toolkit.gym.registration import register_envs

__all__ = ["GAMES", "GameLane", "Lane", "LaneEnv", "Outcome", "Preprocessing", "lane_factory", "register_envs"]

register_envs()
