"""What is known of a mailbox's inbox at RingCentral, as the catalog has it now."""

from datetime import datetime

from catalog import Mailbox, Transaction
from handlers.deletion import Inbox, keeping_of


def inbox_of(tx: Transaction, mailbox: Mailbox, now: datetime) -> Inbox:
    """When its faxes came, how many come, and how long RingCentral keeps them."""
    keeping = keeping_of(tx.logins.get(mailbox.login))
    received = tx.traffic.inbox(mailbox.id, 2 * keeping.inbox_limit)
    return Inbox(received[::-1], mailbox.peak_per_hour, keeping, now)
