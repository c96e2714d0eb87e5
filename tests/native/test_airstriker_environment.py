"""games.airstriker, on the contract of every environment; and the example of a console game."""

import subprocess
import sys
from pathlib import Path

import pytest

from games.airstriker import Environment
from tests.contract import EnvironmentContract
from toolkit.environment import Phase
from toolkit.errors import ConfigError, RomError

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "retro_random.py"


class TestAirstriker(EnvironmentContract):
    compared_steps = 150

    def make(self, **options):
        return Environment("contract", **options)


def test_lives_and_points():
    with Environment("airstriker") as env:
        env.start()
        assert env.emulator.step()["lives"] == 3
        rounds, reward = 0, 0.0
        # It shoots and never moves: an easy target.
        for number in range(3000):
            result = env.step(8, number % 2)
            reward += result.reward["P1"]
            rounds += result.round_done
            if result.game_done:
                break
            if result.round_done:
                assert env.phase is Phase.ROUND_DONE
                env.reset()
        assert rounds == 4
        assert reward > 0


def test_no_rom(tmp_path):
    with pytest.raises(RomError, match="does not exist"):
        Environment("airstriker", tmp_path / "missing.md")
    with pytest.raises(ConfigError, match="core"):
        Environment("airstriker", core="missing")


def example(*arguments):
    return subprocess.run(
        [sys.executable, EXAMPLE, *arguments], capture_output=True, text=True, timeout=100, check=False
    )


def test_the_example(tmp_path):
    done = example("--steps", "200", "--actions", "discrete", "--record", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "200 frames" in done.stdout
    assert len(list(tmp_path.glob("*.bk2"))) == 1
    done = example("Nothing-Genesis-v0")
    assert done.returncode == 1
    assert "no integration is called" in done.stderr
