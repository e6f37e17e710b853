"""Porters: each lane has its own thread, wakes when rung for or when something is due, and ends."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from errors import CatalogError
from jobs.porters import Lane, Porters

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = 20.0


class Lanes:
    """What a runner would do: notes each run, and lets a test wait for it."""

    def __init__(self) -> None:
        self.runs: list[Lane] = []
        self.due: dict[Lane, datetime] = {}
        self.act: Callable[[Lane], None] = lambda _: None
        self._changed = threading.Condition()

    def run(self, name: str, lane: str) -> None:
        self.act((name, lane))
        with self._changed:
            self.runs.append((name, lane))
            self._changed.notify_all()

    def next_due(self, name: str, lane: str) -> datetime | None:
        return self.due.pop((name, lane), None)

    def wait_for(self, lane: Lane, count: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.runs.count(lane) >= count, LONG)


@contextmanager
def working(lanes: Lanes, *names: Lane) -> Iterator[Porters]:
    with Porters(lanes.run, lanes.next_due, lambda: NOW).start(names) as porters:
        yield porters


@pytest.fixture
def lanes() -> Lanes:
    return Lanes()


A, B = ("deliver", "a"), ("deliver", "b")


def test_each_lane_is_looked_at_when_it_begins(lanes: Lanes) -> None:
    with working(lanes, A, B):
        assert lanes.wait_for(A, 1)
        assert lanes.wait_for(B, 1)


def test_whoever_rings_wakes_one_lane(lanes: Lanes) -> None:
    with working(lanes, A, B) as porters:
        assert lanes.wait_for(A, 1)
        assert lanes.wait_for(B, 1)
        assert porters.ring(*A)
        assert lanes.wait_for(A, 2)
        assert not porters.ring("deliver", "other")
    assert lanes.runs.count(B) == 1


def test_a_lane_without_a_porter_is_run_by_whoever_answers(lanes: Lanes) -> None:
    with working(lanes, A) as porters:
        porters.answer("archive", "x")
    assert lanes.runs.count(("archive", "x")) == 1


def test_what_is_due_soon_is_done_then_without_a_ring(lanes: Lanes) -> None:
    lanes.due[A] = NOW + timedelta(seconds=0.1)
    with working(lanes, A):
        assert lanes.wait_for(A, 2)


def test_one_that_hangs_keeps_no_other_waiting(lanes: Lanes) -> None:
    release = threading.Event()
    lanes.act = lambda lane: release.wait(LONG) if lane == A else None  # type: ignore[assignment, return-value, func-returns-value]
    with working(lanes, A, B) as porters:
        for count in range(1, 6):
            assert lanes.wait_for(B, count)
            porters.ring(*B)
        assert lanes.runs.count(A) == 0
        release.set()


def test_a_failure_ends_no_thread(lanes: Lanes, caplog: pytest.LogCaptureFixture) -> None:
    failures = iter([CatalogError("secret words")])

    def act(_: Lane) -> None:
        for failure in failures:
            raise failure

    lanes.act = act
    with working(lanes, A) as porters:
        assert not lanes.runs
        deadline = threading.Event()
        while not lanes.runs and not deadline.wait(0.01):
            porters.ring(*A)
    assert "CatalogError" in caplog.text
    assert "secret" not in caplog.text


def test_a_ring_in_the_middle_of_work_is_not_lost(lanes: Lanes) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def act(_: Lane) -> None:
        inside.set()
        go_on.wait(LONG)

    lanes.act = act
    with working(lanes, A) as porters:
        assert inside.wait(LONG)
        porters.ring(*A)
        go_on.set()
        assert lanes.wait_for(A, 2)


def test_closing_waits_for_what_is_in_hand(lanes: Lanes) -> None:
    inside = threading.Event()
    lanes.act = lambda _: inside.set() or (threading.Event().wait(0.2) and None)  # type: ignore[func-returns-value, assignment]
    with working(lanes, A):
        assert inside.wait(LONG)
    assert lanes.runs == [A]
