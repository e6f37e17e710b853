"""Runs one job: claims its row, calls its function, and decides from the outcome what is next.

The row in the store is the truth; whoever rings may ring twice, late or never.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from errors import FaxkeepError, Later
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


class ClaimedJob(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def argument(self) -> str: ...
    @property
    def attempts(self) -> int: ...


class JobStore(Protocol):
    """Where jobs are kept; each method is one transaction, and `claim` has one winner."""

    def request(self, name: str, argument: str, due: datetime, now: datetime) -> datetime: ...
    def claim(
        self, name: str, argument: str, owner: str, now: datetime, until: datetime
    ) -> ClaimedJob | None: ...
    def finish(self, job: ClaimedJob) -> bool: ...
    def postpone(
        self, job: ClaimedJob, due: datetime, reason: str, failed: bool
    ) -> datetime | None: ...
    def give_up(self, job: ClaimedJob, reason: str, now: datetime) -> None: ...


@dataclass(frozen=True)
class Work:
    """What a job does with its argument, and whether it is ever given up.

    Standing work, such as looking at a mailbox, is not: it fails for a reason that will pass.
    """

    do: Callable[[str], object]
    standing: bool = False


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

    def run(self, name: str, argument: str) -> None:
        """Run the job if it is due and nobody else has it; again if it was asked for meanwhile."""
        while job := self._claim(name, argument):
            if not self._try(job) or self._store.finish(job):
                return

    def _claim(self, name: str, argument: str) -> ClaimedJob | None:
        if name not in self._table:
            log.warning("There is no job named %r; its row is left alone.", name)
            return None
        now = self._around.now()
        return self._store.claim(name, argument, self._around.owner, now, now + LEASE)

    def _try(self, job: ClaimedJob) -> bool:
        """Whether the job's function came to its end."""
        try:
            self._table[job.name].do(job.argument)
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
        ceiling = ceiling_of(self._table[job.name], error)
        grown = pause(attempts, self._around.chance(), ceiling)
        wait = max(grown, timedelta(seconds=error.retry_after or 0))
        self._postpone(job, wait, str(error), failed=True)

    def _postpone(self, job: ClaimedJob, by: timedelta, reason: str, *, failed: bool) -> None:
        level = logging.WARNING if failed else logging.INFO
        log.log(level, "Job %s waits %.0f s: %s", job.name, by.total_seconds(), reason)
        now = self._around.now()
        due = self._store.postpone(job, now + by, reason, failed)
        if due is not None:
            self._around.ring_later(job.name, job.argument, (due - now).total_seconds())


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
