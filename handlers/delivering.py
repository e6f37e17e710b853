"""Carries one notice to its destination, and notes what became of it.

It is noted after it was carried, so a crash in between has it carried again: under the same id, by
which the receiver can tell. A destination that takes nothing is left in peace for a while, with
everything that waits for it, and nobody else waits for that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import Catalog, NoticeRow, Outcome, Transaction
from catalog.notices import DELIVER, DELIVERED, GIVEN_UP, WAITING
from errors import Later, NotDelivered
from handlers.telling import notice_of
from jobs.runner import log_fault
from notifications import NO_DOCUMENTS, Destination, Documents, Notice, Plan
from notifications.schedule import is_dead, next_try, pause

HURRIED = 1000
TOO_EARLY = timedelta(hours=1)
"""So long an outcome may be told before its document is in the archive."""
EARLY_SECONDS = 15.0


@dataclass(frozen=True)
class Tried:
    """One try: when it began, how long it lasted, and how many it makes in this round."""

    at: datetime
    seconds: float
    tries: int


@dataclass(frozen=True)
class Delivery:
    """Delivers notices; every step may be repeated."""

    catalog: Catalog
    plan: Plan
    documents: Callable[[str], Documents]
    now: Callable[[], datetime]
    chance: Callable[[], float]
    failpoint: Callable[[str], None]

    def deliver(self, notice_id: str) -> None:
        """Try a notice once, if it waits and its destination is not paused.

        Raises:
            Later: it was not taken; when it is to be tried again.
        """
        with self.catalog.reading() as tx:
            row = tx.notices.find(notice_id)
            outcome = tx.outcomes.find(row.outcome_id) if row else None
            paused = row is not None and tx.notices.destination(row.destination).paused_at
        if row is None or outcome is None or row.state != WAITING or paused:
            return
        destination = self.plan.destinations.get(row.destination)
        if destination is None:
            self._settle(row, GIVEN_UP, "the settings have no such destination any more")
            return
        self._try(row, outcome, destination)

    def _try(self, row: NoticeRow, outcome: Outcome, destination: Destination) -> None:
        notice = notice_of(self.plan, destination, row, outcome)
        documents = self._documents(destination, notice)
        began = self.now()
        refusal: NotDelivered | None = None
        remark = ""
        try:
            remark = destination.channel.deliver(notice, documents)
        except NotDelivered as error:
            refusal = error
        except Exception as error:
            # A fault of ours in a channel: its message could hold anything, so nobody gets it.
            log_fault(DELIVER, error)
            refusal = NotDelivered(f"unexpected {type(error).__name__}; see the worker's log")
        tried = Tried(began, (self.now() - began).total_seconds(), row.tries + 1)
        if refusal is not None:
            self._refused(row, tried, refusal)
            return
        self.failpoint("notice-carried")
        self._delivered(row, tried, remark)

    def _documents(self, destination: Destination, notice: Notice) -> Documents:
        """Raises Later while the document is on its way into the archive."""
        if not destination.channel.wants_documents or not notice.fax:
            return NO_DOCUMENTS
        try:
            return self.documents(notice.fax)
        except Later:
            if self.now() - notice.at < TOO_EARLY:
                raise
        return Documents(missing="it is not in the archive yet")

    def _delivered(self, row: NoticeRow, tried: Tried, remark: str) -> None:
        now = self.now()
        with self.catalog.transaction() as tx:
            tx.notices.note_attempt(row, tried.at, tried.seconds, "")
            tx.notices.settle(row, DELIVERED, now, remark)
            was_failing = tx.notices.destination(row.destination).failing_since_at is not None
            tx.notices.note_delivery(row.destination, now)
            if was_failing:
                tx.notices.hurry(row.destination, now, HURRIED)

    def _refused(self, row: NoticeRow, tried: Tried, refusal: NotDelivered) -> None:
        now, words = self.now(), str(refusal)
        wait = next_try(tried.tries, self.chance(), refusal.retry_after)
        with self.catalog.transaction() as tx:
            tx.notices.note_attempt(row, tried.at, tried.seconds, words)
            leave = self._leave_in_peace(tx, row.destination, refusal, now)
            if wait is None:
                tx.notices.settle(row, GIVEN_UP, now, words)
            else:
                tx.notices.postpone(row, now + wait, words)
        if wait is not None and not leave:
            raise Later(words, wait.total_seconds())

    def _leave_in_peace(
        self, tx: Transaction, destination: str, refusal: NotDelivered, now: datetime
    ) -> bool:
        """Have nothing else tried for a while, or until a person says so: then True."""
        if not refusal.whole:
            return False
        since = tx.notices.note_failure(destination, now, str(refusal))
        if refusal.gone or is_dead(since, now):
            why = str(refusal) if refusal.gone else f"every try failed since {since:%Y-%m-%d}"
            tx.notices.pause(destination, now, why)
            return True
        rest = max(pause(since, now), timedelta(seconds=min(refusal.retry_after or 0, 3600)))
        tx.jobs.pause_lane(DELIVER, destination, now + rest)
        return False

    def _settle(self, row: NoticeRow, state: str, reason: str) -> None:
        with self.catalog.transaction() as tx:
            tx.notices.settle(row, state, self.now(), reason)
