"""Looks at one mailbox: asks RingCentral what changed since the last look, and records it.

The token moves forward in the transaction that records what it returned, never before. Whatever
is then unfinished has its job in the same transaction. developers.ringcentral.com: message-sync.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from catalog import Catalog, Mailbox, Transaction
from errors import SyncTokenRefused
from handlers.records import fax_id_of, needs_work, new_fax
from ringcentral_api import FullSync, Message, MessageQuery, RingCentral, SyncResult

log = logging.getLogger(__name__)

CUT_OVERLAP = timedelta(seconds=1)
"""The older part of a cut answer is asked for with this overlap; repeats are harmless."""
BATCH = 250
"""Messages recorded in one transaction."""


@dataclass(frozen=True)
class Looked:
    """What one look found: how many faxes were new, and how many known ones had changed."""

    new: int = 0
    changed: int = 0

    def __add__(self, other: "Looked") -> "Looked":
        return Looked(self.new + other.new, self.changed + other.changed)


@dataclass(frozen=True)
class MailboxSync:
    """Looks at mailboxes. `ring(name, argument)` tells the workers of a job that is due."""

    catalog: Catalog
    api: RingCentral
    history: timedelta
    now: Callable[[], datetime]
    ring: Callable[[str, str], None]
    failpoint: Callable[[str], None]

    def look(self, mailbox_id: str) -> Looked:
        """Record everything that changed in a mailbox since the last look.

        Raises:
            RingCentralError: RingCentral refused or cannot be reached; the token has not moved.
        """
        with self.catalog.reading() as tx:
            mailbox = tx.mailboxes.get(mailbox_id)
        if mailbox is None:
            log.warning("A look was asked for at a mailbox that is not watched.")
            return Looked()
        return self._record_all(mailbox, self._changes(mailbox))

    def _changes(self, mailbox: Mailbox) -> SyncResult:
        if mailbox.sync_token:
            try:
                return self.api.sync(mailbox.extension_id, mailbox.sync_token)
            except SyncTokenRefused:
                log.info("The sync token is no longer good; the whole mailbox is listed again.")
        # Always an explicit date: the default window is 24 hours in one source, a week in another.
        return self.api.sync(mailbox.extension_id, FullSync(self.now() - self.history))

    def _record_all(self, mailbox: Mailbox, answer: SyncResult) -> Looked:
        """Record an answer, and first all that it was cut short of; only then move the token."""
        looked = Looked()
        if answer.older_records_exist:
            older = self.api.messages(mailbox.extension_id, self._older_than(answer.records))
            for batch in batches(older, BATCH):
                looked += self._record(mailbox, batch)
        return looked + self._record(mailbox, answer.records, answer.sync_token)

    def _older_than(self, messages: Sequence[Message]) -> MessageQuery:
        """What a cut answer leaves out, which a list tells in pages however much it is."""
        times = [message.created_at for message in messages if message.created_at]
        return MessageQuery(
            date_from=self.now() - self.history,
            date_to=min(times) + CUT_OVERLAP if times else None,
            availability=("Alive", "Deleted"),
        )

    def _record(
        self, mailbox: Mailbox, messages: Sequence[Message], token: str | None = None
    ) -> Looked:
        looked = Looked()
        due: list[str] = []
        with self.catalog.transaction() as tx:
            for message in messages:
                looked += self._record_message(tx, mailbox, message, due)
            if token:
                tx.mailboxes.save_sync_token(mailbox.id, token, self.now())
                tx.mailboxes.mark_looked(mailbox.id, self.now())
            self.failpoint("sync-recorded")
        self.failpoint("sync-committed")
        for fax_id in due:
            self.ring("archive", fax_id)
        return looked

    def _record_message(
        self, tx: Transaction, mailbox: Mailbox, message: Message, due: list[str]
    ) -> Looked:
        if message.type is None:
            fax_id = fax_id_of(mailbox, message.id)
            _record_disappearance(tx, fax_id, message, self.now())
            self._request_work(tx, fax_id, due)
            return Looked()
        if message.type != "Fax":
            return Looked()
        fax = new_fax(mailbox, message, "message-store", self.now())
        recorded = tx.faxes.record(fax, self.now())
        self._request_work(tx, fax.id, due)
        return Looked(new=int(recorded.new), changed=int(recorded.changed and not recorded.new))

    def _request_work(self, tx: Transaction, fax_id: str, due: list[str]) -> None:
        if needs_work(tx.faxes.get(fax_id)):
            tx.jobs.request("archive", fax_id, self.now(), self.now())
            due.append(fax_id)


def _record_disappearance(tx: Transaction, fax_id: str, message: Message, now: datetime) -> None:
    """A deleted or purged record carries only its id; purged before it was archived means lost."""
    availability = message.availability or "Deleted"
    if tx.faxes.set_availability(fax_id, availability, now) and availability == "Purged":
        tx.faxes.mark_lost(fax_id, "purged at RingCentral before it could be fetched", now)


def batches(messages: Iterable[Message], size: int) -> Iterator[list[Message]]:
    """The messages in lists of at most `size`."""
    remaining = iter(messages)
    while batch := list(islice(remaining, size)):
        yield batch
