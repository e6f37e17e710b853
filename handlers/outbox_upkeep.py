"""Keeps the outbox in order: what waited too long, documents that are needed no more, leftovers."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archive.outbox import OutboxFiles
from catalog import Addressee, Catalog, Sending, SendingChange, SendingDocument
from errors import ArchiveError
from handlers.ordering import SEND
from handlers.sending_records import order_of_file, sha256_of
from handlers.sending_steps import DECIDE, end

log = logging.getLogger(__name__)

GRACE = timedelta(days=1)
"""So long the documents of a fax that was not sent stay, in case somebody asks why."""
NEVER_TOLD = timedelta(days=14)
"""So long after it was sent a fax has come to its end, even if nobody told us."""
HALF_DONE = timedelta(hours=1)
"""An order without a row is one that its process died over; younger ones may still get theirs."""
TIDY_BATCH = 500


@dataclass(frozen=True)
class OutboxUpkeep:
    """What happens to the outbox without anybody asking.

    `within` is how long a fax may wait for RingCentral before nobody wants it sent any more.
    """

    catalog: Catalog
    files: OutboxFiles
    within: timedelta
    now: Callable[[], datetime]

    def tidy(self) -> None:
        """Let go what waited too long, and remove the documents that are needed no more."""
        now = self.now()
        with self.catalog.transaction() as tx:
            for sending in tx.sendings.late(now - self.within, TIDY_BATCH):
                end(tx, sending, _LATE, now)
            for sending in tx.sendings.given_up(TIDY_BATCH):
                end(tx, sending, _GIVEN_UP, now)
                tx.jobs.revive(SEND, sending.id, now)  # it finds nothing to do, and is gone
            spent = tx.sendings.with_spent_files(now - GRACE, now - NEVER_TOLD, TIDY_BATCH)
        for sending_id in spent:
            self.files.remove(sending_id)
            with self.catalog.transaction() as tx:
                tx.sendings.forget_files(sending_id)
        self._remove_half_done(now)
        self.files.sweep(now)

    def _remove_half_done(self, now: datetime) -> None:
        limit = (now - HALF_DONE).timestamp()
        for order in [each for each in self.files.stored() if each.made_at < limit]:
            with self.catalog.reading() as tx:
                is_known = tx.sendings.get(order.id) is not None
            if not is_known:
                self.files.remove(order.id)

    def restore(self) -> int:
        """Put back what lies in the outbox and the catalog does not know; how many.

        For a catalog made anew: whether they were sent is not known, so that a person decides.
        """
        restored = 0
        for stored in self.files.stored():
            try:
                sending, to, documents = self._read_back(stored.id)
            except ArchiveError as error:
                log.warning("An order of the outbox was not put back: %s.", error)
                continue
            with self.catalog.transaction() as tx:
                if tx.sendings.get(stored.id) is None:
                    tx.sendings.add(self._doubtful(sending), to, documents)
                    restored += 1
        return restored

    def _read_back(self, order_id: str) -> tuple[Sending, list[Addressee], list[SendingDocument]]:
        sending, to, documents = order_of_file(self.files.order(order_id))
        hashed = []
        for each in documents:
            with self.files.open(order_id, each.position + 1) as file:
                hashed.append(replace(each, sha256=sha256_of(file)))
        return sending, to, hashed

    def _doubtful(self, sending: Sending) -> Sending:
        if sending.due_at > self.now():
            return sending  # it was not to go before now
        reason = "The catalog was made anew, so that it is not known whether this was sent."
        return replace(sending, state="unsure", state_at=self.now(), reason=reason, advice=DECIDE)


_GIVEN_UP = SendingChange("sending", "unsure", "What became of it could not be found out.", DECIDE)
_LATE = SendingChange(
    "waiting",
    "expired",
    "It could not be given to RingCentral in time.",
    "Send it anew if it is still wanted.",
)
