"""What is known of the mailboxes' inboxes at RingCentral, as the catalog has it now."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from catalog import Mailbox, Transaction, Waiting
from handlers.deletion import Inbox, keeping_of
from handlers.timetable import Demand

WAITING_BATCH = 5000
"""So many faxes that wait are weighed against each other, the oldest of all."""


def inbox_of(tx: Transaction, mailbox: Mailbox, now: datetime) -> Inbox:
    """When its faxes came, how many come, and how long RingCentral keeps them."""
    keeping = keeping_of(tx.logins.get(mailbox.login))
    received = tx.traffic.inbox(mailbox.id, 2 * keeping.inbox_limit)
    return Inbox(received[::-1], mailbox.peak_per_hour, keeping, now)


def inboxes_of(tx: Transaction, waiting: Iterable[Waiting], now: datetime) -> dict[str, Inbox]:
    """The inboxes that these faxes are in, by the mailboxes' ids."""
    concerned = {fax.mailbox_id for fax in waiting}
    return {each.id: inbox_of(tx, each, now) for each in tx.mailboxes.all() if each.id in concerned}


def demands_of(tx: Transaction, mailboxes: Iterable[Mailbox], now: datetime) -> dict[str, Demand]:
    """How much traffic each mailbox must be ready for: that of its busiest hour, or of the last."""
    recent = tx.traffic.received_since(now - timedelta(hours=1))
    return {
        each.id: Demand(
            login=each.login,
            per_hour=max(each.peak_per_hour, float(recent.get(each.id, 0))),
            is_called=each.called_at is not None and not each.uncalled_reason,
        )
        for each in mailboxes
    }
