"""Lists a whole mailbox and compares: a sync token is only a promise, and promises are checked.

What a list names and the catalog does not know is recorded. What the catalog still waits for and
the list does not name is asked for by its own id, and only then called lost.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import Catalog, Fax, Listing, Mailbox, Transaction
from errors import Later
from handlers.intake import Intake, Looked
from handlers.losses import Losses
from handlers.records import Told, fax_id_of
from handlers.sync import marking_unreachable, request_listing
from ringcentral_api import Message, MessageQuery, RingCentral

log = logging.getLogger(__name__)

TRAFFIC_DAYS = 28
SHRUNK_SHARE = 0.5
FEW = 10
"""A list of fewer than half of what the last one named, and of ten at least, is not believed."""
DOUBT_PAUSE = timedelta(minutes=10)
SYNC_LAG = timedelta(minutes=1)
"""A fax that came so shortly before a look need not have been told by it."""


@dataclass(frozen=True)
class FullListing:
    """Compares mailboxes with the catalog."""

    catalog: Catalog
    reach: Callable[[str], RingCentral]
    intake: Intake
    losses: Losses
    history: timedelta
    now: Callable[[], datetime]

    def compare(self, mailbox_id: str) -> Looked:
        """List a mailbox from its beginning, record what is new, settle what is gone.

        Raises:
            RingCentralError: RingCentral refused or cannot be reached; it is begun anew later.
        """
        with self.catalog.reading() as tx:
            mailbox = tx.mailboxes.get(mailbox_id)
        if mailbox is None or not mailbox.is_present:
            return Looked()
        at = self.now()
        # A whole day at its beginning: a day listed in part only must not be stated.
        begin = (at - self.history).replace(hour=0, minute=0, second=0, microsecond=0)
        query = MessageQuery(begin, availability=("Alive", "Deleted"))
        looked, count = Looked(), 0
        with marking_unreachable(self.catalog, mailbox, self.now):
            for page in self.reach(mailbox.login).message_pages(mailbox.extension_id, query):
                looked += self._record(mailbox, page, at)
                count += len(page)
        self._conclude(mailbox, Listing(at, query.date_from, count))
        return looked

    def _record(self, mailbox: Mailbox, page: Sequence[Message], at: datetime) -> Looked:
        with self.catalog.transaction() as tx:
            told = Told("message-store", "listing", at)
            looked = self.intake.take(tx, mailbox, page, told)
            tx.faxes.mark_listed([fax_id_of(mailbox, message.id) for message in page], at)
            if looked.new and any(_is_untold(tx, mailbox, message, at) for message in page):
                tx.observations.note("a list named a fax that no sync had told", mailbox.id, at)
        return looked

    def _conclude(self, mailbox: Mailbox, listing: Listing) -> None:
        with self.catalog.transaction() as tx:
            absent = tx.faxes.unlisted(mailbox.id, listing.from_at, listing.at)
            is_doubtful = self._is_doubtful(tx, mailbox, listing, absent)
            if not is_doubtful:
                gone = [fax.id for fax in absent if fax.state == "archived"]
                tx.faxes.mark_unlisted(gone, listing.at)
        self._settle(absent)
        if is_doubtful:
            return
        with self.catalog.transaction() as tx:
            since = listing.at - timedelta(days=TRAFFIC_DAYS)
            hours = tx.traffic.received_by_hour(mailbox.id, since)
            tx.mailboxes.mark_listed(mailbox.id, listing, float(max(hours.values(), default=0)))
            tx.windows.mark_listed(mailbox.id, listing.at)
            tx.jobs.request("state-days", mailbox.id, self.now(), self.now())

    def _is_doubtful(
        self, tx: Transaction, mailbox: Mailbox, listing: Listing, absent: Sequence[Fax]
    ) -> bool:
        """A mailbox that is suddenly almost empty is listed once more before that is believed."""
        before = mailbox.listed_count or 0
        shrunk = before - listing.count >= max(FEW, before * SHRUNK_SHARE)
        topic = f"mailbox {mailbox.id} suddenly listed"
        if not shrunk or not absent:
            return False
        if tx.observations.seen(topic, since=listing.at - 6 * DOUBT_PAUSE):
            return False
        log.warning("A mailbox lists %d faxes instead of %d.", listing.count, before)
        tx.observations.note(topic, f"{listing.count} faxes instead of {before}", listing.at)
        request_listing(tx, mailbox, listing.at + DOUBT_PAUSE, self.now())
        return True

    def _settle(self, absent: Sequence[Fax]) -> None:
        """Ask for each that we still wait for; RingCentral's word on the very fax decides.

        When the limit is used up the others stay pending: whoever fetches them settles them too.
        """
        with suppress(Later):
            for fax in absent:
                if fax.state in ("pending", "refused"):
                    self.losses.settle_if_gone(fax)


def _is_untold(tx: Transaction, mailbox: Mailbox, message: Message, at: datetime) -> bool:
    """Whether a list begun at `at` was the first to name a fax that the last look should have."""
    fax = tx.faxes.get(fax_id_of(mailbox, message.id))
    if fax is None or mailbox.looked_at is None or fax.found_by != "listing":
        return False
    return fax.first_seen_at >= at and fax.created_at < mailbox.looked_at - SYNC_LAG
