"""The extensions we watch: who reads each, how far it was synced, and whether we are called."""

from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class Mailbox:
    """One watched extension; the times are ours, None until it happened.

    `login` reads it. `status` is watched, unreachable (nobody may read it now) or gone at
    RingCentral. With an `uncalled_reason` RingCentral is not asked to call about it before
    `uncalled_until`; `called_at` is when we last saw that it would. `listed_at` is the last full
    listing, which reached back to `listed_from_at` and named `listed_count` faxes;
    `peak_per_hour` is the most received in an hour of the last weeks.
    """

    id: str
    account_id: str
    extension_id: str
    name: str
    extension_number: str
    sync_token: str | None = None
    synced_at: datetime | None = None
    looked_at: datetime | None = None
    added_at: datetime | None = None
    login: str = ""
    status: str = "watched"
    status_reason: str = ""
    uncalled_reason: str = ""
    uncalled_until: datetime | None = None
    called_at: datetime | None = None
    listed_at: datetime | None = None
    listed_from_at: datetime | None = None
    listed_count: int | None = None
    peak_per_hour: float = 0.0

    @property
    def is_present(self) -> bool:
        """Whether to look at it: it is not gone, and a login reads it."""
        return self.status != "gone" and bool(self.login)


@dataclass(frozen=True)
class Listing:
    """A full listing that was compared with the catalog: when, how far back, how many faxes."""

    at: datetime
    from_at: datetime
    count: int


MailboxList = list[Mailbox]
"""Named here because a method called `all` reads better than one that avoids the word."""


class Mailboxes:
    """The mailboxes inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def watch(self, mailbox: Mailbox, now: datetime) -> None:
        """Add the mailbox, or renew name, number and login; what was synced stays as it is.

        One that was gone is watched again.
        """
        self._sql.run(
            "watch",
            id=mailbox.id,
            account_id=mailbox.account_id,
            extension_id=mailbox.extension_id,
            name=mailbox.name,
            extension_number=mailbox.extension_number,
            login=mailbox.login,
            added_at=now,
        )

    def restore(self, mailbox_id: str, since: datetime) -> None:
        """Put one back of which the archive tells that it was watched then; no login reads it."""
        account_id, _, extension_id = mailbox_id.rpartition("-")
        ids = {"id": mailbox_id, "account_id": account_id, "extension_id": extension_id}
        self._sql.run("restore", **ids, since=since)

    def forget_if_empty(self, mailbox_id: str) -> bool:
        """Watch it no longer, unless it ever had a fax; whether it was forgotten."""
        return self._sql.run("forget_if_empty", id=mailbox_id) == 1

    def get(self, mailbox_id: str) -> Mailbox | None:
        """The mailbox, or None."""
        row = self._sql.one("get", id=mailbox_id)
        return from_row(Mailbox, row) if row else None

    def all(self) -> MailboxList:
        """Every mailbox, also those that are gone; the oldest first."""
        return [from_row(Mailbox, row) for row in self._sql.all("everyone")]

    def present(self) -> MailboxList:
        """Those to look at."""
        return [each for each in self.all() if each.is_present]

    def by_extension(self, extension_id: str) -> MailboxList:
        """The mailboxes of this extension id, which a second account may use as well."""
        rows = self._sql.all("by_extension", extension_id=extension_id)
        return [from_row(Mailbox, row) for row in rows]

    def save_sync_token(self, mailbox_id: str, token: str | None, at: datetime) -> None:
        """Keep the token and when it was given. None forgets the token, not the time.

        A full synchronization must reach back to the last good one: its time outlives the token.
        """
        if token is None:
            self._sql.run("forget_sync_token", id=mailbox_id)
        else:
            self._sql.run("save_sync_token", id=mailbox_id, token=token, at=at)

    def mark_looked(self, mailbox_id: str, at: datetime) -> None:
        """Note that the mailbox was looked at, whether or not something had changed.

        So it can be reached.
        """
        self._sql.run("mark_looked", id=mailbox_id, at=at)

    def mark_unreachable(self, mailbox_id: str, reason: str) -> bool:
        """Nobody may read it now; False when that was known already, or when it is gone."""
        return self._sql.run("mark_unreachable", id=mailbox_id, reason=reason) == 1

    def mark_gone(self, mailbox_id: str, reason: str) -> bool:
        """RingCentral has it no more, or nobody wants it watched; False when that was known."""
        return self._sql.run("mark_gone", id=mailbox_id, reason=reason) == 1

    def mark_called(self, mailbox_id: str, at: datetime) -> None:
        """RingCentral would call about it now."""
        self._sql.run("mark_called", id=mailbox_id, at=at)

    def mark_uncalled(self, mailbox_id: str, reason: str, until: datetime) -> None:
        """RingCentral does not call about it; it is asked again after `until`."""
        self._sql.run("mark_uncalled", id=mailbox_id, reason=reason, until=until)

    def mark_listed(self, mailbox_id: str, listing: Listing, peak_per_hour: float) -> None:
        """Note a full listing, and what the traffic of the last weeks was at its height."""
        self._sql.run("mark_listed", id=mailbox_id, **vars(listing), peak=peak_per_hour)
