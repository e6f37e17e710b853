"""The blind windows: times in which RingCentral was not calling us about a mailbox, and why.

And the subscriptions that we made, so that they are known as ours whatever address we have now.
"""

from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class BlindWindow:
    """One such time of one mailbox; `ended_at` None while it lasts.

    `listed_at` is when a full listing made up for it.
    """

    mailbox_id: str
    started_at: datetime
    ended_at: datetime | None
    cause: str
    listed_at: datetime | None = None


@dataclass(frozen=True)
class OwnSubscription:
    """A subscription of ours as RingCentral last listed it."""

    id: str
    login: str
    address: str
    expires_at: datetime | None
    seen_at: datetime


class BlindWindows:
    """The blind windows inside one transaction; those of one mailbox never overlap."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def overlapping(self, window: BlindWindow) -> list[BlindWindow]:
        """Those of its mailbox that touch it, the oldest first."""
        end = window.ended_at
        rows = self._sql.all(
            "overlapping", mailbox_id=window.mailbox_id, start=window.started_at, end=end
        )
        return [from_row(BlindWindow, row) for row in rows]

    def replace(self, old: list[BlindWindow], new: BlindWindow) -> None:
        """Put one in the place of those that it covers."""
        for each in old:
            self._sql.run("remove", mailbox_id=each.mailbox_id, started_at=each.started_at)
        self._sql.run("add", **vars(new))

    def open_of(self, mailbox_id: str) -> BlindWindow | None:
        """The one that lasts, or None."""
        row = self._sql.one("open_of", mailbox_id=mailbox_id)
        return from_row(BlindWindow, row) if row else None

    def end(self, mailbox_id: str, at: datetime) -> bool:
        """RingCentral calls again; whether a window was open.

        One that began by a clock that is ahead of ours, such as RingCentral's, ends as it began.
        """
        return self._sql.run("end_open", mailbox_id=mailbox_id, at=at) == 1

    def mark_listed(self, mailbox_id: str, at: datetime) -> int:
        """A full listing begun at `at` made up for all that had ended by then; how many."""
        return self._sql.run("mark_listed", mailbox_id=mailbox_id, at=at)

    def list(self, since: datetime | None = None) -> list[BlindWindow]:
        """Every window that ended at `since` or later, or lasts; the newest first."""
        return [from_row(BlindWindow, row) for row in self._sql.all("windows", since=since or "")]

    def found(self, window: BlindWindow) -> int:
        """How many faxes were created in it: nobody called about them, a look brought them."""
        count: int = self._sql.value(
            "found",
            mailbox_id=window.mailbox_id,
            start=window.started_at,
            end=window.ended_at or "~",
        )
        return count

    def called_late(self) -> int:
        """How many faxes of windows that have ended we first heard of through a call all the same:
        RingCentral had kept it for later."""
        count: int = self._sql.value("called_late")
        return count

    def remember(self, subscription: OwnSubscription) -> None:
        """Note a subscription of ours as it is listed now."""
        self._sql.run("remember", **vars(subscription))

    def own(self, login: str) -> dict[str, OwnSubscription]:
        """The subscriptions of this login that we made, by their ids."""
        rows = self._sql.all("own", login=login)
        return {row["id"]: from_row(OwnSubscription, row) for row in rows}

    def forget(self, subscription_id: str) -> None:
        """It is gone at RingCentral."""
        self._sql.run("forget", id=subscription_id)
