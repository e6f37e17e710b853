"""What is not as it should be, since when, and until when: raised once, cleared once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class Alarm:
    """One trouble; `kind` and `subject` say which, `severity` is warning or problem.

    `words` say what is wrong and `advice` what to do, both without a number or name of a fax.
    """

    kind: str
    subject: str
    raised_at: datetime
    cleared_at: datetime | None
    severity: str
    words: str
    advice: str


class Alarms:
    """The alarms inside one transaction; of one kind and subject at most one is open."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def open(self) -> list[Alarm]:
        """Those that last, the oldest first."""
        return [from_row(Alarm, row) for row in self._sql.all("open_alarms")]

    def raise_all(self, alarms: Sequence[Alarm]) -> None:
        """Note new ones."""
        self._sql.run_many("put", map(vars, alarms))

    def renew(self, alarm: Alarm) -> None:
        """The same trouble in newer words."""
        self._sql.run(
            "renew",
            kind=alarm.kind,
            subject=alarm.subject,
            raised_at=alarm.raised_at,
            severity=alarm.severity,
            words=alarm.words,
            advice=alarm.advice,
        )

    def clear(self, alarm: Alarm, at: datetime) -> None:
        """It is over."""
        self._sql.run(
            "clear", kind=alarm.kind, subject=alarm.subject, raised_at=alarm.raised_at, at=at
        )

    def was_raised(self, kind: str, subject: str, since: datetime) -> datetime | None:
        """When the latest of this kind and subject was raised, if it lasted beyond `since`."""
        row = self._sql.one("latest", kind=kind, subject=subject, since=since)
        return from_row(Alarm, row).raised_at if row else None

    def list(self, limit: int) -> list[Alarm]:
        """The newest, also those that are over."""
        return [from_row(Alarm, row) for row in self._sql.all("newest", limit=limit)]
