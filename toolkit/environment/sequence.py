"""What to do in menus, as data: press this, wait so long, wait until that.

All times are emulated frames. An emulator runs whole steps of `frame_ratio` frames, and `to_steps` is the one place
where frames become steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from toolkit.checks import check_integer
from toolkit.emulator import Action, BaseEmulator
from toolkit.errors import SequenceStuck

# One exchange with the emulator runs this many frames at most: a second at real time, far below its timeout.
LONGEST_RUN: Final = 60

Condition = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Press:
    """Hold `actions` for `frames` emulated frames, but at least for one step.

    Two presses of the same button with no `Wait` between them are one long press.
    """

    actions: Sequence[Action]
    frames: int = 1

    def __post_init__(self) -> None:
        _check_frames(self)
        object.__setattr__(self, "actions", tuple(self.actions))


@dataclass(frozen=True, slots=True)
class Wait:
    """Press nothing for `frames` emulated frames, but at least for one step."""

    frames: int

    def __post_init__(self) -> None:
        _check_frames(self)


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Press nothing, step by step, until `condition` holds.

    Args:
        condition: Gets what the emulator's `step` returned: the watched values and `"frame"`. It is asked after every
            step, the first time after one.
        frames: The budget in emulated frames; when it is used up, `SequenceStuck` is raised.
        name: What is waited for, for that error's message.
    """

    condition: Condition
    frames: int
    name: str

    def __post_init__(self) -> None:
        _check_frames(self)


SequenceStep = Press | Wait | WaitUntil


def _check_frames(step: SequenceStep) -> None:
    object.__setattr__(step, "frames", check_integer(f"frames of a {type(step).__name__}", step.frames, 1))


def to_steps(frames: int, frame_ratio: int) -> int:
    """How many steps of `frame_ratio` frames fit into `frames`; at least one, so that a pause never vanishes."""
    return max(1, frames // frame_ratio)


def play(emulator: BaseEmulator, sequence: Sequence[SequenceStep], name: str) -> Iterator[dict[str, Any]]:
    """Runs `sequence`, yielding what the emulator published each time that it was heard from.

    That is after every step of a `WaitUntil`, and at least once for everything else: nobody looks at what happens
    during a `Wait`, so it takes as few exchanges as possible.

    Args:
        emulator: The emulator to drive.
        sequence: The steps, in order.
        name: What the sequence is for, for the message of `SequenceStuck`.

    Raises:
        SequenceStuck: A `WaitUntil` used up its frames. The emulator stays open, where it got stuck.
    """
    return (data for data in walk(emulator, sequence, name) if data is not None)


def walk(emulator: BaseEmulator, sequence: Sequence[SequenceStep], name: str) -> Iterator[dict[str, Any] | None]:
    """`play`, for who drives many emulators at once: also yields None wherever the emulator's reply is waited for."""
    for number, step in enumerate(sequence, 1):
        if isinstance(step, WaitUntil):
            yield from _wait_until(emulator, step, f"step {number} of {len(sequence)} of {name}")
        else:
            actions = step.actions if isinstance(step, Press) else ()
            left = to_steps(step.frames, emulator.frame_ratio) * emulator.frame_ratio
            while left > 0:
                emulator.begin_step(actions, min(left, LONGEST_RUN))
                yield None
                yield emulator.finish_step()
                left -= LONGEST_RUN


def _wait_until(emulator: BaseEmulator, step: WaitUntil, where: str) -> Iterator[dict[str, Any] | None]:
    data: dict[str, Any] = {}
    for _ in range(to_steps(step.frames, emulator.frame_ratio)):
        emulator.begin_step()
        yield None
        data = emulator.finish_step()
        yield data
        if step.condition(data):
            return
    values = {name: value for name, value in data.items() if name != "frame"}
    seen = ", ".join(f"{name}={value}" for name, value in values.items()) or "nothing is watched"
    raise SequenceStuck(
        f"{where} waited {step.frames} frames for {step.name}, which did not come; last seen at frame "
        f"{emulator.frame_number}: {seen}. Look at the picture there: the game may be in another menu than expected, "
        f"or need a larger budget",
        where,
        values,
    )
