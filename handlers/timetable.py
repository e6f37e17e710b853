"""When to look at each mailbox, so that none can overflow unseen and no limit is used up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from catalog import Mailbox
from handlers.deletion import INBOX_LIMIT

LOOKS_PER_OVERFLOW = 4
"""So often a mailbox is looked at in the time in which its inbox could overflow."""
SHORTEST = timedelta(seconds=30)
LOOKS_PER_MINUTE = 20
"""The share of RingCentral's 50 Light calls a minute and user that regular looks may take."""
DAY_SETTLES = timedelta(hours=1)
"""So long after its end (UTC) a day is taken to be over at RingCentral too."""
LISTING_SPREAD = timedelta(hours=2)
LONGEST_UNCALLED = timedelta(minutes=10)
"""A burst that nothing announced fills an inbox within half an hour: where RingCentral does not
call, only a look can see it in time."""


@dataclass(frozen=True)
class Demand:
    """What is known of one mailbox's traffic: who reads it, faxes an hour at its height, and
    whether RingCentral calls about it."""

    login: str
    per_hour: float
    is_called: bool = True


def intervals(demands: Mapping[str, Demand], poll: timedelta) -> dict[str, timedelta]:
    """The time between two regular looks at each mailbox.

    It is `poll`, or less where the inbox could overflow sooner, or nobody calls. Where one login
    reads so many mailboxes that this is too much for its limit, the quiet ones are looked at less
    often.
    """
    uncalled = min(poll, LONGEST_UNCALLED)
    wished = {
        name: wish(demand.per_hour, poll if demand.is_called else uncalled)
        for name, demand in demands.items()
    }
    logins = {demand.login for demand in demands.values()}
    slowed = {login: _stretch(login, demands, wished) for login in logins}
    return {
        name: max(wished[name], min(wished[name] * slowed[demand.login], _bound(demand.per_hour)))
        for name, demand in demands.items()
    }


def wish(per_hour: float, poll: timedelta) -> timedelta:
    """The interval of a mailbox by itself."""
    return max(SHORTEST, min(poll, _bound(per_hour)))


def next_look(mailbox: Mailbox, interval: timedelta, now: datetime) -> datetime:
    """When a mailbox is looked at again: at once if it never was, or if our clock has gone back."""
    if mailbox.looked_at is None or mailbox.looked_at > now:
        return now
    return mailbox.looked_at + interval


def next_listing(mailbox: Mailbox, now: datetime) -> datetime:
    """When a mailbox is listed again: daily, soon after the day has settled.

    Each at a moment of its own, so that they do not all come at once.
    """
    if mailbox.listed_at is None or mailbox.listed_at > now:
        return now
    spread = LISTING_SPREAD * (crc32(mailbox.id.encode()) % 1000 / 1000)
    midnight = mailbox.listed_at.replace(hour=0, minute=0, second=0, microsecond=0)
    today = midnight + DAY_SETTLES + spread
    return today if today > mailbox.listed_at else today + timedelta(days=1)


def _bound(per_hour: float) -> timedelta:
    """The longest safe interval."""
    if per_hour <= 0:
        return timedelta(days=1)
    return timedelta(hours=min(24.0, INBOX_LIMIT / per_hour / LOOKS_PER_OVERFLOW))


def _stretch(login: str, demands: Mapping[str, Demand], wished: Mapping[str, timedelta]) -> float:
    """By how much the looks of a login must be thinned out to fit into its limit."""
    own = [wished[name] for name, demand in demands.items() if demand.login == login]
    per_minute = sum(timedelta(minutes=1) / interval for interval in own)
    return max(1.0, per_minute / LOOKS_PER_MINUTE)
