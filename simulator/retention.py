"""What RingCentral drops by itself: a full inbox, faxes past their time, and what was deleted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile

from simulator.faxes import Fax
from simulator.mailbox import Mailbox, Shelf
from simulator.state import Account
from simulator.world import World


def sweep_if_due(world: World) -> None:
    """Sweep at most once a minute of the clock."""
    if world.clock.now() - world.swept >= timedelta(minutes=1):
        sweep(world)


def sweep(world: World) -> None:
    """Apply every account's retention as of now, and age what was deleted."""
    now = world.swept = world.clock.now()
    stay = timedelta(days=world.settings.deleted_days)
    for account in world.accounts.values():
        for extension in account.extensions.values():
            shrink_inbox(account, extension.mailbox, now)
            _expire(account, extension.mailbox, now)
            _empty_bin(extension.mailbox, now, now - stay)


def shrink_inbox(account: Account, mailbox: Mailbox, now: datetime) -> None:
    """Evict the oldest inbound faxes until the inbox is within its limit."""
    inbox = mailbox.alive["Inbound"]
    while len(inbox) > account.inbox_limit:
        mailbox.evict(next(iter(inbox.values())), now)


def _expire(account: Account, mailbox: Mailbox, now: datetime) -> None:
    end = now - timedelta(days=account.retention_days)
    for direction in ("Inbound", "Outbound") if account.hipaa else ("Outbound",):
        for fax in _oldest(mailbox.alive[direction], lambda fax: fax.created <= end):
            mailbox.evict(fax, now)


def _empty_bin(mailbox: Mailbox, now: datetime, end: datetime) -> None:
    for fax in _oldest(mailbox.bin, lambda fax: (fax.unavailable_since or now) <= end):
        if fax.availability == "Deleted":
            mailbox.withdraw(fax, "Purged", now)
            fax.change(now)
        else:
            mailbox.lose(fax)


def _oldest(shelf: Shelf, due: Callable[[Fax], bool]) -> list[Fax]:
    """Looks no further than the first that is not due."""
    return list(takewhile(due, shelf.values()))
