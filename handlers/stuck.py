"""Sent faxes that do not come to an end: each is asked for on its own, seldom, and told of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import Catalog, Fax, Mailbox, Place, Transaction
from errors import NotFound
from handlers.intake import Intake, course_of
from handlers.losses import Losses
from handlers.outcomes import open_positions, stuck
from handlers.patience import FORGOTTEN, Wait, wait_of
from handlers.records import Told
from handlers.signs_of_mailboxes import Stuck
from ringcentral_api import Message, RingCentral

ASKED = "follow"
"""The job that asks for one fax; it stands in the lane of the login that reads its mailbox."""
MOST = 1000


@dataclass(frozen=True)
class Follower:
    """Asks RingCentral for a fax that it should have finished long ago."""

    catalog: Catalog
    reach: Callable[[str], RingCentral]
    intake: Intake
    losses: Losses
    now: Callable[[], datetime]

    def ask(self, fax_id: str) -> None:
        """Ask for one fax; if it still has no end, tell that it is stuck, and ask again later.

        Raises:
            RingCentralError: RingCentral refused or cannot be reached.
        """
        with self.catalog.reading() as tx:
            fax = tx.faxes.get(fax_id)
            mailbox = tx.mailboxes.get(fax.mailbox_id) if fax else None
        if fax is None or mailbox is None or not mailbox.is_present:
            return
        try:
            message = self.reach(mailbox.login).message(mailbox.extension_id, fax.message_id)
        except NotFound:
            self.losses.settle_if_gone(fax)
            return
        self._take(mailbox, fax, message)

    def _take(self, mailbox: Mailbox, fax: Fax, message: Message) -> None:
        now = self.now()
        with self.catalog.transaction() as tx:
            self.intake.take(tx, mailbox, [message], Told("message-store", "look", now))
            course = course_of(tx, fax.id)
            if not open_positions(course) or course.fax.availability != "Alive":
                return
            wait = wait_for(tx, mailbox, course.fax)
            number = wait.words(now)
            for outcome in stuck(course, number, wait.since, now) if number else ():
                tx.outcomes.record(outcome)
            due = wait.ask_at(now)
            tx.jobs.request(ASKED, fax.id, due, now, Place(mailbox.login, due))


def ask_for_late(tx: Transaction, now: datetime) -> None:
    """Have each fax asked for whose time is over, unless that is being done already."""
    for mailbox, fax, wait in _unended(tx, now):
        if wait.words(now):
            tx.jobs.ensure(ASKED, fax.id, now, now, Place(mailbox.login, now))


def found_stuck(tx: Transaction, now: datetime) -> list[Stuck]:
    """The mailboxes with faxes whose time is over, as far as RingCentral was asked lately.

    Our own lateness is not RingCentral's: only the time until the last look counts.
    """
    found: dict[str, Stuck] = {}
    for mailbox, fax, wait in _unended(tx, now):
        words = wait.words(min(now, mailbox.looked_at or now))
        if words:
            before = found.get(mailbox.id, Stuck(mailbox.id, 0, fax.created_at, 0))
            since, most = min(before.since, fax.created_at), max(before.words, words)
            found[mailbox.id] = Stuck(mailbox.id, before.faxes + 1, since, most)
    return list(found.values())


def wait_for(tx: Transaction, mailbox: Mailbox, fax: Fax) -> Wait:
    """Since when a fax is waited for; of one that we sent, schedule and pages are known."""
    sending = tx.sendings.with_message(fax.mailbox_id, fax.message_id)
    if sending is None:
        return wait_of(fax.created_at, [mailbox.added_at], fax.pages)
    counted = [each.pages or 0 for each in tx.sendings.documents(sending.id)]
    later = [mailbox.added_at, sending.send_at]
    return wait_of(fax.created_at, later, fax.pages or sum(counted) or None)


def _unended(tx: Transaction, now: datetime) -> Iterator[tuple[Mailbox, Fax, Wait]]:
    mailboxes = {mailbox.id: mailbox for mailbox in tx.mailboxes.present()}
    for fax in tx.faxes.unended(now - FORGOTTEN, now - timedelta(hours=1), MOST):
        mailbox = mailboxes.get(fax.mailbox_id)
        if mailbox is not None:
            yield mailbox, fax, wait_for(tx, mailbox, fax)
