"""The promises that work is tried again: when each is due, who holds it, and why it failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row, time_text, time_value
from catalog.statements import Statements


@dataclass(frozen=True)
class Job:
    """One promise, known by name and argument; the lease is set while somebody works on it.

    Jobs of one name that share a limit stand in one `lane`; "" for a job that stands alone.
    """

    name: str
    argument: str
    due_at: datetime
    attempts: int
    lease_owner: str | None
    lease_until: datetime | None
    reason: str | None
    gave_up_at: datetime | None
    requested_at: datetime
    lane: str = ""


@dataclass(frozen=True)
class Place:
    """Where a job stands: its lane, and by when it must be done (the earliest goes first)."""

    lane: str = ""
    deadline: datetime | None = None

    def columns(self) -> dict[str, str]:
        return {"lane": self.lane, "deadline": time_text(self.deadline) if self.deadline else ""}


ALONE = Place()
JobList = list[Job]
"""Named here because a method called `list` hides the type inside the class."""
JobNames = list[tuple[str, str]]


class Jobs:
    """The jobs inside one transaction.

    Whoever claims a job holds its lease; `finish`, `postpone` and `give_up` act only while that
    very lease stands, so a worker that overslept cannot disturb the one that took over.
    """

    def __init__(self, statements: Statements) -> None:
        self._sql = statements
        self.wishes: set[tuple[str, str, float]] = set()
        """What was requested: name, lane (argument, if alone), and seconds until it is due."""

    def request(
        self, name: str, argument: str, due: datetime, now: datetime, place: Place = ALONE
    ) -> datetime:
        """Ask for the job; the earlier of two wishes counts. Returns when it is due.

        Asked for while it runs, it runs once more, at `due`. One that was given up stays so.
        """
        row = self._sql.one(
            "request", name=name, argument=argument, due=due, now=now, **place.columns()
        )
        assert row is not None
        due = time_value(row["due_at"])
        delay = max(0.0, (due - now).total_seconds())
        self.wishes.add((name, place.lane or argument, delay))
        return due

    def claim(
        self, name: str, argument: str, owner: str, now: datetime, until: datetime
    ) -> Job | None:
        """Take the lease, or None when the job is not due, given up, gone or somebody else's."""
        row = self._sql.one(
            "claim", name=name, argument=argument, owner=owner, now=now, until=until
        )
        return from_row(Job, row) if row else None

    def claim_first(
        self, name: str, lane: str, owner: str, now: datetime, until: datetime
    ) -> Job | None:
        """Take the lease of the most urgent job of a lane; None while it is empty or paused.

        Of a lane that a failure had stopped, the job that failed least goes first, and of those
        the least urgent: it shows whether the trouble is everybody's or that of some jobs only.
        """
        state = self._sql.one("lane_state", name=name, lane=lane)
        if state and time_value(state["paused_until"]) > now:
            return None
        choice = "least_failed" if state and state["failures"] else "most_urgent"
        argument = self._sql.value(choice, name=name, lane=lane, now=now)
        return self.claim(name, argument, owner, now, until) if argument is not None else None

    def pause_lane(self, name: str, lane: str, until: datetime) -> datetime:
        """No job of the lane is claimed before `until`, or until a later pause that stands."""
        return self._pause(name, lane, until, failed=0)

    def stop_lane(self, name: str, lane: str, until: datetime) -> datetime:
        """As `pause_lane`, because of a failure, which is counted until a job of it succeeds."""
        return self._pause(name, lane, until, failed=1)

    def free_lane(self, name: str, lane: str) -> None:
        """A person says that the lane need not stand still any more."""
        self._sql.run("free_lane", name=name, lane=lane)

    def lane_failures(self, name: str, lane: str) -> int:
        """How often in a row the lane was stopped."""
        state = self._sql.one("lane_state", name=name, lane=lane)
        return state["failures"] if state else 0

    def left_in_lanes(self, name: str) -> Mapping[str, int]:
        """How many jobs of a kind are not given up, by lane."""
        return {row["lane"]: row["jobs"] for row in self._sql.all("left_in_lanes", name=name)}

    def next_in_lane(self, name: str, lane: str) -> datetime | None:
        """When the next job of a lane can be claimed; None when there is none."""
        text = self._sql.value("next_in_lane", name=name, lane=lane)
        return time_value(text) if text else None

    def set_deadlines(self, name: str, deadlines: Mapping[str, datetime]) -> None:
        """Renew by when these jobs (by their argument) must be done."""
        rows = (
            {"name": name, "argument": argument, "deadline": time_text(deadline)}
            for argument, deadline in deadlines.items()
        )
        self._sql.run_many("set_deadline", rows)

    def move_archiving(self, mailbox_id: str, lane: str) -> int:
        """Have the faxes of a mailbox archived in another lane from now on; how many jobs."""
        return self._sql.run("move_archiving", mailbox_id=mailbox_id, lane=lane)

    def finish(self, job: Job) -> bool:
        """The work is done: whether the job is gone. It stays, fresh, if asked for meanwhile."""
        if job.lane:
            self._sql.run("forget_lane", name=job.name, lane=job.lane)
        if self._sql.run("remove", **_lease(job)):
            return True
        if self._sql.run("run_again", **_lease(job)):
            return False
        rows: int = self._sql.value("exists", name=job.name, argument=job.argument)
        return rows == 0

    def postpone(self, job: Job, due: datetime, reason: str, failed: bool) -> datetime | None:
        """Give the lease back until `due`, or earlier if asked for meanwhile.

        Returns when it is due now; None when the lease was somebody else's already.
        """
        row = self._sql.one("postpone", **_lease(job), due=due, reason=reason, failed=int(failed))
        return time_value(row["due_at"]) if row else None

    def give_up(self, job: Job, reason: str, now: datetime) -> None:
        """Try no more, until a person revives it."""
        self._sql.run("give_up", **_lease(job), reason=reason, now=now)

    def revive(self, name: str | None, argument: str | None, now: datetime) -> int:
        """Make the given-up jobs due at once, all or those of a name or argument; how many."""
        return self._sql.run("revive", name=name, argument=argument, now=now)

    def due(self, now: datetime, limit: int) -> JobNames:
        """Name and argument of the jobs that can be claimed, the longest due first."""
        rows = self._sql.all("due", now=now, limit=limit)
        return [(row["name"], row["argument"]) for row in rows]

    def coming(self, until: datetime, now: datetime) -> list[tuple[str, str, datetime]]:
        """What to ring for and when, for the free jobs due by then, the longest due first.

        Name, then the job's argument or its lane, of which each second is named once.
        """
        rows = self._sql.all("coming", until=until, now=now)
        return [(row["name"], row["target"], time_value(row["due_at"])) for row in rows]

    def pull_back(self, latest: datetime, now: datetime) -> None:
        """Have due now what is due after `latest`: it was asked for when the clock was wrong."""
        for table in ("jobs", "lanes"):
            self._sql.run(f"pull_back_{table}", latest=latest, now=now)

    def next_due(self, now: datetime) -> datetime | None:
        """When the next job can be claimed (a held one when its lease ends); past if overdue."""
        text = self._sql.value("next_due", now=now)
        return time_value(text) if text else None

    def troubled(self, attempts: int) -> tuple[int, int]:
        """How many jobs are given up, and how many others failed so often or more."""
        row = self._sql.one("troubled", attempts=attempts)
        assert row is not None
        return row["given_up"], row["failing"]

    def held_by(self, owner: str) -> JobList:
        """The jobs a worker holds: at its start, those that died with the worker before it."""
        return [from_row(Job, row) for row in self._sql.all("held_by", owner=owner)]

    def ensure(
        self, name: str, argument: str, due: datetime, now: datetime, place: Place = ALONE
    ) -> None:
        """Ask for the job only if nobody has yet: a pause that it is in stays as it is."""
        self._sql.run("ensure", name=name, argument=argument, due=due, now=now, **place.columns())

    def list(self, given_up: bool | None = None) -> JobList:
        """All jobs, or only those given up (True) or still alive (False)."""
        chosen = None if given_up is None else int(given_up)
        return [from_row(Job, row) for row in self._sql.all("list_jobs", given_up=chosen)]

    def _pause(self, name: str, lane: str, until: datetime, failed: int) -> datetime:
        row = self._sql.one("pause_lane", name=name, lane=lane, until=until, failed=failed)
        assert row is not None
        return time_value(row["paused_until"])


def _lease(job: Job) -> dict[str, object]:
    return {
        "name": job.name,
        "argument": job.argument,
        "owner": job.lease_owner,
        "until": job.lease_until,
    }
