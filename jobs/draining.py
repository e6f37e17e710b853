"""Runs all jobs of one kind to their end in this process, lane beside lane, for a person."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from threading import Thread
from typing import Protocol

Progress = Callable[[int, int], None]

LONGEST_WAIT = timedelta(minutes=2)
"""A lane whose next job is due later waits for something else than a rate limit."""
LOOK_SECONDS = 0.25
MOST_IN_VAIN = 2
"""Rounds in which no job of a lane was done: what is left needs more than patience."""


class LaneStore(Protocol):
    """What is still to be done; each method is one transaction."""

    def left_in_lanes(self, name: str) -> Mapping[str, int]:
        """How many jobs of a kind are not given up, by lane."""

    def next_in_lane(self, name: str, lane: str) -> datetime | None:
        """When the next job of a lane can be claimed; None when it is empty."""


class Drain:
    """Empties lanes by a runner's `run(name, lane)`."""

    def __init__(
        self,
        store: LaneStore,
        run: Callable[[str, str], None],
        now: Callable[[], datetime],
        pause: Callable[[float], object],
    ) -> None:
        self._store = store
        self._run = run
        self._now = now
        self._pause = pause

    def all_of(self, name: str, workers: int, progress: Progress | None = None) -> None:
        """Return when nothing of this kind can be done within the next minutes.

        Raises what a lane failed with, when the others are empty.
        """
        left = self._store.left_in_lanes(name)
        total, lanes, failures = sum(left.values()), list(left), list[Exception]()

        def empty(some: Iterable[str]) -> None:
            for lane in some:
                try:
                    self._empty(name, lane)
                except Exception as failure:
                    failures.append(failure)

        # No pool: it would end only with its threads, and a person's Ctrl-C must not wait for them.
        shares = [lanes[number::workers] for number in range(min(workers, len(lanes)))]
        threads = [Thread(target=empty, args=(share,), daemon=True) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                self._tell(name, total, progress)
                thread.join(LOOK_SECONDS)
        self._tell(name, total, progress)
        for failure in failures:
            raise failure

    def _empty(self, name: str, lane: str) -> None:
        left, vain = self._left(name, lane), 0
        while True:
            self._run(name, lane)
            before, left = left, self._left(name, lane)
            vain = 0 if left < before else vain + 1
            due = self._store.next_in_lane(name, lane)
            if vain == MOST_IN_VAIN or due is None or due - self._now() > LONGEST_WAIT:
                return
            self._pause(max(0.05, (due - self._now()).total_seconds()))

    def _left(self, name: str, lane: str) -> int:
        return self._store.left_in_lanes(name).get(lane, 0)

    def _tell(self, name: str, total: int, progress: Progress | None) -> None:
        if progress is not None and total:
            left = sum(self._store.left_in_lanes(name).values())
            progress(max(0, total - left), total)
