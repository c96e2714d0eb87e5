"""Numbers that are read after every frame, and steps that end early, against what toolkit.retro makes of them."""

import numpy as np
import pytest

from toolkit.errors import ConfigError, ProtocolError
from toolkit.retro.conditions import Condition, Test
from toolkit.retro.datatype import DataType, wrap64
from toolkit.retro.memory import Variable
from toolkit.retro.observation import Number
from toolkit.retro.operators import OPERATORS, Measurement, _value

FRAMES = Number((0, 1, 2, 3))
HELD = Number((4, 5))
MIXED = Number((8, 9, 10, 11))
ORDERS = ("<", ">", "|", "=", "<>", "><", "<=", ">=")


def run(emulator, frames, held=0):
    emulator.begin_buttons((held,), frames)
    return emulator.finish_view()


def test_every_frame_of_a_step(make):
    emulator = make("counter")
    emulator.follow([FRAMES, HELD, MIXED])
    mixed, frames = 0, 0
    for count, held in ((3, 0), (1, 5), (0, 0), (4, 0x8001)):
        values = run(emulator, count, held).values
        assert len(values) == 3 * count
        for row in range(count):
            frames, mixed = frames + 1, (mixed * 1664525 + held + 1) % 2**32
            assert values[3 * row : 3 * row + 3] == (frames, held, mixed)


def test_behind_what_is_watched(make):
    from toolkit.emulator import Address

    emulator = make("counter", {"frames": Address(0, "u32", device=":ram")})
    emulator.follow([FRAMES])
    assert run(emulator, 2).values == (2, 1, 2)


@pytest.mark.parametrize("kind", "uidn")
def test_all_types(make, kind):
    """Random bytes, of random widths and orders, with and without masks."""
    random = np.random.default_rng(ord(kind))
    emulator = make("counter")
    variables = []
    for _ in range(100):
        data_type = DataType(f"{random.choice(ORDERS)}{kind}{random.integers(1, 9)}")
        mask = None if random.random() < 0.5 else int(random.integers(0, 2**63))
        variables.append((int(random.integers(16, 200)), Variable(data_type, 0, mask)))
    emulator._value_capacity = 100
    for start in range(0, 100, 50):
        chosen = variables[start : start + 50]
        emulator.follow([Number(tuple(at + byte for byte in v.type.order), kind=kind, mask=v.mask) for at, v in chosen])
        content = random.integers(0, 256, 240, np.uint8)
        emulator.write_memory(16, content, device=":ram", space="raw")
        memory = bytes(16) + content.tobytes()
        expected = [v.decode(bytes(memory[at + byte] for byte in v.type.order)) for at, v in chosen]
        assert list(run(emulator, 1).values) == expected


def conditions(random, names, depth=0):
    parts = []
    for _ in range(random.integers(1, 4)):
        if depth < 3 and random.random() < 0.4:
            parts.append(conditions(random, names, depth + 1))
        else:
            operator = random.choice([*OPERATORS.values(), _value])
            measurement = Measurement.DELTA if random.random() < 0.5 else Measurement.ABSOLUTE
            parts.append(Test(str(random.choice(names)), measurement, operator, int(random.integers(-3, 4))))
    return Condition(bool(random.random() < 0.5), tuple(parts))


@pytest.mark.parametrize("seed", range(40))
def test_random_conditions_end_a_step_where_they_hold(make, seed):
    random = np.random.default_rng(seed)
    names = ["frames", "low", "signed"]
    numbers = [Number((0,), mask=7), Number((8,), mask=3), Number((11,), kind="i", mask=-(2**63) + 2)]
    condition = conditions(random, names)
    emulator, free = make("counter"), make("counter")
    for one, until in ((emulator, condition.message({n: i for i, n in enumerate(names)})), (free, None)):
        one.follow(numbers, until)
    before = None
    for _ in range(15):
        held = int(random.integers(0, 8))
        rows = [run(free, 1, held).values]
        values = dict(zip(names, rows[0], strict=True))
        deltas = dict.fromkeys(names, 0) if before is None else {n: wrap64(values[n] - before[n]) for n in names}
        ends = condition.holds(values, deltas)
        view = run(emulator, 2, held)
        assert (len(view.values) == 3) is ends
        assert view.values[:3] == rows[0]
        assert view.frame_number == emulator.frame_number
        before = values
        if not ends:
            before = dict(zip(names, run(free, 1, held).values, strict=True))
            assert tuple(before.values()) == view.values[3:]


def test_after_a_state_nothing_has_changed_yet(make):
    emulator = make("counter")
    condition = Condition(False, (Test("frames", Measurement.DELTA, OPERATORS["negative"], 0),))
    state = emulator.save_core_state()
    emulator.follow([FRAMES], condition.message({"frames": 0}))
    run(emulator, 5)
    emulator.load_core_state(state)
    assert run(emulator, 3).values == (1, 2, 3)
    emulator.reset()
    assert run(emulator, 3).values == (1, 2, 3)


def test_all_frames_are_drawn_when_any_may_be_the_last(make):
    from toolkit.emulator import Address

    emulator = make("video_enable", {"drawn": Address(16, "u32", device=":ram")}, 4)
    emulator.follow([FRAMES])
    assert emulator.step_buttons(()).values[0] == 1
    never = Condition(False, (Test("frames", Measurement.ABSOLUTE, OPERATORS["zero"], 0),))
    emulator.follow([FRAMES], never.message({"frames": 0}))
    assert emulator.step_buttons(()).values[0] == 5


def test_what_there_is_not(make):
    emulator = make("counter")
    with pytest.raises(ConfigError, match=r"outside|memory"):
        emulator.follow([Number((1 << 30,))])
    with pytest.raises(ConfigError):
        emulator.follow([Number((0,), device=":nothing")])
    for wrong in ({"parts": 5}, {"number": 7, "reference": 0, "op": "zero"}, {"number": 0, "reference": 0, "op": "x"}):
        with pytest.raises(ProtocolError):
            emulator.follow([FRAMES], wrong)
        emulator = make("counter")
    deep = {"parts": []}
    for _ in range(20):
        deep = {"parts": [deep]}
    emulator.follow([FRAMES], deep)
    with pytest.raises(ProtocolError, match="do not fit"):
        run(emulator, 1000)
