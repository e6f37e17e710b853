"""The extensions we watch, and how far each one has been synced."""

from dataclasses import dataclass
from datetime import datetime

from catalog.columns import from_row
from catalog.statements import Statements


@dataclass(frozen=True)
class Mailbox:
    """One watched extension; the times are ours, None until it happened."""

    id: str
    account_id: str
    extension_id: str
    name: str
    extension_number: str
    sync_token: str | None = None
    synced_at: datetime | None = None
    looked_at: datetime | None = None
    added_at: datetime | None = None


class Mailboxes:
    """The mailboxes inside one transaction."""

    def __init__(self, statements: Statements) -> None:
        self._sql = statements

    def watch(self, mailbox: Mailbox, now: datetime) -> None:
        """Add the mailbox, or renew its name and number; what was synced stays as it is."""
        self._sql.run(
            "watch",
            id=mailbox.id,
            account_id=mailbox.account_id,
            extension_id=mailbox.extension_id,
            name=mailbox.name,
            extension_number=mailbox.extension_number,
            added_at=now,
        )

    def forget_if_empty(self, mailbox_id: str) -> bool:
        """Watch it no longer, unless it ever had a fax; whether it was forgotten."""
        return self._sql.run("forget_if_empty", id=mailbox_id) == 1

    def get(self, mailbox_id: str) -> Mailbox | None:
        """The mailbox, or None."""
        row = self._sql.one("get", id=mailbox_id)
        return from_row(Mailbox, row) if row else None

    def all(self) -> list[Mailbox]:
        """Every watched mailbox, the oldest first."""
        return [from_row(Mailbox, row) for row in self._sql.all("everyone")]

    def by_extension(self, extension_id: str) -> list[Mailbox]:
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
        """Note that the mailbox was looked at, whether or not something had changed."""
        self._sql.run("mark_looked", id=mailbox_id, at=at)
