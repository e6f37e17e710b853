"""Reads the journal of notifications and turns each into a reason to look at a mailbox."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import Catalog, Event, EventJournal, Mailbox
from handlers.inbound import FastPath
from handlers.notification import Notification, parse_notification

log = logging.getLogger(__name__)

BATCH = 500


@dataclass(frozen=True)
class EventReader:
    """Decides what kept notifications ask for. `ring(name, argument, delay)` tells the workers."""

    catalog: Catalog
    journal: EventJournal
    fast_path: FastPath
    look_spacing: timedelta
    now: Callable[[], datetime]
    ring: Callable[[str, str, float], None]
    failpoint: Callable[[str], None]

    def read_new(self) -> int:
        """Read every notification that has not been read; returns how many."""
        count = 0
        while events := self.journal.unread(BATCH):
            for event in events:
                self._read(event)
            count += len(events)
        return count

    def _read(self, event: Event) -> None:
        try:
            notification = parse_notification(event.body)
        except ValueError as problem:
            reason = f"unreadable: {problem}"[:200]
            self.journal.mark(event.id, "unreadable", reason, now=self.now())
            return
        mailbox = self._mailbox(notification.extension_id)
        outcome = self._act(notification, mailbox)
        self.failpoint("event-read")
        self.journal.mark(
            event.id,
            "read",
            outcome,
            uuid=notification.uuid,
            event=notification.event,
            mailbox_id=mailbox.id if mailbox else None,
            now=self.now(),
        )

    def _act(self, notification: Notification, mailbox: Mailbox | None) -> str:
        if notification.kind == "reminder":
            self._request("subscribe", "", self.now())
            return "subscription looked at"
        if notification.kind == "other":
            return "not about faxes"
        if mailbox is None:
            return "no watched mailbox"
        self._request("look", mailbox.id, look_due(mailbox, self.look_spacing, self.now()))
        if notification.kind == "fax" and notification.fax is not None:
            return self._take_fast_path(mailbox, notification.fax)
        return "mailbox looked at"

    def _take_fast_path(self, mailbox: Mailbox, fax: Mapping[str, object]) -> str:
        try:
            self.fast_path.take(mailbox, fax)
        except Exception as error:
            # Whatever is odd about one notification, the others behind it must be read; the look
            # that is asked for already brings this fax too. No message: it could tell of the fax.
            log.warning("A fast path failed with %s; the look will do.", type(error).__name__)
            return f"mailbox looked at; fast path failed with {type(error).__name__}"
        return "fax taken; mailbox looked at"

    def _mailbox(self, extension_id: str) -> Mailbox | None:
        if not extension_id:
            return None
        with self.catalog.reading() as tx:
            return next(iter(tx.mailboxes.by_extension(extension_id)), None)

    def _request(self, name: str, argument: str, due: datetime) -> None:
        with self.catalog.transaction() as tx:
            due = tx.jobs.request(name, argument, due, self.now())
        self.ring(name, argument, max(0.0, (due - self.now()).total_seconds()))


def look_due(mailbox: Mailbox, spacing: timedelta, now: datetime) -> datetime:
    """When the next look may be: at once after a quiet time, else `spacing` after the last one.

    So a hundred notifications of one burst cost a few looks.
    """
    if mailbox.looked_at is None:
        return now
    return max(now, mailbox.looked_at + spacing)
