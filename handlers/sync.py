"""Looks at one mailbox: asks RingCentral what changed since the last look, and records it.

The token moves forward in the transaction that records what it returned, never before. Whatever
is then unfinished has its job in the same transaction. developers.ringcentral.com: message-sync.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from archive import utc_text
from catalog import Catalog, Mailbox, NewFax, Place, Transaction
from errors import LoginRefused, NotFound, PermissionMissing, SyncTokenRefused
from handlers.intake import Intake, Looked
from handlers.losses import Losses
from handlers.records import Told, compact, fax_id_of
from ringcentral_api import FullSync, Message, MessageQuery, RingCentral, SyncResult

log = logging.getLogger(__name__)

CUT_OVERLAP = timedelta(seconds=1)
"""The older part of a cut answer is asked for with this overlap; repeats are harmless."""
BATCH = 250
"""Messages recorded in one transaction."""


@dataclass(frozen=True)
class MailboxSync:
    """Looks at mailboxes."""

    catalog: Catalog
    reach: Callable[[str], RingCentral]
    intake: Intake
    losses: Losses
    history: timedelta
    now: Callable[[], datetime]
    failpoint: Callable[[str], None]

    def look(self, mailbox_id: str) -> Looked:
        """Record everything that changed in a mailbox since the last look.

        Raises:
            RingCentralError: RingCentral refused or cannot be reached; the token has not moved.
        """
        with self.catalog.reading() as tx:
            mailbox = tx.mailboxes.get(mailbox_id)
        if mailbox is None or not mailbox.is_present:
            log.warning("A look was asked for at a mailbox that is not watched.")
            return Looked()
        with marking_unreachable(self.catalog, mailbox, self.now):
            return self._record_all(mailbox, self._changes(mailbox))

    def _changes(self, mailbox: Mailbox) -> SyncResult:
        api = self.reach(mailbox.login)
        if mailbox.sync_token:
            try:
                return api.sync(mailbox.extension_id, mailbox.sync_token)
            except SyncTokenRefused:
                self._note_refused_token(mailbox)
        # Always an explicit date: the default window is 24 hours in one source, a week in another.
        return api.sync(mailbox.extension_id, FullSync(self.now() - self.history))

    def _note_refused_token(self, mailbox: Mailbox) -> None:
        """A full synchronization does not tell what was deleted meanwhile; a full listing does."""
        log.info("The sync token is no longer good; the whole mailbox is listed again.")
        now = self.now()
        age = (now - mailbox.synced_at) if mailbox.synced_at else timedelta()
        with self.catalog.transaction() as tx:
            tx.observations.note("a sync token was refused at the age of", days_and_hours(age), now)
            request_listing(tx, mailbox, now, now)

    def _record_all(self, mailbox: Mailbox, answer: SyncResult) -> Looked:
        """Record an answer, and first all that it was cut short of; only then move the token."""
        looked = Looked()
        if answer.older_records_exist:
            older = self.reach(mailbox.login).messages(
                mailbox.extension_id, self._older_than(answer.records)
            )
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
        with self.catalog.transaction() as tx:
            told = Told("message-store", "look", self.now())
            looked = self.intake.take(tx, mailbox, messages, told)
            for message in messages:
                if message.type is None:
                    self._record_disappearance(tx, mailbox, message)
            if token:
                tx.mailboxes.save_sync_token(mailbox.id, token, self.now())
                tx.mailboxes.mark_looked(mailbox.id, self.now())
            self.failpoint("sync-recorded")
        self.failpoint("sync-committed")
        return looked

    def _record_disappearance(self, tx: Transaction, mailbox: Mailbox, message: Message) -> None:
        """A deleted or purged record carries only its id; purged before it was archived is lost."""
        fax_id, now = fax_id_of(mailbox, message.id), self.now()
        availability = message.availability or "Deleted"
        seen = {"sync": availability, "told_at": utc_text(now)}
        if tx.faxes.get(fax_id) is None:
            if mailbox.looked_at is None:
                return  # from before our time
            if availability == "Purged":
                self.losses.lose_unseen(tx, mailbox, unseen_fax(mailbox, message, now), seen)
            else:
                request_listing(tx, mailbox, now, now)  # a deleted one can still be fetched
            return
        if availability == "Purged":  # entered first, while the row tells what it was before
            self.losses.lose(tx, mailbox, fax_id, seen)
        tx.faxes.set_availability(fax_id, availability, now)
        self.intake.request_work(tx, mailbox, fax_id)


@contextmanager
def marking_unreachable(
    catalog: Catalog, mailbox: Mailbox, now: Callable[[], datetime]
) -> Iterator[None]:
    """Note on a mailbox that RingCentral refuses it; the refusal goes on to the caller.

    Where it refuses the login, a census notes that, and finds another for the mailbox.
    """
    try:
        yield
    except (PermissionMissing, NotFound) as refusal:
        with catalog.transaction() as tx:
            tx.mailboxes.mark_unreachable(mailbox.id, str(refusal))
        raise
    except LoginRefused:
        with catalog.transaction() as tx:
            tx.jobs.request("census", mailbox.login.partition("/")[0], now(), now())
        raise


def unseen_fax(mailbox: Mailbox, message: Message, now: datetime) -> NewFax:
    """All that is known of a fax of which RingCentral tells only that it was purged.

    It was created some time after the look before, which had not found it.
    """
    return NewFax(
        account_id=mailbox.account_id,
        mailbox_id=mailbox.id,
        message_id=message.id,
        direction="Unknown",
        message_status="",
        read_status="",
        availability="Purged",
        created_at=mailbox.looked_at or now,
        raw=compact(message.raw),
        origin="message-store",
        found_by="look",
    )


def request_listing(tx: Transaction, mailbox: Mailbox, due: datetime, now: datetime) -> None:
    """Have the whole mailbox listed and compared when it is due."""
    tx.jobs.request("list", mailbox.id, due, now, Place(mailbox.login, due))


def days_and_hours(age: timedelta) -> str:
    """An age in few different words, so that observations of it can be counted."""
    hours = int(age / timedelta(hours=1))
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"


def batches(messages: Iterable[Message], size: int) -> Iterator[list[Message]]:
    """The messages in lists of at most `size`."""
    remaining = iter(messages)
    while batch := list(islice(remaining, size)):
        yield batch
