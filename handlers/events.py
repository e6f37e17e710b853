"""Reads the journal of notifications and turns each into a reason to look at a mailbox."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalog import ALONE, Catalog, Event, EventJournal, Mailbox, Place
from handlers.inbound import FastPath
from handlers.look_pace import LookPace
from handlers.notification import Notification, parse_notification

log = logging.getLogger(__name__)

BATCH = 500


@dataclass(frozen=True)
class EventReader:
    """Decides what kept notifications ask for. `logins` are those of each account, by its name."""

    catalog: Catalog
    journal: EventJournal
    fast_path: FastPath
    logins: Mapping[str, Sequence[str]]
    pace: LookPace
    now: Callable[[], datetime]
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
        mailbox = self._mailbox(notification, event.account)
        outcome = self._act(notification, mailbox, event.account)
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

    def _act(self, notification: Notification, mailbox: Mailbox | None, account: str) -> str:
        if notification.kind == "reminder":
            for login in self.logins.get(account, ()):
                self._request("subscribe", login, self.now())
            return "subscription looked at"
        if notification.kind == "extensions":
            self._request("census", account, self.now())
            return "extensions counted anew"
        if notification.kind == "other":
            return "not about faxes"
        if mailbox is None:
            return "no watched mailbox"
        due = self.pace.due(mailbox, self.now(), is_change=notification.is_change)
        self._request("look", mailbox.id, due, Place(mailbox.login, due))
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

    def _mailbox(self, notification: Notification, account: str) -> Mailbox | None:
        """The mailbox that is meant; none of another account than the one whose secret was told."""
        if not notification.extension_id:
            return None
        with self.catalog.reading() as tx:
            named = tx.mailboxes.by_extension(notification.extension_id)
        ours = (each for each in named if each.login.partition("/")[0] == account)
        return next((e for e in ours if notification.account_id in ("", e.account_id)), None)

    def _request(self, name: str, argument: str, due: datetime, place: Place = ALONE) -> None:
        with self.catalog.transaction() as tx:
            tx.jobs.request(name, argument, due, self.now(), place)
