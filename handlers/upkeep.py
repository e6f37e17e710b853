"""What happens without any notification: who we are, the subscription, and the sweep.

The sweep looks for everything unfinished and has it done. It is the guarantee; notifications only
make it faster.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import Archive
from catalog import Catalog, EventJournal, Job, Mailbox, Transaction
from handlers.bookkeeping import Bookkeeping
from jobs.pauses import CEILING_SECONDS, STANDING_CEILING_SECONDS, pause
from ringcentral_api import Identity, RingCentral
from subscriptions import Report, Subscriptions

log = logging.getLogger(__name__)

UNFINISHED_BATCH = 1000
DUE_BATCH = 1000
SWEEP_SPACING = timedelta(minutes=1)
KEEP_READ_EVENTS = timedelta(days=30)
DISCOVER_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Upkeep:
    """Keeps mailboxes watched, RingCentral calling, and nothing forgotten."""

    catalog: Catalog
    journal: EventJournal
    archive: Archive
    books: Bookkeeping
    api: RingCentral
    wanted_mailboxes: tuple[str, ...]
    owner: str
    poll: timedelta
    now: Callable[[], datetime]
    ring: Callable[[str, str, float], None]

    def discover(self) -> list[Mailbox]:
        """Ask RingCentral who we are, and watch the mailboxes that the settings name.

        A mailbox that they no longer name, and that never had a fax, is forgotten.

        Raises:
            RingCentralError: RingCentral refused or cannot be reached.
        """
        own = self.api.who_am_i()
        mailboxes = [mailbox_named(word, own) for word in self.wanted_mailboxes]
        wanted = {mailbox.id for mailbox in mailboxes}
        with self.catalog.transaction() as tx:
            for mailbox in mailboxes:
                tx.mailboxes.watch(mailbox, self.now())
            for mailbox in tx.mailboxes.all():
                if mailbox.id not in wanted:
                    tx.mailboxes.forget_if_empty(mailbox.id)
            self._request_looks(tx, self.now())
            tx.jobs.request("discover", "", self.now() + DISCOVER_AGAIN, self.now())
            tx.jobs.request("subscribe", "", self.now(), self.now())
            due = tx.jobs.due(self.now(), DUE_BATCH)
        for name, argument in due:
            self.ring(name, argument, 0.0)
        log.info("Logged in; %d mailbox(es) are watched.", len(wanted))
        return mailboxes

    def subscribe(self, subscriptions: Subscriptions) -> Report | None:
        """Have RingCentral call us; nothing to do before a mailbox is known.

        Raises:
            RingCentralError: it will not, for now.
        """
        with self.catalog.reading() as tx:
            if not tx.mailboxes.all():
                return None
        report = subscriptions.ensure(self.now())
        log.info("RingCentral's subscription is %s until %s.", report.status, report.expires_at)
        return report

    def sweep(self) -> None:
        """Ask for everything that is unfinished or due, in whatever way it was forgotten."""
        now = self.now()
        self.books.copy_ledger()
        with self.catalog.transaction() as tx:
            tx.jobs.ensure("read-events", "", now, now)
            tx.jobs.ensure("subscribe", "", now, now)
            self._request_looks(tx, now)
            for fax_id in tx.faxes.unfinished(UNFINISHED_BATCH):
                tx.jobs.ensure("archive", fax_id, now, now)
            # Also for what is due before the next sweep: a ring is lost with the worker it was for.
            coming = tx.jobs.coming(now + SWEEP_SPACING, now, DUE_BATCH)
        for name, argument, due in coming:
            self.ring(name, argument, max(0.0, (due - now).total_seconds()))
        self.journal.forget(now - KEEP_READ_EVENTS)
        self.archive.sweep_staging(now, all=False)

    def start(self) -> None:
        """Clean up after the worker before this one; the first sweep then rings for the rest."""
        now = self.now()
        self.books.require_same_age()
        self.books.displace_unentered_asides()
        self.archive.sweep_staging(now, all=True)
        with self.catalog.transaction() as tx:
            for job in tx.jobs.held_by(self.owner):
                self._postpone_dead(tx, job)
            tx.jobs.request("discover", "", now, now)
            for mailbox in tx.mailboxes.all():
                tx.jobs.request("look", mailbox.id, now, now)

    def _postpone_dead(self, tx: Transaction, job: Job) -> None:
        """A job that its worker died over: counted as a failed try, so that one document on which
        every worker dies does not take all of them down for ever."""
        ceiling = CEILING_SECONDS if job.name == "archive" else STANDING_CEILING_SECONDS
        wait = pause(job.attempts + 1, 0.5, ceiling)
        tx.jobs.postpone(job, self.now() + wait, "its worker died over it", failed=True)

    def _request_looks(self, tx: Transaction, now: datetime) -> None:
        for mailbox in tx.mailboxes.all():
            if mailbox.looked_at is None or mailbox.looked_at + self.poll <= now:
                tx.jobs.ensure("look", mailbox.id, now, now)


def mailbox_named(word: str, own: Identity) -> Mailbox:
    """The mailbox that a word of the settings names: `~` is our own, others are extension ids.

    Of others we know neither name nor number; nothing depends on them.
    """
    extension_id = own.extension_id if word == "~" else word
    is_own = extension_id == own.extension_id
    return Mailbox(
        id=f"{own.account_id}-{extension_id}",
        account_id=own.account_id,
        extension_id=extension_id,
        name=(own.name or "") if is_own else "",
        extension_number=(own.extension_number or "") if is_own else "",
    )
