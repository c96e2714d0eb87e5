"""Vectors of environments, on a tiny core whose pictures tell which actions led to them."""

import itertools

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from tests.native.tiny_game import GAME, Model, make_game
from toolkit.errors import ConfigError, StateError
from toolkit.gym.retro_lane import make_retro
from toolkit.retro import Actions, State
from toolkit.vector import make_vec

RATIO = 2
# The 24 bits of `mixed` that are seen decide: an episode lasts until they are small.
ENDS = {"done": {"variables": {"mixed": {"op": "less-than", "reference": 2**28}}}}


@pytest.fixture
def game(tmp_path, monkeypatch, cores, program):
    """Makes vectors of the tiny game, or of another scenario of it."""
    made, numbers = [], itertools.count()

    def make(num_envs=4, scenario=None, **options):
        folder = tmp_path / str(next(numbers))
        make_game(folder, monkeypatch, *([] if scenario is None else [scenario]))
        options = {"core": str(cores["counter"]), "state": State.NONE, "frame_ratio": RATIO, **options}
        made.append(make_vec(GAME, num_envs, **options))
        return made[-1]

    yield make
    for envs in made:
        envs.close()


class Models:
    """What each environment of a vector should show."""

    def __init__(self, envs):
        self.models = [Model() for _ in envs.lanes]
        self.pressed = [lambda action, lane=lane: lane._reader.read(action)[0] for lane in envs.lanes]

    def step(self, number, action):
        self.models[number].run(self.pressed[number](int(action)), RATIO)

    def check(self, observations, numbers=None):
        for row, number in enumerate(range(len(self.models)) if numbers is None else numbers):
            assert self.models[number].shows(observations[row]), number


def actions_of(envs, random, count=None):
    return random.integers(envs.single_action_space.n, size=envs.num_envs if count is None else count)


def test_every_environment_shows_what_its_own_actions_did(game):
    envs = game(5)
    assert isinstance(envs, gymnasium.vector.VectorEnv)
    assert envs.observation_space.shape == (5, *envs.single_observation_space.shape)
    models, random = Models(envs), np.random.default_rng(0)
    observations, infos = envs.reset(seed=3)
    models.check(observations)
    assert infos["frames"].tolist() == [3] * 5
    for step in range(200):
        actions = actions_of(envs, random)
        observations, rewards, terminations, truncations, infos = envs.step(actions)
        for number, action in enumerate(actions):
            models.step(number, action)
        models.check(observations)
        assert observations in envs.observation_space
        assert (rewards == RATIO).all()
        assert rewards.dtype == np.float64
        assert not terminations.any()
        assert not truncations.any()
        assert infos["mixed"].tolist() == [model.mixed for model in models.models], step
        assert infos["_mixed"].all()
    assert envs.restarts.tolist() == [0] * 5


def test_copies_last_and_views_last_as_long_as_promised(game):
    random = np.random.default_rng(1)
    for copy, buffers in ((True, 2), (False, 2), (False, 4)):
        envs = game(3, copy=copy, buffers=buffers)
        kept = [envs.reset()[0]]
        before = [kept[0].copy()]
        for _ in range(8):
            kept.append(envs.step(actions_of(envs, random))[0])
            before.append(kept[-1].copy())
        good = [np.array_equal(now, then) for now, then in zip(kept, before, strict=True)]
        assert good == ([True] * 9 if copy else [False] * (9 - buffers) + [True] * buffers)
        # Without a copy it is the very memory that the emulators write to.
        assert kept[-1].flags.owndata is copy


@pytest.mark.parametrize("kind", ["image", "both"])
def test_views_outlive_the_vector(game, kind):
    envs = game(2, copy=False, observation=kind)
    envs.reset()
    seen = envs.step(np.zeros(2, np.int64))[0]
    views = list(seen.values()) if isinstance(seen, dict) else [seen]
    before = [view.copy() for view in views]
    envs.close()
    assert all(np.array_equal(view, then) for view, then in zip(views, before, strict=True))
    for call in (envs.reset, envs.render, lambda: envs.step(np.zeros(2, np.int64))):
        with pytest.raises(StateError, match="closed"):
            call()


def over(model):
    return model.mixed < 2**28


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_what_comes_after_an_episode(game, mode):
    envs = game(4, ENDS, autoreset_mode=mode)
    assert envs.metadata["autoreset_mode"] is mode
    models, random = Models(envs), np.random.default_rng(5)
    models.check(envs.reset()[0])
    done, ends = np.zeros(4, bool), 0
    for _ in range(150):
        actions = actions_of(envs, random)
        if mode is AutoresetMode.DISABLED and done.any():
            with pytest.raises(StateError, match="reset_mask"):
                envs.step(actions)
            observations, infos = envs.reset(options={"reset_mask": done})
            for number in np.flatnonzero(done):
                models.models[number].reset()
            models.check(observations)
            assert infos["_frames"].tolist() == done.tolist()
            done[:] = False
        observations, rewards, terminations, truncations, infos = envs.step(actions)
        for number, action in enumerate(actions):
            model = models.models[number]
            if mode is AutoresetMode.NEXT_STEP and done[number]:
                model.reset()
                assert rewards[number] == 0
                assert not terminations[number]
                continue
            ran = 0
            while ran < RATIO and not (ran and over(model)):
                model.run(models.pressed[number](int(action)), 1)
                ran += 1
            assert rewards[number] == ran
            assert terminations[number] == over(model)
            if over(model) and mode is AutoresetMode.SAME_STEP:
                assert model.shows(infos["final_obs"][number])
                assert infos["final_info"]["frames"][number] == model.frames
                model.reset()
        models.check(observations)
        assert not truncations.any()
        done = terminations.copy()
        ends += int(done.sum())
    assert ends > 20


def test_the_first_results_of_many(game):
    """send and recv: whoever is ready first, and each with what its own actions did."""
    envs = game(6, batch_size=2)
    models, random = Models(envs), np.random.default_rng(2)
    observations, _ = envs.reset()
    models.check(observations)
    with pytest.raises(StateError, match=r"send\(\) and recv\(\)"):
        envs.step(actions_of(envs, random))
    with pytest.raises(StateError, match="0 are to come"):
        envs.recv()
    actions = actions_of(envs, random)
    envs.send(actions)
    for number, action in enumerate(actions):
        models.step(number, action)
    seen = set()
    for _ in range(300):
        with pytest.raises(StateError, match=r"call recv\(\) first"):
            envs.reset(options={"reset_mask": np.arange(6) < 3})
        observations, rewards, _terminations, _truncations, infos = envs.recv()
        numbers = infos["env_id"]
        assert observations.shape[0] == len(rewards) == len(numbers) == 2
        assert np.flatnonzero(infos["_frames"]).tolist() == numbers.tolist()
        models.check(observations, numbers)
        seen.update(numbers.tolist())
        actions = actions_of(envs, random, 2)
        # By default the environments that were received last, in the same order.
        envs.send(actions, *([] if random.random() < 0.5 else [numbers]))
        for number, action in zip(numbers, actions, strict=True):
            models.step(number, action)
        with pytest.raises(StateError, match="still to come"):
            envs.send(actions, numbers)
    assert seen == set(range(6))
    # Of all it drops what is outstanding, and shows all in one batch, however often each was stepped.
    observations, _ = envs.reset()
    for number in range(6):
        models.models[number].reset()
    models.check(observations)


def test_what_one_environment_does_alone_it_does_among_others(game):
    options = {
        "repeat_action_probability": 0.25, "noop_max": 12, "grayscale": True, "resize": (12, 6), "stack_num": 3,
    }  # fmt: skip
    alone, together = game(1, **options), game(4, **options)
    random = np.random.default_rng(8)
    one, _ = alone.reset(seed=102)
    all_, _ = together.reset(seed=[7, None, 102, 3])
    assert np.array_equal(one[0], all_[2])
    for _ in range(60):
        action = actions_of(alone, random)
        one = alone.step(action)
        others = actions_of(together, random)
        others[2] = action[0]
        all_ = together.step(others)
        assert np.array_equal(one[0][0], all_[0][2])
        assert one[1][0] == all_[1][2]


@pytest.mark.parametrize("kind", ["image", "ram", "both"])
def test_what_is_seen(game, kind):
    envs = game(3, observation=kind)
    models, random = Models(envs), np.random.default_rng(4)
    observations, _ = envs.reset()
    for _ in range(20):
        assert observations in envs.observation_space
        if kind != "image":
            ram = observations["ram"] if kind == "both" else observations
            assert [int.from_bytes(row[8:12].tobytes(), "little") for row in ram] == [m.mixed for m in models.models]
        if kind != "ram":
            models.check(observations["image"] if kind == "both" else observations)
        actions = actions_of(envs, random)
        observations = envs.step(actions)[0]
        for number, action in enumerate(actions):
            models.step(number, action)


@pytest.mark.parametrize("infos", ["all", "final", "none"])
def test_infos(game, infos):
    envs = game(3, ENDS, infos=infos)
    random = np.random.default_rng(4)
    assert bool(envs.reset()[1]) is (infos != "none")
    for _ in range(60):
        _, _, terminations, _, found = envs.step(actions_of(envs, random))
        expected = {"all": [True] * 3, "final": terminations.tolist(), "none": [False] * 3}[infos]
        assert found.get("_frames", np.zeros(3, bool)).tolist() == expected


def test_games_of_a_kind_may_be_mixed(game, cores, monkeypatch, tmp_path):
    make_game(tmp_path / "mixed", monkeypatch)
    one = make_retro(GAME, core=str(cores["counter"]), state=State.NONE, frame_ratio=1)
    two = make_retro(GAME, core=str(cores["counter"]), state=State.NONE, frame_ratio=3)
    with_other = make_retro(GAME, core=str(cores["counter"]), state=State.NONE, grayscale=True)
    envs = make_vec([one, two, one])
    try:
        envs.reset()
        _, rewards, *_ = envs.step([0, 0, 0])
        assert rewards.tolist() == [1, 3, 1]
    finally:
        envs.close()
    with pytest.raises(ConfigError, match="one shape"):
        make_vec([one, with_other])


def test_what_is_refused_does_nothing(game):
    envs = game(3)
    with pytest.raises(StateError, match="reset"):
        envs.step([0, 0, 0])
    with pytest.raises(ConfigError, match="3 truth values"):
        envs.reset(options={"reset_mask": [True]})
    with pytest.raises(ConfigError, match="3 of them"):
        envs.reset(seed=[1, 2])
    envs.reset()
    high = int(envs.single_action_space.n)
    for wrong in ([0, 0], [0, 0, high], [0, -1, 0], [0.5, 0, 0], None, [[0, 0], [0], [0]], [0, [1, 1], 2], "abc"):
        with pytest.raises(ConfigError):
            envs.step(wrong)
    with pytest.raises(ConfigError, match="different numbers"):
        envs.send([0, 0, 0], [0, 0, 1])
    # Nothing has happened: this is the first step.
    assert envs.step([0, 0, 0])[4]["frames"].tolist() == [5, 5, 5]
    for wrong in ([0.7], ["0"], [-1], [3], [True], [None]):
        with pytest.raises(ConfigError, match="one of env_ids is a whole number from 0 to 2"):
            envs.send([0], wrong)
    for wrong in (-1, 0.5, "1", [1, 2, -3], np.array([0.5, 1, 2]), np.array([5]), True):
        with pytest.raises(ConfigError, match="seed"):
            envs.reset(seed=wrong)
    for options in (
        {"batch_size": 4},
        {"batch_size": 0},
        {"copy": "no"},
        {"max_episode_steps": 0},
        {"infos": "some"},
        {"buffers": 1},
        {"render_mode": "ascii"},
        {"num_envs": 0},
    ):
        with pytest.raises(ConfigError):
            game(**{"num_envs": 3, **options})
    envs.close()
    envs.close()
    with pytest.raises(StateError, match="closed"):
        envs.step([0, 0, 0])


def test_numbers_and_seeds_of_numpys(game):
    options = {"noop_max": 9, "max_episode_steps": np.int32(7), "buffers": np.int64(2), "copy": np.True_}
    numpys = {"frame_ratio": np.int64(2), "repeat_action_probability": np.float32(0.25), "timeout": np.float32(30)}
    envs = game(np.int64(3), **numpys, **options)
    plain, _ = envs.reset(seed=[4, 5, 6])
    for seeds in (4, np.int64(4), np.array(4), np.array([4, 5, 6]), np.array([4, 5, 6], np.uint8), (4, np.int8(5), 6)):
        assert np.array_equal(envs.reset(seed=seeds)[0], plain), seeds
    assert not np.array_equal(envs.reset(seed=[4, None, 7])[0], plain)
    for number in (np.uint8(1), np.array(1)):
        envs.reset()
        envs.step(np.ones(3, np.float32))
        with pytest.raises(ConfigError, match="different numbers"):
            envs.send([0, 0], [number, 1])


@pytest.mark.parametrize("mode", ["same_step", "SAME_STEP", "next-step", "Disabled"])
def test_episodes_of_so_many_steps(game, mode):
    """As Gymnasium's TimeLimit: truncated, and nothing in the infos; the step that begins an episode does not count."""
    envs = game(2, autoreset_mode=mode, max_episode_steps=3)
    envs.reset()
    same, disabled = (envs.autoreset_mode is kind for kind in (AutoresetMode.SAME_STEP, AutoresetMode.DISABLED))
    for _ in range(2):
        for step in range(1, 4):
            _, rewards, terminations, truncations, infos = envs.step([0, 1])
            assert (rewards == RATIO).all()
            assert not terminations.any()
            assert truncations.tolist() == [step == 3] * 2
            assert set(infos) - {"frames", "held", "mixed", "_frames", "_held", "_mixed"} == (
                {"final_obs", "_final_obs", "final_info", "_final_info"} if same and step == 3 else set()
            )
        if disabled:
            # One of them alone counts its own steps.
            envs.reset(options={"reset_mask": np.array([True, False])})
            with pytest.raises(StateError, match="reset_mask"):
                envs.step([0, 0])
            envs.reset(options={"reset_mask": np.array([False, True])})
        elif not same:
            *_, truncations, infos = envs.step([0, 1])
            assert not truncations.any()
            assert infos["frames"].tolist() == [3, 3]


def test_other_spellings_of_modes_and_actions(game):
    with pytest.raises(ConfigError, match="autoreset_mode is one of NEXT_STEP, SAME_STEP, DISABLED, got 'same'"):
        game(1, autoreset_mode="same")
    envs = game(1, actions=Actions.FILTERED)
    envs.reset()
    for action in (np.ones((1, 9), np.float32), np.ones((1, 9), bool), [[1.0] * 9]):
        *_, infos = envs.step(action)
        assert infos["held"][0] == envs.lanes[0]._reader.read([1] * 9)[0]
    with pytest.raises(ConfigError, match="9 numbers, each 0 or 1"):
        envs.step(np.full((1, 9), np.nan))


def test_pictures(game):
    envs = game(3, grayscale=True, resize=(4, 4), render_mode="rgb_array")
    envs.reset()
    envs.step([0, 1, 2])
    pictures = envs.render()
    assert [picture.shape for picture in pictures] == [(8, 16, 3)] * 3
