"""Driving many exchanges at once, with pipes for emulators."""

import os
import threading
import time

import pytest

from toolkit.errors import StateError
from toolkit.vector.driver import Driver, Failure
from toolkit.vector.infos import gather


class PipeLane:
    """What the driver asks of a lane; `answer` makes it readable."""

    def __init__(self, patience=60.0):
        self.reply_fd, self._write = os.pipe()
        self.deadline = time.monotonic() + patience

    def answer(self):
        os.write(self._write, b"x")

    def exchange(self, times=1, result="done"):
        for _ in range(times):
            yield
            # Who is late is told so by not finding anything.
            os.set_blocking(self.reply_fd, False)
            os.read(self.reply_fd, 1)
        return result

    def close(self):
        os.close(self.reply_fd)
        os.close(self._write)


@pytest.fixture
def lanes():
    made = [PipeLane() for _ in range(3)]
    yield made
    for lane in made:
        lane.close()


@pytest.fixture
def driver(lanes):
    driver = Driver(lanes)
    yield driver
    driver.wake.close()


def test_whoever_answers_first_comes_first(lanes, driver):
    for number, lane in enumerate(lanes):
        driver.start(number, lane.exchange(result=number))
    lanes[2].answer()
    assert driver.take(1) == [(2, 2)]
    for lane in lanes[:2]:
        lane.answer()
    assert sorted(driver.take(2)) == [(0, 0), (1, 1)]
    assert not driver.busy


def test_tasks_that_wait_several_times_and_not_at_all(lanes, driver):
    driver.start(0, lanes[0].exchange(0))
    driver.start(1, lanes[1].exchange(3))
    assert driver.take(1) == [(0, "done")]
    for _ in range(3):
        assert driver.busy
        lanes[1].answer()
    assert driver.take(1) == [(1, "done")]


def test_a_task_that_fails_is_a_result(lanes, driver):

    def fail():
        yield
        raise ZeroDivisionError

    driver.start(0, fail())
    driver.start(1, lanes[1].exchange())
    lanes[0].answer()
    lanes[1].answer()
    results = dict(driver.take(2))
    assert isinstance(results[0], Failure)
    assert isinstance(results[0].error, ZeroDivisionError)
    assert results[1] == "done"


def test_deadlines(lanes, driver):
    lanes[0].deadline = time.monotonic() + 0.1
    driver.start(0, lanes[0].exchange())
    driver.start(1, lanes[1].exchange())
    ((number, result),) = driver.take(1)
    assert number == 0
    assert isinstance(result.error, BlockingIOError)


def test_deadlines_are_looked_at_although_others_answer(lanes, driver):
    lanes[0].deadline = time.monotonic() + 0.1
    driver.start(0, lanes[0].exchange())
    lanes[1].answer()
    until = time.monotonic() + 30
    number = 1
    while number == 1 and time.monotonic() < until:
        # Never is there nothing that could be gone on with.
        driver.start(1, lanes[1].exchange())
        lanes[1].answer()
        ((number, result),) = driver.take(1)
    assert number == 0
    assert isinstance(result.error, BlockingIOError)


def test_an_interrupt_costs_one_task(lanes, driver):
    def interrupted():
        yield
        raise KeyboardInterrupt

    driver.start(0, interrupted())
    driver.start(1, lanes[1].exchange())
    lanes[0].answer()
    with pytest.raises(KeyboardInterrupt):
        driver.take(2)
    assert driver.disturbed
    lost = driver.recover()
    assert lost == {0}
    driver.drop(lost)
    assert not driver.disturbed
    lanes[1].answer()
    assert driver.take(driver.under_way) == [(1, "done")]


def test_close_in_the_middle_of_a_task_and_while_waiting(lanes, driver):
    def closed():
        driver.close()
        yield

    driver.start(1, lanes[1].exchange())
    driver.start(0, closed())
    with pytest.raises(StateError, match="closed"):
        driver.take(1)


def test_what_cannot_come_is_not_waited_for(lanes, driver):
    driver.start(0, lanes[0].exchange())
    lanes[0].answer()
    with pytest.raises(StateError, match="only 1 can still come"):
        driver.take(2)
    assert driver.take(1) == [(0, "done")]


def test_another_event_than_the_lanes_reply(lanes, driver):
    class Event:
        happened = False

    event = Event()

    def happen():
        event.happened = True
        driver.wake.tell()

    def task():
        yield event
        return "other"

    driver.start(0, task())
    lanes[0].answer()
    timer = threading.Timer(0.1, happen)
    timer.start()
    assert driver.take(1) == [(0, "other")]
    timer.join()


def test_infos_as_gymnasium_has_them():
    infos = gather([(0, {"a": 1, "b": True, "c": {"x": 0.5}}), (2, {"a": 3, "d": "text", "c": {"x": 1, "y": None}})], 3)
    assert infos["a"].tolist() == [1, 0, 3]
    assert infos["_a"].tolist() == [True, False, True]
    assert infos["b"].dtype == infos["_b"].dtype == bool
    assert infos["c"]["x"].tolist() == [0.5, 0.0, 1.0]
    assert infos["c"]["_y"].tolist() == [False, False, True]
    assert infos["d"].tolist() == [None, None, "text"]
