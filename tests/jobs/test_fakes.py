"""The store in memory answers as the catalog does, so the runner's tests mean something."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import count
from typing import Protocol, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog import Catalog, Place
from jobs.draining import LaneStore
from jobs.runner import LEASE, ClaimedJob, JobStore
from tests.jobs.fakes import START, MemoryJobs

Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["request", "request", "claim", "claim", "finish", "fail", "give up"]),
        st.integers(0, 5),
    ),
    max_size=25,
)
FRESH = count()


class Rehearsal:
    """Plays steps a minute apart, within one lease, on a job of its own; gives every answer."""

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._job = ("archive", str(next(FRESH)))
        self._held: ClaimedJob | None = None

    def play(self, steps: Sequence[Step]) -> list[object]:
        minute = LEASE / 30
        return [
            self._one(step, START + number * minute, START + (number + later) * minute)
            for number, (step, later) in enumerate(steps)
        ]

    def _one(self, step: str, now: datetime, due: datetime) -> object:
        if step == "request":
            return self._store.request(*self._job, due, now)
        if step == "claim":
            claimed = self._store.claim(*self._job, "worker", now, START + 2 * LEASE)
            self._held = claimed or self._held
            return claimed and claimed.attempts
        held, self._held = self._held, None
        return held and self._end(held, step, now, due)

    def _end(self, held: ClaimedJob, step: str, now: datetime, due: datetime) -> object:
        if step == "finish":
            return self._store.finish(held)
        if step == "fail":
            return self._store.postpone(held, due, "a reason", failed=True)
        self._store.give_up(held, "a reason", now)
        return "given up"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder = tmp_path_factory.mktemp("catalog")
    with closing(Catalog.open(str(folder / "catalog.sqlite3"))) as catalog:
        yield catalog


@given(steps=STEPS)
@example(steps=[("request", 0), ("claim", 0), ("request", 3), ("finish", 0), ("claim", 0)])
@example(steps=[("request", 0), ("claim", 0), ("request", 1), ("fail", 5), ("claim", 0)])
@example(steps=[("request", 0), ("claim", 0), ("request", 0), ("give up", 0), ("request", 0)])
def test_memory_and_catalog_answer_alike(catalog: Catalog, steps: list[Step]) -> None:
    with catalog.transaction() as tx:
        expected = Rehearsal(cast(JobStore, tx.jobs)).play(steps)

    assert Rehearsal(MemoryJobs()).play(steps) == expected


LANE_STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["request", "request", "claim", "claim", "finish", "fail", "pause", "stop"]
        ),
        st.integers(0, 5),
    ),
    max_size=25,
)


class Store(JobStore, LaneStore, Protocol):
    """All that is asked of a store of jobs."""


class LaneRehearsal:
    """Plays steps a minute apart on the jobs of one lane; gives every answer."""

    def __init__(self, store: Store, lane: str) -> None:
        self._store = store
        self._lane = lane
        self._held: ClaimedJob | None = None

    def play(self, steps: Sequence[Step]) -> list[object]:
        minute = LEASE / 30
        return [
            (
                self._one(step, n, START + number * minute, START + (number + n) * minute),
                self._store.left_in_lanes("archive").get(self._lane, 0),
                self._store.next_in_lane("archive", self._lane),
            )
            for number, (step, n) in enumerate(steps)
        ]

    def _one(self, step: str, n: int, now: datetime, later: datetime) -> object:
        if step == "request":
            place = Place(self._lane, START - n * LEASE)
            return self._store.request("archive", f"{self._lane} {n}", now, now, place)  # type: ignore[call-arg]
        if step == "claim":
            claimed = self._store.claim_first(
                "archive", self._lane, "worker", now, START + 2 * LEASE
            )
            self._held = claimed or self._held
            return claimed and claimed.argument.split()[1]
        if step in ("pause", "stop"):
            act = self._store.pause_lane if step == "pause" else self._store.stop_lane
            until = act("archive", self._lane, later)
            return until, self._store.lane_failures("archive", self._lane)
        held, self._held = self._held, None
        if held is None:
            return None
        if step == "finish":
            return self._store.finish(held)
        return self._store.postpone(held, later, "a reason", failed=True)


@given(steps=LANE_STEPS)
@example(steps=[("request", 1), ("request", 3), ("claim", 0), ("pause", 2), ("claim", 0)])
@example(steps=[("request", 1), ("claim", 0), ("stop", 5), ("finish", 0), ("request", 2)])
def test_memory_and_catalog_keep_lanes_alike(catalog: Catalog, steps: list[Step]) -> None:
    lane = f"lane-{next(FRESH)}"
    with catalog.transaction() as tx:
        expected = LaneRehearsal(cast(Store, tx.jobs), lane).play(steps)

    assert LaneRehearsal(MemoryJobs(), lane).play(steps) == expected
