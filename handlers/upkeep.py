"""What happens without any notification: the sweep, and the clean start of a worker.

The sweep looks for everything unfinished and has it done. It is the guarantee; notifications only
make it faster.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive import Archive
from catalog import WORKER, Catalog, EventJournal, Job, Place, Transaction
from handlers.bookkeeping import Bookkeeping
from handlers.call_log import HOUR
from handlers.deletion import first_deadline, lives
from handlers.inboxes import WAITING_BATCH, demands_of, inboxes_of
from handlers.stuck import ask_for_late
from handlers.timetable import intervals, next_listing, next_look
from jobs.pauses import CEILING_SECONDS, STANDING_CEILING_SECONDS, pause

UNFINISHED_BATCH = 1000
SMALL_BACKLOG = 40
"""So many faxes are fetched within a minute or so, in whatever order."""
SETTLED = timedelta(seconds=20)
"""Health is judged when what a sweep began has been done, such as the first census."""
SWEEP_SPACING = timedelta(minutes=1)
FARTHEST = timedelta(days=2)
"""Nothing waits longer than a day: what is due later was asked for before our clock went back."""
KEEP_READ_EVENTS = timedelta(days=30)


@dataclass(frozen=True)
class Roster:
    """The accounts and logins of the settings, by name."""

    accounts: Sequence[str]
    logins: Sequence[str]


@dataclass(frozen=True)
class Upkeep:
    """Keeps mailboxes watched, RingCentral calling, and nothing forgotten."""

    catalog: Catalog
    journal: EventJournal
    archive: Archive
    books: Bookkeeping
    roster: Roster
    owner: str
    poll: timedelta
    now: Callable[[], datetime]
    ring: Callable[[str, str, float], None]

    def sweep(self) -> None:
        """Ask for everything that is unfinished or due, in whatever way it was forgotten."""
        now = self.now()
        self.books.copy_ledger()
        with self.catalog.transaction() as tx:
            tx.jobs.pull_back(now + FARTHEST, now)
            self._ensure_standing(tx, now)
            self._ensure_looks(tx, now)
            for fax_id, login in tx.faxes.unfinished(UNFINISHED_BATCH):
                tx.jobs.ensure("archive", fax_id, now, now, Place(login, first_deadline(now)))
            for sending_id, login, due in tx.sendings.unfinished(UNFINISHED_BATCH):
                tx.jobs.ensure("send", sending_id, due, now, Place(login, due))
            ask_for_late(tx, now)
            self.renew_deadlines(tx)
        self.ring_for_coming()
        self.journal.note_sign(WORKER, now)
        self.journal.forget(now - KEEP_READ_EVENTS)
        self.archive.sweep_staging(now, all=False)

    def ring_for_coming(self) -> None:
        """Ring for what is due before the next sweep: a ring is lost with the worker it was for."""
        now = self.now()
        with self.catalog.reading() as tx:
            coming = tx.jobs.coming(now + SWEEP_SPACING, now)
        for name, target, due in coming:
            self.ring(name, target, max(0.0, (due - now).total_seconds()))

    def start(self) -> None:
        """Clean up after the worker before this one; the first sweep then rings for the rest."""
        now = self.now()
        self.books.require_same_age()
        self.books.displace_unentered_asides()
        self.archive.sweep_staging(now, all=True)
        with self.catalog.transaction() as tx:
            for job in tx.jobs.held_by(self.owner):
                self._postpone_dead(tx, job)
            for account in self.roster.accounts:
                tx.jobs.request("census", account, now, now)
            for mailbox in tx.mailboxes.present():
                tx.jobs.request("look", mailbox.id, now, now, Place(mailbox.login, now))

    def _postpone_dead(self, tx: Transaction, job: Job) -> None:
        """A job that its worker died over: counted as a failed try, so that one document on which
        every worker dies does not take all of them down for ever."""
        ceiling = CEILING_SECONDS if job.name == "archive" else STANDING_CEILING_SECONDS
        wait = pause(job.attempts + 1, 0.5, ceiling)
        tx.jobs.postpone(job, self.now() + wait, "its worker died over it", failed=True)

    def _ensure_standing(self, tx: Transaction, now: datetime) -> None:
        tx.jobs.ensure("read-events", "", now, now)
        tx.jobs.ensure("health", "", now + SETTLED, now)
        tx.jobs.ensure("tidy-outbox", "", now + SETTLED, now)
        for account in self.roster.accounts:
            tx.jobs.ensure("census", account, now, now)
            tx.jobs.ensure("witness", account, now + SETTLED, now)
            tx.jobs.ensure("calls", account, now + HOUR, now)  # the witness reads first
        for login in self.roster.logins:
            tx.jobs.ensure("subscribe", login, now, now)

    def _ensure_looks(self, tx: Transaction, now: datetime) -> None:
        present = tx.mailboxes.present()
        spacing = intervals(demands_of(tx, present, now), self.poll)
        for mailbox in present:
            due = next_look(mailbox, spacing[mailbox.id], now)
            if due <= now + SWEEP_SPACING:
                tx.jobs.ensure("look", mailbox.id, due, now, Place(mailbox.login, due))
            if next_listing(mailbox, now) <= now:
                tx.jobs.ensure("list", mailbox.id, now, now, Place(mailbox.login, now))

    def renew_deadlines(self, tx: Transaction) -> None:
        """Where many wait, those go first that RingCentral will delete first."""
        now = self.now()
        waiting = tx.traffic.waiting(WAITING_BATCH)
        if len(waiting) <= SMALL_BACKLOG:
            return
        found = lives(waiting, inboxes_of(tx, waiting, now))
        tx.jobs.set_deadlines("archive", {fax_id: life.ends_at for fax_id, life in found.items()})
