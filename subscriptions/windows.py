"""Blind windows: when RingCentral was not calling about a mailbox, decided from what we saw. Pure.

What overlaps or touches is one window, with every cause.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from catalog import BlindWindow, Mailbox, OwnSubscription
from ringcentral_api import Subscription
from subscriptions.filters import mailbox_filters, missing
from subscriptions.keeper import Standing

CAUSE_LENGTH = 400


def merged(new: BlindWindow, overlapping: Sequence[BlindWindow]) -> BlindWindow:
    """One window in the place of all of them; it lasts if one of them does."""
    every = [*overlapping, new]
    ends = [each.ended_at for each in every if each.ended_at is not None]
    causes = list(dict.fromkeys(part for each in every for part in each.cause.split("; ")))
    return BlindWindow(
        mailbox_id=new.mailbox_id,
        started_at=min(each.started_at for each in every),
        ended_at=max(ends) if len(ends) == len(every) else None,
        cause="; ".join(causes)[:CAUSE_LENGTH],
    )


def blindness(
    mailbox: Mailbox, standing: Standing, before: Mapping[str, OwnSubscription], now: datetime
) -> BlindWindow | None:
    """The window that lasts until now, if RingCentral was not calling about a mailbox.

    None for one that was never called about. `before` are our subscriptions as last seen.
    """
    flaw = standing.flaw
    if flaw is None or mailbox.called_at is None:
        return None
    if flaw.filters and len(missing(mailbox_filters(mailbox.extension_id), flaw.filters)) == 2:
        return None  # it lacked filters, but none of this mailbox
    expired = _expiry(standing.wanted.address, before, now) if flaw.since is None else None
    cause = "the subscription had expired" if expired else flaw.cause
    start = flaw.since or expired or mailbox.called_at
    return BlindWindow(mailbox.id, min(start, now), None, cause)


def covers(filters: Sequence[str], mailbox: Mailbox) -> bool:
    """Whether these filters tell of a mailbox."""
    return not missing(mailbox_filters(mailbox.extension_id), filters)


def calls_about(subscription: Subscription, mailbox: Mailbox) -> bool:
    """Whether RingCentral calls about a mailbox by this subscription."""
    return subscription.status == "Active" and covers(subscription.event_filters, mailbox)


def refuses(subscription: Subscription, mailbox: Mailbox) -> bool:
    """Whether RingCentral has disabled a filter of this mailbox."""
    own = mailbox_filters(mailbox.extension_id)
    disabled = [each.filter for each in subscription.disabled_filters]
    return len(missing(own, disabled)) < len(own)


def _expiry(address: str, before: Mapping[str, OwnSubscription], now: datetime) -> datetime | None:
    """When the subscription that called this address ended, if it simply expired."""
    ends = [each.expires_at for each in before.values() if each.address == address]
    past = [end for end in ends if end is not None and end <= now]
    return max(past, default=None)
