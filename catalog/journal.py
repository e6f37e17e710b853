"""The journal of events: every notification exactly as it came, kept before it is answered.

In a database of its own, so that the webhook never waits for the worker's transactions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from catalog.columns import from_row, time_value
from catalog.engine import Connection, Engine
from catalog.migrate import open_engine
from catalog.statements import Statements

MIGRATIONS = Path(__file__).parent / "journal_migrations"
DOOR, WORKER = "door", "worker"


@dataclass(frozen=True)
class RawEvent:
    """A notification as the socket gave it; `account` is whose secret it knew."""

    received_at: datetime
    content_type: str
    body: bytes
    account: str = ""


@dataclass(frozen=True)
class Event:
    """A kept notification. `state` is new, read or unreadable; `outcome` what came of it."""

    id: int
    received_at: datetime
    body: bytes
    content_type: str
    state: str
    outcome: str
    uuid: str | None
    event: str | None
    mailbox_id: str | None
    read_at: datetime | None
    account: str = ""


@dataclass(frozen=True)
class Closing:
    """A time in which nobody answered RingCentral's calls, because our door was closed."""

    started_at: datetime
    ended_at: datetime


EventList = list[Event]
ClosingList = list[Closing]
"""Named here because a method called `list` hides the type inside the class."""


class EventJournal:
    """The events of one installation; any thread may use it. All methods raise CatalogError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, address: str) -> Self:
        """Open and bring up to date; a file path of its own, or the catalog's `postgresql://...`."""
        return cls(open_engine(address, "journal", MIGRATIONS))

    def append(self, rows: Sequence[RawEvent]) -> None:
        """Keep all the events or none; at return they are durable."""
        with self._engine.writing() as connection:
            self._statements(connection).run_many("append", map(vars, rows))

    def unread(self, limit: int) -> EventList:
        """The events nobody has read yet, the oldest first."""
        return self._rows("unread", limit)

    def mark(
        self,
        event_id: int,
        state: str,
        outcome: str,
        *,
        now: datetime,
        uuid: str | None = None,
        event: str | None = None,
        mailbox_id: str | None = None,
    ) -> None:
        """Note how the event was read, and what it named."""
        named = {"uuid": uuid, "event": event, "mailbox_id": mailbox_id}
        with self._engine.writing() as connection:
            sql = self._statements(connection)
            sql.run("mark", id=event_id, state=state, outcome=outcome, now=now, **named)

    def list(self, unreadable: bool, limit: int) -> EventList:
        """The newest events, or only those that could not be read."""
        return self._rows("newest_unreadable" if unreadable else "newest", limit)

    def forget(self, before: datetime) -> int:
        """Delete the events that were read and came before; the unreadable stay. How many."""
        with self._engine.writing() as connection:
            return self._statements(connection).run("forget", before=before)

    def open_door(self, now: datetime) -> None:
        """The web process answers from now on; the time since it was last seen was a closing."""
        with self._engine.writing() as connection:
            sql = self._statements(connection)
            sql.run("note_closing", now=now)
            sql.run("note_sign", name=DOOR, at=now)

    def note_sign(self, name: str, at: datetime) -> None:
        """A sign of life: of the open DOOR, of the WORKER, or something else seen at the door."""
        with self._engine.writing() as connection:
            self._statements(connection).run("note_sign", name=name, at=at)

    def signs(self) -> dict[str, datetime]:
        """When each sign was last noted."""
        with self._engine.reading() as connection:
            rows = self._statements(connection).all("signs")
        return {row["name"]: time_value(row["at"]) for row in rows}

    def closings(self, since: datetime) -> ClosingList:
        """The closings that ended after `since`, the oldest first."""
        with self._engine.reading() as connection:
            rows = self._statements(connection).all("closings", since=since)
        return [from_row(Closing, row) for row in rows]

    def last_arrival(self) -> datetime | None:
        """When the newest notification came."""
        with self._engine.reading() as connection:
            text = self._statements(connection).value("last_arrival")
        return time_value(text) if text else None

    def repeats(self) -> int:
        """How many notifications that were kept came more than once."""
        with self._engine.reading() as connection:
            count: int = self._statements(connection).value("repeats")
        return count

    def close(self) -> None:
        """Close every connection."""
        self._engine.close()

    def _rows(self, name: str, limit: int) -> EventList:
        with self._engine.reading() as connection:
            return [
                from_row(Event, row) for row in self._statements(connection).all(name, limit=limit)
            ]

    def _statements(self, connection: Connection) -> Statements:
        return Statements(self._engine.driver, "events", connection)
