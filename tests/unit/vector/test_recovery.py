"""When the next emulator is tried."""

import numpy as np
import pytest

from toolkit.errors import ConfigError, EmulatorExited
from toolkit.gym import recovery
from toolkit.gym.recovery import Recovery
from toolkit.link import complete


class Lane:
    lost = False
    works = False

    def resetting(self, random, seeded, options):
        self.drawn = random.random()
        if "bad" in options:
            raise ConfigError("no such option")
        if not self.works:
            raise EmulatorExited("gone")
        yield
        return {"drawn": self.drawn}


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(recovery, "time", clock)
    return clock


def replacing():
    yield


def begin(one, options=None, attempts=None):
    return complete(one.beginning(np.random.default_rng(3), True, options or {}, replacing, attempts))


def test_pauses_grow_up_to_a_limit_and_end_with_success(clock):
    lane = Lane()
    one = Recovery(lane, 3)
    with pytest.raises(EmulatorExited):
        begin(one)
    assert (one.failures, one.given_up, one.reason) == (3, True, "gone")
    pauses = [one.pause]
    for _ in range(30):
        clock.now += one.pause
        assert one.pause == 0
        with pytest.raises(EmulatorExited):
            begin(one, attempts=1)
        pauses.append(one.pause)
    assert pauses[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pauses[-1] == 60
    lane.works = True
    # What the failures drew is taken back.
    assert begin(one) == {"drawn": np.random.default_rng(3).random()}
    assert (one.failures, one.pause, one.lost) == (0, 0, False)


def test_a_mistake_of_the_callers_costs_no_emulator(clock):
    one = Recovery(Lane(), 3)
    with pytest.raises(ConfigError):
        begin(one, {"bad": 1})
    assert (one.failures, one.lost) == (0, False)
