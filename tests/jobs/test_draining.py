"""Draining: everything that can be done now is done, and nobody waits for what cannot."""

import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier, BrokenBarrierError

import pytest

from catalog import Place
from errors import CatalogError, DocumentRefused, NotFound, RateLimited, Unreachable
from jobs.draining import LONGEST_WAIT, MOST_IN_VAIN, Drain
from jobs.runner import Runner, Work
from tests.jobs.fakes import START, MemoryJobs, World
from tests.jobs.processes import next_line, program

Do = Callable[[str], object]


class Tank:
    """Lanes of jobs, a runner of them, and a clock that only waiting moves."""

    def __init__(self, store: MemoryJobs) -> None:
        self.store = store
        self.world = World()
        self.pauses: list[float] = []
        self.told: list[tuple[int, int]] = []

    def fill(self, lane: str, count: int) -> None:
        for number in range(count):
            argument = f"{lane} {number}"
            self.store.request("archive", argument, START, START, Place(lane, START))

    def drain(self, do: Do, workers: int = 1) -> None:
        runner = Runner(self.store, {"archive": Work(do, in_lanes=True)}, self.world.around())
        drain = Drain(self.store, runner.run, lambda: self.world.now, self.pause)
        drain.all_of("archive", workers, lambda done, total: self.told.append((done, total)))

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.world.pass_by(timedelta(seconds=seconds))

    @property
    def left(self) -> list[str]:
        return sorted(row.argument for row in self.store.rows.values() if not row.given_up)


@pytest.fixture
def tank() -> Tank:
    return Tank(MemoryJobs())


def test_every_lane_is_emptied(tank: Tank) -> None:
    tank.fill("a", 3)
    tank.fill("b", 2)
    done: list[str] = []
    tank.drain(done.append)
    assert sorted(done) == ["a 0", "a 1", "a 2", "b 0", "b 1"]
    assert tank.left == []
    assert tank.pauses == []
    assert tank.told[-1] == (5, 5)


def test_without_work_nothing_happens_and_nothing_is_told(tank: Tank) -> None:
    tank.drain(_never)
    assert tank.told == []


def test_work_of_another_kind_is_left_alone(tank: Tank) -> None:
    tank.store.request("look", "1-2", START, START, Place("a", START))
    tank.drain(_never)
    assert tank.left == ["1-2"]


def _never(argument: str) -> None:
    raise AssertionError(argument)


def test_a_used_up_limit_is_waited_for(tank: Tank) -> None:
    tank.fill("a", 9)
    done: list[str] = []

    def do(argument: str) -> None:
        if len(done) == 4 and tank.world.now == START:
            raise RateLimited("The limit is used up.", 60.0)
        done.append(argument)

    tank.drain(do)
    assert len(done) == 9
    assert tank.pauses == [60.0]


def test_what_is_due_only_later_is_not_waited_for(tank: Tank) -> None:
    tank.fill("a", 2)

    def do(argument: str) -> None:
        raise RateLimited("The limit is used up.", LONGEST_WAIT.total_seconds() + 1)

    tank.drain(do)
    assert tank.pauses == []
    assert len(tank.left) == 2


def test_what_fails_again_and_again_is_left_to_the_worker(tank: Tank) -> None:
    tank.fill("a", 3)
    tried: list[str] = []

    def do(argument: str) -> None:
        tried.append(argument)
        if argument == "a 1":
            raise DocumentRefused("cut", "The document is cut off.")

    tank.drain(do)
    assert tank.left == ["a 1"]
    assert tried.count("a 1") == 1 + MOST_IN_VAIN
    assert len(tank.pauses) == MOST_IN_VAIN  # and none after the last try
    assert tank.told[-1] == (2, 3)


def test_an_outage_of_one_lane_is_none_of_the_others(tank: Tank) -> None:
    tank.fill("a", 2)
    tank.fill("b", 2)

    def do(argument: str) -> None:
        if argument.startswith("a"):
            raise Unreachable("Away.")

    tank.drain(do)
    assert tank.left == ["a 0", "a 1"]


def test_what_is_given_up_is_not_waited_for(tank: Tank) -> None:
    tank.fill("a", 2)

    def do(argument: str) -> None:
        raise NotFound("Gone.")

    tank.drain(do)
    assert tank.left == []
    assert tank.pauses == []


def test_work_that_comes_meanwhile_is_done_too(tank: Tank) -> None:
    tank.fill("a", 1)
    done: list[str] = []

    def do(argument: str) -> None:
        done.append(argument)
        if len(done) == 1:
            tank.fill("a", 4)

    tank.drain(do)
    assert len(done) == 5
    assert tank.told[-1] == (1, 1)  # never more than there was, and never less than nothing
    assert all(0 <= at <= total for at, total in tank.told)


class Broken(MemoryJobs):
    """A catalog that refuses in the middle."""

    def next_in_lane(self, name: str, lane: str) -> datetime | None:
        if lane == "a":
            raise CatalogError("The disk is full.")
        return super().next_in_lane(name, lane)


def test_a_broken_catalog_is_told_when_the_other_lanes_are_empty() -> None:
    tank = Tank(Broken())
    for lane in ("a", "b", "c"):
        tank.fill(lane, 2)
    with pytest.raises(CatalogError, match="disk is full"):
        tank.drain(lambda _: None)
    assert tank.left == []


def test_lanes_are_emptied_beside_each_other(tank: Tank) -> None:
    tank.fill("a", 1)
    tank.fill("b", 1)
    meeting = Barrier(2)
    tank.drain(lambda _: meeting.wait(20), workers=2)
    assert tank.left == []


def test_no_more_lanes_at_a_time_than_there_are_workers(tank: Tank) -> None:
    for lane in ("a", "b", "c"):
        tank.fill(lane, 1)
    meeting = Barrier(2)
    met: list[str] = []

    def do(argument: str) -> None:
        with suppress(BrokenBarrierError):
            meeting.wait(0.1)
            met.append(argument)

    tank.drain(do)
    assert tank.left == met == []


INTERRUPTED = """
import signal
import threading
from jobs.draining import Drain

# Whoever runs the tests in the background has their SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

class Store:
    def left_in_lanes(self, name):
        return {"a": 5000}
    def next_in_lane(self, name, lane):
        return None

def run(name, lane):
    print("begun", flush=True)
    threading.Event().wait()

Drain(Store(), run, None, None).all_of("archive", 1)
"""


def test_a_person_can_interrupt_it_at_any_moment() -> None:
    with program(INTERRUPTED) as draining:
        assert next_line(draining) == "begun"
        draining.send_signal(signal.SIGINT)
        assert draining.wait(20) == -signal.SIGINT
