"""The completeness statements that were made: for which mailbox and day, and what they said."""

from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class DayStatement:
    """One revision of the statement of one mailbox and UTC day (`2026-11-25`).

    `file` lies in the archive and has this `sha256`; `content` is the hash of what it says of the
    faxes, which is the same in two revisions that say the same. `seq` is its ledger line.
    `contradiction` is "" until RingCentral listed something that it did not contain.
    """

    mailbox_id: str
    day: str
    revision: int
    at: datetime
    listed_at: datetime
    file: str
    sha256: str
    content: str
    listed: int
    archived: int
    pending: int
    refused: int
    lost: int
    seq: int
    contradiction: str = ""


class DayStatements:
    """The statements inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def add(self, statement: DayStatement) -> None:
        """Note a new revision. One that is taken ends the transaction with CatalogError."""
        self._sql.run("add", **vars(statement))

    def latest(self, mailbox_id: str, day: str) -> DayStatement | None:
        """The newest revision, or None."""
        row = self._sql.one("latest", mailbox_id=mailbox_id, day=day)
        return from_row(DayStatement, row) if row else None

    def between(self, first_day: str, last_day: str) -> list[DayStatement]:
        """The newest revision of each mailbox and day, both days included, in order."""
        rows = self._sql.all("between", first_day=first_day, last_day=last_day)
        return [from_row(DayStatement, row) for row in rows]

    def last_day(self, mailbox_id: str) -> DayStatement | None:
        """The newest revision of the last day that this mailbox has a statement of."""
        row = self._sql.one("last_day", mailbox_id=mailbox_id)
        return from_row(DayStatement, row) if row else None

    def contradict(self, statement: DayStatement, contradiction: str) -> None:
        """RingCentral listed something that this statement did not contain."""
        self._sql.run(
            "contradict",
            mailbox_id=statement.mailbox_id,
            day=statement.day,
            revision=statement.revision,
            contradiction=contradiction,
        )

    def contradicted(self) -> list[DayStatement]:
        """Every revision that was contradicted, the newest first."""
        return [from_row(DayStatement, row) for row in self._sql.all("contradicted")]

    def days_of_change(self, mailbox_id: str, since: datetime | None) -> list[str]:
        """The days of faxes whose state changed since then, and those of faxes never stated."""
        rows = self._sql.all("days_of_change", mailbox_id=mailbox_id, since=since or "")
        return [row["day"] for row in rows]
