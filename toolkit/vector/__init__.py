"""Many emulators side by side, as one vector of environments. Needs the extra `gym`.

    envs = toolkit.vector.make_vec("toolkit/Bout-v0", num_envs=8, grayscale=True, resize=(84, 84), stack_num=4)

The names below the line are what `gymnasium.make_vec(id, vectorization_mode="vector_entry_point")` calls.
"""

from toolkit.vector.env import LaneVectorEnv
from toolkit.vector.factory import airstriker, bout, make_vec, platformer, street_fighter

__all__ = ["LaneVectorEnv", "airstriker", "bout", "make_vec", "platformer", "street_fighter"]
