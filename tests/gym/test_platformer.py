"""hop through Gymnasium, on libretro: the contract, and what its options mean."""

from tests.contract_gym import GymContract


class TestContract(GymContract):
    game = "toolkit/Platformer-v0"
