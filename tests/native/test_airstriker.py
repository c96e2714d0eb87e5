"""Airstriker, which stable-retro's wheel brings, here and there: the same observations, rewards, ends and infos.

stable-retro has one emulator per process, so it runs in a process of its own.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import toolkit.retro as retro
from tests.native.stable_retro_episodes import arguments, play

GAME = "Airstriker-Genesis-v0"
SCRIPT = Path(__file__).with_name("stable_retro_episodes.py")
SCENARIO = {
    "reward": {
        "variables": {
            "score": {"reward": 0.1},
            "lives": {"penalty": 3.3},
            "gameover": {"op": "sign", "measurement": "absolute", "reward": 1e-3},
        },
        "time": {"reward": -0.01},
    },
    "done": {"variables": {"lives": {"op": "less-than", "reference": 2}}},
    "actions": [[[], ["UP"], ["DOWN"]], [[], ["LEFT"], ["RIGHT"]], [["B"], []]],
    "crop": [16, 8, 256, 200],
}


def there(request):
    done = subprocess.run(
        [sys.executable, SCRIPT], input=json.dumps(request), capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout[done.stdout.index("{") :])


def here(request):
    with retro.make(**arguments(retro, request["make"])) as env:
        env.multi_rewards = request.get("multi_rewards", False)
        return json.loads(json.dumps(play(env, request["seed"], request["steps"])))


def compare(**request):
    request["make"] = {"game": GAME, **request.get("make", {})}
    ours, theirs = here(request), there(request)
    for number, (mine, other) in enumerate(zip(ours["record"], theirs["record"], strict=True)):
        assert mine == other, f"step {number} of {request}"
    assert ours == theirs
    return ours["record"]


@pytest.mark.parametrize(
    ("seed", "kind"),
    [
        (0, "Actions.FILTERED"),
        (1, "Actions.ALL"),
        (2, "Actions.DISCRETE"),
        (3, "Actions.MULTI_DISCRETE"),
    ],
)
def test_five_thousand_random_steps(seed, kind):
    record = compare(seed=seed, steps=5000, make={"use_restricted_actions": kind})
    # What was compared is a game: points were made, lives were lost, pictures moved.
    assert len({entry[0] for entry in record}) > 500
    if kind != "Actions.ALL":  # which presses START, and so is in a pause for most of the time
        assert len(record) > 5001
        assert sum(entry[2] for entry in record if len(entry) > 3) > 0


def test_memory_as_observation():
    compare(seed=4, steps=1000, make={"obs_type": "Observations.RAM"})


def test_from_where_the_machine_is_switched_on():
    compare(seed=5, steps=1000, make={"state": "State.NONE"})


def test_two_players():
    compare(seed=6, steps=500, make={"players": 2})
    compare(seed=7, steps=500, make={"players": 2, "use_restricted_actions": "Actions.DISCRETE"}, multi_rewards=True)


def test_another_scenario(tmp_path):
    (tmp_path / "other.json").write_text(json.dumps(SCENARIO))
    record = compare(seed=8, steps=3000, make={"scenario": str(tmp_path / "other.json")})
    assert any(entry[3] for entry in record if len(entry) > 3)
    assert record[0][1] == [200, 256, 3]


def test_several_at_once_in_one_process():
    """Which stable-retro cannot: they do not disturb each other."""
    with retro.make(GAME) as first, retro.make(GAME) as second:
        alone = json.dumps(play(first, 9, 200))
        for env in (first, second):
            env.action_space.seed(9)
            env.reset()
        for _ in range(100):
            mine = first.step(first.action_space.sample())
            other = second.step(second.action_space.sample())
            assert (mine[0] == other[0]).all()
            assert mine[1:] == other[1:]
        assert json.dumps(play(second, 9, 200)) == alone
