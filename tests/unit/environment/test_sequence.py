import pytest

from tests.unit.environment.tiny import DIAL, A, B, RecordingEmulator
from toolkit.emulator import Address
from toolkit.environment import Press, Wait, WaitUntil, play, to_steps
from toolkit.environment.sequence import LONGEST_RUN
from toolkit.errors import ConfigError, EmulatorExited, SequenceStuck


def run(emulator, *sequence):
    return list(play(emulator, sequence, "a test"))


@pytest.mark.parametrize(
    ("frames", "ratio", "steps"), [(10, 1, 10), (10, 3, 3), (9, 3, 3), (11, 3, 3), (10, 5, 2), (1, 3, 1), (10, 60, 1)]
)
def test_frames_become_whole_steps_and_never_none(frames, ratio, steps):
    assert to_steps(frames, ratio) == steps


@pytest.mark.parametrize("ratio", [1, 2, 3, 5])
def test_what_is_held_in_every_frame(ratio):
    with RecordingEmulator(frame_ratio=ratio) as emulator:
        run(emulator, Wait(10), Press([A]), Wait(3), Press([A, DIAL], 25), Press([B]))
        expected = [()] * (10 // ratio) + [(A,)] + [()] * max(1, 3 // ratio) + [(A, DIAL)] * (25 // ratio) + [(B,)]
        assert emulator.log == [held for held in expected for _ in range(ratio)]
        assert emulator.frame_number == len(emulator.log)


@pytest.mark.parametrize("ratio", [1, 3, 7, 100])
def test_a_long_wait_takes_few_exchanges_and_exactly_its_frames(ratio):
    with RecordingEmulator(frame_ratio=ratio) as emulator:
        data = run(emulator, Wait(1000))
        frames = 1000 // ratio * ratio
        assert emulator.frame_number == frames
        assert emulator.exchanges == len(data) == -(-frames // LONGEST_RUN)


@pytest.mark.parametrize("ratio", [1, 2, 3, 5])
def test_wait_until_stops_at_the_first_step_that_holds(ratio):
    with RecordingEmulator({"frames": Address(0, "u8")}, frame_ratio=ratio) as emulator:
        data = run(emulator, WaitUntil(lambda data: data["frames"] >= 12, 100, "frame 12"))
        assert emulator.frame_number == -(-12 // ratio) * ratio
        assert [d["frames"] for d in data] == list(range(ratio, emulator.frame_number + 1, ratio))


def test_wait_until_looks_at_the_frame_too():
    with RecordingEmulator() as emulator:
        run(emulator, WaitUntil(lambda data: data["frame"].max() >= 5, 100, "a colour"))
        assert emulator.frame_number == 5


def test_wait_until_runs_one_step_before_it_asks():
    with RecordingEmulator(frame_ratio=3) as emulator:
        run(emulator, WaitUntil(lambda data: True, 1, "nothing"))
        assert emulator.frame_number == 3


@pytest.mark.parametrize(("ratio", "ran"), [(1, 10), (3, 9), (5, 10), (20, 20)])
def test_a_wait_out_of_budget_says_where_and_what_it_saw(ratio, ran):
    with RecordingEmulator({"frames": Address(0, "u8"), "b": Address(5, "u8")}, frame_ratio=ratio) as emulator:
        with pytest.raises(SequenceStuck) as caught:
            run(emulator, Press([A]), WaitUntil(lambda data: False, 10, "godot"), Press([B]))
        assert emulator.frame_number == ratio + ran
        assert caught.value.step == "step 2 of 3 of a test"
        assert caught.value.values == {"frames": ratio + ran, "b": 0}
        seen = (f"frames={ratio + ran}", "b=0", f"frame {ratio + ran}")
        for part in ("step 2 of 3 of a test", "godot", "10 frames", *seen):
            assert part in str(caught.value)
        # It is still there, to be looked at.
        assert not emulator.closed
        emulator.step()


def test_it_is_lazy_so_that_a_caller_sees_every_answer():
    with RecordingEmulator() as emulator:
        steps = play(emulator, [Wait(1), Press([A]), Wait(1)], "a test")
        assert emulator.log == []
        next(steps)
        next(steps)
        assert emulator.log == [(), (A,)]


def test_a_dead_emulator_ends_it():
    with RecordingEmulator(misbehaviour="exit") as emulator, pytest.raises(EmulatorExited):
        run(emulator, Wait(10))


@pytest.mark.parametrize("frames", [0, -1, 1.5, True, None, "10"])
def test_times_are_whole_numbers_from_1(frames):
    for make in (Wait, lambda n: Press([A], n), lambda n: WaitUntil(bool, n, "x")):
        with pytest.raises(ConfigError, match="frames"):
            make(frames)


def test_steps_are_values():
    assert Press([A]) == Press((A,), frames=1)
    assert hash(Press([A])) == hash(Press([A]))
    with pytest.raises(AttributeError):
        Wait(1).frames = 2
