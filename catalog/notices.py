"""One outcome on its way to one destination: how far it is, every try, and how each place fares."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row, time_value
from catalog.jobs import Jobs, Place
from catalog.outcomes import Outcome
from catalog.statements import Statements

DELIVER = "deliver"
"""The job that carries a notice; its argument is the notice's id, its lane the destination."""
WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given-up"
STATES = (WAITING, DELIVERED, GIVEN_UP)
EVER = ""


@dataclass(frozen=True)
class NoticeRow:
    """One notice. `tries` are those of the present `round`; a replay begins another round."""

    id: str
    outcome_id: str
    destination: str
    state: str
    created_at: datetime
    state_at: datetime
    due_at: datetime
    tries: int
    round: int
    reason: str


@dataclass(frozen=True)
class Attempt:
    """One try: when, how many seconds it took, and why it failed; "" if it did not."""

    number: int
    at: datetime
    seconds: float
    failure: str


@dataclass(frozen=True)
class DestinationRow:
    """How one destination fares: since when every try fails, and whether it is left alone."""

    name: str
    failing_since_at: datetime | None = None
    failure: str = ""
    delivered_at: datetime | None = None
    paused_at: datetime | None = None
    pause_reason: str = ""


@dataclass(frozen=True)
class NoticeQuery:
    """Which notices; None leaves a condition out."""

    id: str | None = None
    destination: str | None = None
    state: str | None = None
    kind: str | None = None
    fax_id: str | None = None
    since: datetime | None = None
    limit: int = 100


class Notices:
    """The notices inside one transaction; whoever makes one due asks for its job as well."""

    def __init__(self, statements: Statements, jobs: Jobs) -> None:
        self._sql = statements
        self._jobs = jobs

    def add(self, outcome: Outcome, destination: str, now: datetime) -> bool:
        """Have a destination told; whether that is new. However often, there is one notice."""
        name = notice_id(outcome.id, destination)
        values = {"outcome_id": outcome.id, "destination": destination}
        if not self._sql.run("add", id=name, now=now, **values):
            return False
        self._ask(name, destination, now, now)
        return True

    def find(self, notice: str) -> NoticeRow | None:
        row = self._sql.one("find", id=notice)
        return from_row(NoticeRow, row) if row else None

    def list(self, query: NoticeQuery) -> "Sequence[NoticeRow]":
        """The newest of those that fit."""
        values = {**vars(query), "since": query.since or EVER}
        return [from_row(NoticeRow, row) for row in self._sql.all("chosen", **values)]

    def attempts(self, notice: str) -> Sequence[Attempt]:
        """Every try, of all rounds, the first one first."""
        return [from_row(Attempt, row) for row in self._sql.all("attempts", notice_id=notice)]

    def note_attempt(self, notice: NoticeRow, at: datetime, seconds: float, failure: str) -> None:
        """It was tried: began at that moment, and lasted so long."""
        self._sql.run("note_attempt", notice_id=notice.id, at=at, seconds=seconds, failure=failure)

    def settle(self, notice: NoticeRow, state: str, now: datetime, reason: str) -> bool:
        """It is delivered or given up; False if somebody asked for another round meanwhile."""
        values = {"state": state, "now": now, "reason": reason}
        return bool(self._sql.run("settle", id=notice.id, round=notice.round, **values))

    def postpone(self, notice: NoticeRow, due: datetime, reason: str) -> bool:
        """It is tried again then; False if somebody asked for another round meanwhile."""
        values = {"due": due, "reason": reason}
        return bool(self._sql.run("postpone", id=notice.id, round=notice.round, **values))

    def replay(self, notices: "Sequence[NoticeRow]", now: datetime) -> None:
        """Have them delivered once more, whatever has become of them, under the same ids."""
        for each in notices:
            self._sql.run("replay", id=each.id, now=now)
            self._ask(each.id, each.destination, now, now)

    def hurry(self, destination: str, now: datetime, limit: int) -> None:
        """What waits for a destination need not wait any longer."""
        self._sql.run("hurry", destination=destination, now=now)
        for row in self._sql.all("waiting_for", destination=destination, limit=limit):
            self._ask(row["id"], destination, now, now)

    def ask_for_forgotten(self, now: datetime, limit: int) -> None:
        """Ask for those that wait and that no job is for."""
        for row in self._sql.all("forgotten", job=DELIVER, limit=limit):
            self._ask(row["id"], row["destination"], time_value(row["due_at"]), now)

    def counts(self, destination: str) -> Mapping[str, int]:
        """How many notices of a destination are in each state."""
        rows = self._sql.all("counts", destination=destination)
        return dict.fromkeys(STATES, 0) | {row["state"]: row["notices"] for row in rows}

    def given_up_since(self, since: datetime) -> int:
        """How many were given up since then, and still are."""
        count: int = self._sql.value("given_up_since", since=since)
        return count

    def destinations(self) -> Sequence[DestinationRow]:
        """Every destination that was ever tried or paused, by name."""
        return [from_row(DestinationRow, row) for row in self._sql.all("destinations")]

    def destination(self, name: str) -> DestinationRow:
        """How one fares; one that was never tried fares well."""
        row = self._sql.one("destination", name=name)
        return from_row(DestinationRow, row) if row else DestinationRow(name)

    def note_delivery(self, destination: str, at: datetime) -> None:
        self._sql.run("note_delivery", name=destination, at=at)

    def note_failure(self, destination: str, at: datetime, failure: str) -> datetime:
        """It took nothing; since when that is so."""
        row = self._sql.one("note_failure", name=destination, at=at, failure=failure)
        assert row is not None
        return time_value(row["failing_since_at"])

    def pause(self, destination: str, at: datetime, reason: str) -> None:
        """Send nothing there until it is resumed; what comes meanwhile waits."""
        self._sql.run("pause", name=destination, at=at, reason=reason)

    def resume(self, destination: str, now: datetime, limit: int = 1000) -> None:
        """Send there again, at once; what is beyond the limit the sweep asks for."""
        self._sql.run("resume", name=destination)
        self._jobs.free_lane(DELIVER, destination)
        self.hurry(destination, now, limit)

    def _ask(self, notice: str, destination: str, due: datetime, now: datetime) -> None:
        self._jobs.request(DELIVER, notice, due, now, Place(destination, due))


def notice_id(outcome: str, destination: str) -> str:
    """The id under which a destination is told of an outcome, the same for ever."""
    digest = hashlib.sha256(f"{destination}\n{outcome}".encode()).hexdigest()
    return f"n_{digest[:32]}"
