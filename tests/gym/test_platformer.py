"""hop through Gymnasium, on libretro: the contract, and what its options mean."""

from games.homebrew.hop import ADDRESSES, STATES
from tests.contract_gym import GymContract
from toolkit.environment import Phase
from toolkit.vector import make_vec


class TestContract(GymContract):
    game = "toolkit/Platformer-v0"


def test_who_loses_the_last_life_does_not_watch_it():
    """The next game begins from its start state in the same step, instead of after the hare has fallen."""
    envs = make_vec("toolkit/Platformer-v0", 1, autoreset_mode="SameStep")
    try:
        first, _ = envs.reset(seed=1)
        env = envs.lanes[0].env
        for name in ("lives", "time"):
            env.emulator.write_memory(ADDRESSES[name][0], b"\x01")
        begun, ran = env.emulator.begin_step, []
        env.emulator.begin_step = lambda *given: ran.append(given) or begun(*given)
        terminated, steps = [False], 0
        while not terminated[0]:
            observed, reward, terminated, _, infos = envs.step([0])
            steps += 1
        final = infos["final_info"]
        assert (final["game_done"][0], final["values"]["state"][0]) == (True, STATES["dying"])
        assert reward[0] == -env.death_penalty
        assert env.phase is Phase.ROUND
        assert (env.lives, infos["values"]["state"][0]) == (3, STATES["play"])
        assert (observed == first).all()
        assert len(ran) == steps + 1  # The first of the new game; nothing else was waited for.
    finally:
        envs.close()
