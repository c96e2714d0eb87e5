"""The examples that train, for as long as it takes to see that they do.

RLlib needs another version of Gymnasium than all else (see docs/learning.md), so that its example is not run here: only
what it makes environments with, and that it says what is missing.
"""

import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
SCRIPTS = ("train_sb3.py", "train_cleanrl.py", "train_torchrl.py")
SHORT = ("--steps", "256", "--envs", "2")

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("sb3")]


def run(script, *arguments):
    return subprocess.run(
        [sys.executable, EXAMPLES / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.mark.parametrize("script", [*SCRIPTS, "train_rllib.py"])
def test_help(script):
    done = run(script, "--help")
    assert done.returncode == 0, done.stderr
    for option in ("--game", "--envs", "Ctrl-C", "pip install"):
        assert option in done.stdout


def test_sb3_saves_what_it_learned_and_goes_on_with_it(tmp_path):
    model, films = tmp_path / "model.zip", tmp_path / "films"
    done = run("train_sb3.py", *SHORT, "--save", model, "--episodes", 0)
    assert done.returncode == 0, done.stderr
    assert "256/256" in done.stderr
    done = run("train_sb3.py", "--load", model, "--steps", 0, "--envs", 1, "--episodes", 1, "--film", films)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("an episode of ")
    assert [path.stat().st_size > 1000 for path in films.glob("*.mp4")] == [True]


@pytest.mark.parametrize("script", ["train_cleanrl.py", "train_torchrl.py"])
def test_others_learn_their_steps(script):
    done = run(script, *SHORT)
    assert done.returncode == 0, done.stderr
    assert "256/256" in done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.parametrize("script", ["train_sb3.py", "train_cleanrl.py"])
def test_a_mistake_is_one_line(script):
    done = run(script, "--envs", 0)
    assert done.returncode == 1
    assert done.stderr == "ConfigError: num_envs is a whole number from 1, got 0\n"


def test_rllib_without_ray_is_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr(sys, "argv", ["train_rllib.py"])
    with pytest.raises(SystemExit, match=r"^this example needs pip install 'coinop-toolkit\[rllib\]'$"):
        runpy.run_path(str(EXAMPLES / "train_rllib.py"), run_name="__main__")


def test_rllib_workers_make_environments_whose_images_are_floats(monkeypatch):
    example = runpy.run_path(str(EXAMPLES / "train_rllib.py"))
    monkeypatch.setattr(sys, "argv", ["train_rllib.py", "--frame-ratio", "6"])
    config = example["env_config"](example["parse_arguments"]())
    env = example["make_env"](config)
    try:
        assert env.unwrapped.lane.env.emulator.frame_ratio == 6
        seen, _ = env.reset(seed=1)
        assert seen in env.observation_space
        assert (seen.dtype, seen.shape) == (np.float32, (84, 84, 4))
        assert 0.2 < seen.max() <= 1.0
        env.step(2)
    finally:
        env.close()
