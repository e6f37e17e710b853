"""Runs jobs: claims a row, calls its function, and decides from the outcome what is next.

The row in the store is the truth; whoever rings may ring twice, late or never. Jobs that share a
limit stand in a lane: a ring for it takes them one after another, the most urgent first, and what
may concern all of them, such as a limit that is used up, stops the lane instead of one job. Whether
a failure did concern all, another job shows: the store gives out the one that failed least next.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from errors import FaxkeepError, Later, RateLimited
from jobs.pauses import (
    CEILING_SECONDS,
    MAX_ATTEMPTS,
    OUTAGE_CEILING_SECONDS,
    STANDING_CEILING_SECONDS,
    pause,
)

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
"""Longer than any step may take; a worker that died is noticed earlier, at its restart."""


SHORTEST_IN_LANE = timedelta(seconds=1)
"""A job without any pause would be the first of its lane again, and again."""


class ClaimedJob(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def argument(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def lane(self) -> str: ...


class JobStore(Protocol):
    """Where jobs are kept; each method is one transaction, and `claim` has one winner."""

    def request(self, name: str, argument: str, due: datetime, now: datetime) -> datetime: ...
    def claim(
        self, name: str, argument: str, owner: str, now: datetime, until: datetime
    ) -> ClaimedJob | None: ...
    def claim_first(
        self, name: str, lane: str, owner: str, now: datetime, until: datetime
    ) -> ClaimedJob | None: ...
    def pause_lane(self, name: str, lane: str, until: datetime) -> datetime: ...
    def stop_lane(self, name: str, lane: str, until: datetime) -> datetime: ...
    def lane_failures(self, name: str, lane: str) -> int: ...
    def finish(self, job: ClaimedJob) -> bool: ...
    def postpone(
        self, job: ClaimedJob, due: datetime, reason: str, failed: bool
    ) -> datetime | None: ...
    def give_up(self, job: ClaimedJob, reason: str, now: datetime) -> None: ...


@dataclass(frozen=True)
class Work:
    """What a job does with its argument, and whether it is ever given up.

    Standing work, such as looking at a mailbox, is not: it fails for a reason that will pass.
    Work in lanes is rung for by the lane.
    """

    do: Callable[[str], object]
    standing: bool = False
    in_lanes: bool = False


@dataclass(frozen=True)
class Surroundings:
    """What a runner takes from outside: who it is, the time, chance, and a bell for later."""

    owner: str
    now: Callable[[], datetime]
    chance: Callable[[], float]
    ring_later: Callable[[str, str, float], None]


class Runner:
    """Runs jobs by name out of a table."""

    def __init__(self, store: JobStore, table: Mapping[str, Work], around: Surroundings) -> None:
        self._store = store
        self._table = table
        self._around = around

    def hint(self, name: str, argument: str) -> None:
        """Somebody saw a reason for this job: have it due now, then run it."""
        now = self._around.now()
        self._store.request(name, argument, now, now)
        self.run(name, argument)

    def run(self, name: str, target: str) -> None:
        """Run the job if it is due and nobody else has it; again if it was asked for meanwhile.

        For work in lanes `target` is the lane, and every job of it that is due is run.
        """
        if name not in self._table:
            log.warning("There is no job named %r; its row is left alone.", name)
        elif self._table[name].in_lanes:
            self._empty(name, target)
        else:
            self._run_one(name, target)

    def _run_one(self, name: str, argument: str) -> None:
        while job := self._store.claim(name, argument, *self._lease()):
            if not self._try(job) or self._store.finish(job):
                return

    def _empty(self, name: str, lane: str) -> None:
        while job := self._store.claim_first(name, lane, *self._lease()):
            if self._try(job):
                self._store.finish(job)

    def _lease(self) -> tuple[str, datetime, datetime]:
        now = self._around.now()
        return self._around.owner, now, now + LEASE

    def _try(self, job: ClaimedJob) -> bool:
        """Whether the job's function came to its end."""
        try:
            self._table[job.name].do(job.argument)
        except RateLimited as limited:
            self._wait_in_lane(job, limited)
        except Later as later:
            self._postpone(job, timedelta(seconds=later.retry_after or 0), str(later), failed=False)
        except FaxkeepError as error:
            self._failed(job, error)
        except Exception as error:
            # The one place where every exception is caught: a fault of ours must not end the
            # worker. Its message could hold patient data, so neither row nor log gets it.
            log_fault(job.name, error)
            self._failed(job, Unexpected(error))
        else:
            return True
        return False

    def _failed(self, job: ClaimedJob, error: FaxkeepError) -> None:
        attempts = job.attempts + 1
        if not self._table[job.name].standing and is_hopeless(error, attempts):
            log.warning("Job %s is given up: %s", job.name, error)
            self._store.give_up(job, str(error), self._around.now())
            return
        self._postpone(job, self._pause(job, attempts, error), str(error), failed=True)
        if job.lane and error.installation_wide:
            failures = self._store.lane_failures(job.name, job.lane) + 1
            until = self._around.now() + self._pause(job, failures, error)
            self._ring_for_lane(job, self._store.stop_lane(job.name, job.lane, until))

    def _pause(self, job: ClaimedJob, attempts: int, error: FaxkeepError) -> timedelta:
        ceiling = ceiling_of(self._table[job.name], error)
        grown = pause(attempts, self._around.chance(), ceiling)
        return max(grown, timedelta(seconds=error.retry_after or 0))

    def _wait_in_lane(self, job: ClaimedJob, limited: RateLimited) -> None:
        """A limit that all jobs of the lane share is used up: none of them need be tried."""
        wait = timedelta(seconds=limited.retry_after or 0)
        if not job.lane:
            self._postpone(job, wait, str(limited), failed=False)
            return
        now = self._around.now()
        until = self._store.pause_lane(job.name, job.lane, now + wait)
        self._store.postpone(job, now, str(limited), failed=False)
        self._ring_for_lane(job, until)

    def _ring_for_lane(self, job: ClaimedJob, at: datetime) -> None:
        delay = (at - self._around.now()).total_seconds()
        log.info("The %s jobs of %s wait %.0f s.", job.name, job.lane, delay)
        self._around.ring_later(job.name, job.lane, delay)

    def _postpone(self, job: ClaimedJob, by: timedelta, reason: str, *, failed: bool) -> None:
        by = max(by, SHORTEST_IN_LANE) if job.lane else by
        level = logging.WARNING if failed else logging.INFO
        log.log(level, "Job %s waits %.0f s: %s", job.name, by.total_seconds(), reason)
        now = self._around.now()
        due = self._store.postpone(job, now + by, reason, failed)
        if due is not None:
            delay = (due - now).total_seconds()
            self._around.ring_later(job.name, job.lane or job.argument, delay)


class Unexpected(FaxkeepError):
    """A fault of ours, told without its message."""

    permanent = False

    def __init__(self, error: Exception) -> None:
        self.installation_wide = isinstance(error, OSError)  # a full or failing disk, say
        super().__init__(f"unexpected {type(error).__name__}; see the worker's log")


def log_fault(name: str, error: Exception) -> None:
    """Log the kind of a fault and the lines it came through, without its message."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error("Job %s failed with an unexpected %s:\n%s", name, type(error).__name__, places)


def ceiling_of(work: Work, error: FaxkeepError) -> float:
    """The longest pause, in seconds, after this failure."""
    if work.standing:
        return STANDING_CEILING_SECONDS
    return OUTAGE_CEILING_SECONDS if error.installation_wide else CEILING_SECONDS


def is_hopeless(error: FaxkeepError, attempts: int) -> bool:
    """Whether to give up after this many failed tries.

    Never for what concerns the whole installation, such as a refused login or RingCentral being
    away: once that is mended, all the work that waited for it shall go on by itself.
    """
    return not error.installation_wide and (error.permanent or attempts >= MAX_ATTEMPTS)
