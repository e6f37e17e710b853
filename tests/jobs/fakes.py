"""A store of jobs in memory, and a world in which time passes only when told."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from catalog import ALONE, Place
from jobs.runner import ClaimedJob, Surroundings

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Name = tuple[str, str]


@dataclass(frozen=True)
class Row:
    name: str
    argument: str
    due: datetime
    attempts: int = 0
    reason: str = ""
    held_until: datetime | None = None
    again: datetime | None = None
    given_up: bool = False
    lane: str = ""
    deadline: str = ""

    def is_held(self, now: datetime) -> bool:
        return self.held_until is not None and self.held_until > now


class MemoryJobs:
    """The promises of the catalog's jobs, for one runner."""

    def __init__(self) -> None:
        self.rows: dict[Name, Row] = {}
        self.paused: dict[Name, datetime] = {}
        self.failures: dict[Name, int] = {}

    def request(
        self, name: str, argument: str, due: datetime, now: datetime, place: Place = ALONE
    ) -> datetime:
        row = self.rows.setdefault((name, argument), Row(name, argument, due))
        if row.is_held(now):
            row = replace(row, again=min(due, row.again or due))
        else:
            row = replace(row, due=min(due, row.due))
        self.rows[name, argument] = replace(row, **place.columns())
        return row.again or row.due

    def claim(
        self, name: str, argument: str, owner: str, now: datetime, until: datetime
    ) -> ClaimedJob | None:
        row = self.rows.get((name, argument))
        if row is None or row.given_up or row.is_held(now) or row.due > now:
            return None
        again = row.again if row.again and row.again > now else None
        self.rows[name, argument] = replace(row, held_until=until, again=again)
        return row

    def claim_first(
        self, name: str, lane: str, owner: str, now: datetime, until: datetime
    ) -> ClaimedJob | None:
        if self.paused.get((name, lane), now) > now:
            return None
        free = [
            row
            for row in self.rows.values()
            if (row.name, row.lane) == (name, lane)
            and not (row.given_up or row.is_held(now) or row.due > now)
        ]
        if not free:
            return None

        def urgency(row: Row) -> tuple[str, datetime, str]:
            return row.deadline, row.due, row.argument

        if self.lane_failures(name, lane):
            fewest = min(row.attempts for row in free)
            chosen = max((row for row in free if row.attempts == fewest), key=urgency)
        else:
            chosen = min(free, key=urgency)
        return self.claim(name, chosen.argument, owner, now, until)

    def pause_lane(self, name: str, lane: str, until: datetime) -> datetime:
        self.paused[name, lane] = max(until, self.paused.get((name, lane), until))
        return self.paused[name, lane]

    def stop_lane(self, name: str, lane: str, until: datetime) -> datetime:
        self.failures[name, lane] = self.lane_failures(name, lane) + 1
        return self.pause_lane(name, lane, until)

    def lane_failures(self, name: str, lane: str) -> int:
        return self.failures.get((name, lane), 0)

    def left_in_lanes(self, name: str) -> Mapping[str, int]:
        rows = list(self.rows.values())
        return Counter(row.lane for row in rows if row.name == name and not row.given_up)

    def next_in_lane(self, name: str, lane: str) -> datetime | None:
        rows = list(self.rows.values())
        due = [r.due for r in rows if (r.name, r.lane) == (name, lane) and not r.given_up]
        return max(min(due), self.paused.get((name, lane), min(due))) if due else None

    def finish(self, job: ClaimedJob) -> bool:
        row = self._of(job)
        if self.failures.pop((job.name, job.lane), 0):
            self.paused.pop((job.name, job.lane), None)
        if row.again is None:
            del self.rows[job.name, job.argument]
            return True
        fresh = Row(job.name, job.argument, row.again, lane=row.lane, deadline=row.deadline)
        self.rows[job.name, job.argument] = fresh
        return False

    def postpone(
        self, job: ClaimedJob, due: datetime, reason: str, failed: bool
    ) -> datetime | None:
        row = self._of(job)
        due = min(due, row.again or due)
        attempts = row.attempts + failed
        place = {"lane": row.lane, "deadline": row.deadline}
        later = Row(job.name, job.argument, due, attempts, reason, **place)
        self.rows[job.name, job.argument] = later
        return due

    def give_up(self, job: ClaimedJob, reason: str, now: datetime) -> None:
        self.rows[job.name, job.argument] = replace(
            self._of(job), reason=reason, given_up=True, held_until=None, again=None
        )

    def _of(self, job: ClaimedJob) -> Row:
        return self.rows[job.name, job.argument]


@dataclass
class World:
    """The surroundings of a runner: chance is always in the middle, and rings are written down."""

    now: datetime = START
    rings: list[tuple[str, str, float]] = field(default_factory=list)

    def pass_by(self, by: timedelta) -> None:
        self.now += by

    def around(self) -> Surroundings:
        return Surroundings(
            owner="worker",
            now=lambda: self.now,
            chance=lambda: 0.5,
            ring_later=lambda name, argument, delay: self.rings.append((name, argument, delay)),
        )
