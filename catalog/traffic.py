"""How many faxes come, when, and which of them still wait: what urgency is decided from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row, time_value
from catalog.statements import Statements


@dataclass(frozen=True)
class Waiting:
    """A fax that is still to be archived."""

    id: str
    mailbox_id: str
    direction: str
    created_at: datetime


class Traffic:
    """The faxes inside one transaction, counted."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def waiting(self, limit: int) -> list[Waiting]:
        """The oldest faxes that are still to be archived."""
        return [from_row(Waiting, row) for row in self._sql.all("waiting", limit=limit)]

    def inbox(self, mailbox_id: str, limit: int) -> list[datetime]:
        """When the received faxes were created that RingCentral still has; the newest first."""
        rows = self._sql.all("inbox", mailbox_id=mailbox_id, limit=limit)
        return [time_value(row["created_at"]) for row in rows]

    def received_by_hour(self, mailbox_id: str, since: datetime) -> Mapping[str, int]:
        """How many faxes each hour (`2026-11-25T08`) received; one without any is left out."""
        rows = self._sql.all("received_by_hour", mailbox_id=mailbox_id, since=since)
        return {row["hour"]: row["faxes"] for row in rows}

    def received_since(self, since: datetime) -> Mapping[str, int]:
        """How many faxes each mailbox received since then; one without any is left out."""
        rows = self._sql.all("received_since", since=since)
        return {row["mailbox_id"]: row["faxes"] for row in rows}

    def last_received(self) -> Mapping[str, datetime]:
        """When each mailbox last received a fax; one that never did is left out."""
        told = ((row["mailbox_id"], row["created_at"]) for row in self._sql.all("last_received"))
        return {mailbox_id: time_value(text) for mailbox_id, text in told if text}

    def states_since(self, since: datetime) -> Mapping[str, int]:
        """How many faxes were refused or lost since then and are so still, by state."""
        rows = self._sql.all("states_since", since=since)
        return {row["state"]: row["faxes"] for row in rows}

    def documents_by_kind(self) -> Mapping[str, int]:
        """How many documents of each kind came from RingCentral's message store."""
        rows = self._sql.all("documents_by_kind")
        return {row["kind"]: row["documents"] for row in rows}

    def archived_bytes(self, since: datetime) -> int:
        """The size of the archived documents of all faxes that were created since then."""
        size: int | None = self._sql.value("archived_bytes", since=since)
        return int(size or 0)
