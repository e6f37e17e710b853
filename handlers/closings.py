"""Notes the blind windows of our own making, and those in which RingCentral could not be asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import DOOR, BlindWindow, Catalog, EventJournal, Mailbox, Transaction
from errors import RingCentralError, Unreachable
from handlers.sync import request_listing
from handlers.troubles import blind
from subscriptions import merged

OUTAGE = timedelta(minutes=3)
"""A RingCentral that could not be seen to call for so long is taken not to."""
PATIENCE = timedelta(seconds=60)
"""A web process that was not seen for so long does not answer."""
DOOR_CLOSED = "our web process did not answer"
AWAY = "RingCentral could not be reached"
REFUSED = "RingCentral refused to call"


@dataclass(frozen=True)
class Closings:
    """Whether our door is open, and what is to be made up for when it was not."""

    catalog: Catalog
    journal: EventJournal
    now: Callable[[], datetime]

    def door_is_open(self) -> bool:
        """Whether the web process answers; one that was never seen is believed to."""
        seen = self.journal.signs().get(DOOR)
        return seen is None or self.now() - seen < PATIENCE

    def note_outage(self, mailboxes: Sequence[Mailbox], error: RingCentralError) -> None:
        """RingCentral is away or refuses to call: after a while that is a blind window."""
        cause = AWAY if isinstance(error, Unreachable) else f"{REFUSED} ({error.code})"
        with self.catalog.transaction() as tx:
            windows = [
                BlindWindow(mailbox.id, mailbox.called_at, None, cause)
                for mailbox in mailboxes
                if mailbox.called_at and self.now() - mailbox.called_at >= OUTAGE
            ]
            opened = [window for window in windows if note_window(tx, window)]
            tell_blind(tx, opened, self.now())

    def note_closed_door(self, mailboxes: Sequence[Mailbox]) -> None:
        """Write down the times in which nobody answered RingCentral; each only once."""
        windows = list(self._closed())
        if not windows:
            return
        with self.catalog.transaction() as tx:
            opened = []
            for mailbox in mailboxes:
                for start, end in windows if mailbox.called_at else ():
                    window = BlindWindow(mailbox.id, start, end, DOOR_CLOSED)
                    if not _is_noted(tx, window):
                        opened += [window] if note_window(tx, window) else []
                        request_listing(tx, mailbox, self.now(), self.now())
            tell_blind(tx, opened, self.now())

    def _closed(self) -> Iterator[tuple[datetime, datetime | None]]:
        for closing in self.journal.closings(self.now() - timedelta(days=1)):
            if closing.ended_at - closing.started_at >= PATIENCE:
                yield closing.started_at, closing.ended_at
        seen = self.journal.signs().get(DOOR)
        if seen is not None and self.now() - seen >= PATIENCE:
            yield seen, None


def note_window(tx: Transaction, window: BlindWindow) -> bool:
    """Write a blind window down, together with those that it touches; whether it is a new one."""
    overlapping = tx.windows.overlapping(window)
    tx.windows.replace(overlapping, merged(window, overlapping))
    return not overlapping


def tell_blind(tx: Transaction, opened: Sequence[BlindWindow], now: datetime) -> None:
    """Have it told that these are new, as they stand now: alike ones are one outcome."""
    found = {
        (each.mailbox_id, each.started_at): each
        for window in opened
        for each in tx.windows.overlapping(window)
    }
    if found:
        tx.outcomes.record(blind(list(found.values()), now))


def _is_noted(tx: Transaction, window: BlindWindow) -> bool:
    """Whether a window of this cause covers it already."""
    end = window.ended_at
    return any(
        DOOR_CLOSED in each.cause
        and each.started_at <= window.started_at
        and (each.ended_at is None or (end is not None and each.ended_at >= end))
        for each in tx.windows.overlapping(window)
    )
