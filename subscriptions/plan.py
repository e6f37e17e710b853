"""Decides what must happen so that RingCentral calls us: keep, renew, create, delete. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ringcentral_api.subscriptions import Subscription
from subscriptions.filters import missing

BEARABLE = timedelta(hours=1)
"""So long a new subscription with disabled filters is kept: another would be no better."""


@dataclass(frozen=True)
class Wanted:
    """The one subscription there should be; `expires_in` in seconds."""

    address: str = field(repr=False)
    event_filters: tuple[str, ...]
    expires_in: int
    verification_token: str = field(repr=False)


@dataclass(frozen=True)
class Keep:
    """It is well."""

    subscription_id: str
    reason: str


@dataclass(frozen=True)
class Renew:
    """It delivers, but its end comes near or its filters are not all that is wanted."""

    subscription_id: str
    reason: str


@dataclass(frozen=True)
class Create:
    """None of ours delivers."""

    reason: str


@dataclass(frozen=True)
class Delete:
    """It is of ours and of no use."""

    subscription_id: str
    reason: str


Action = Keep | Renew | Create | Delete


def plan(
    wanted: Wanted, existing: Sequence[Subscription], now: datetime, base: str
) -> list[Action]:
    """One of Keep, Renew and Create, then a Delete for every other subscription of ours.

    Ours are those whose address starts with `base` (public URL and path, ending in `/`).
    Create comes before Delete: address and secret cannot be changed, and no event may fall between.
    """
    mine = ours(existing, base)
    best = _best(wanted, mine, now)
    first = _first(wanted, mine, best, now)
    surplus = (each for each in mine if best is None or each.id != best.id)
    return [first, *(Delete(each.id, flaw(wanted, each, now) or "a double") for each in surplus)]


def ours(existing: Sequence[Subscription], base: str) -> list[Subscription]:
    """The subscriptions that call an address of ours; others are never touched."""
    parts = urlsplit(base)
    if not (parts.scheme and parts.hostname and len(parts.path) > 1 and base.endswith("/")):
        raise ValueError("Our own addresses need a full base with a path, ending in a slash.")
    return [each for each in existing if _alike(each.address).startswith(_alike(base))]


def flaw(wanted: Wanted, subscription: Subscription, now: datetime) -> str:
    """Why it must be replaced; empty when it need not."""
    if _alike(subscription.address) != _alike(wanted.address):
        return "it calls an old address"
    if subscription.status != "Active":
        return f"its status is {subscription.status or 'unknown'}"
    if subscription.expires_at and subscription.expires_at <= now:
        return "it has expired"
    return "" if _is_new(subscription, now) else _disabled(subscription)


def _first(
    wanted: Wanted, mine: Sequence[Subscription], best: Subscription | None, now: datetime
) -> Action:
    if best is None:
        reasons = sorted({flaw(wanted, each, now) for each in mine})
        return Create("; ".join(reasons) or "there is none")
    absent = _absent(wanted, best)
    if absent:
        return Renew(best.id, f"it lacks {len(absent)} filters")
    if _ends_soon(wanted, best, now):
        return Renew(best.id, "less than half of its life is left")
    partial = _disabled(best)
    return Keep(best.id, f"{partial}, but it is new" if partial else "it delivers")


def _best(wanted: Wanted, mine: Sequence[Subscription], now: datetime) -> Subscription | None:
    sound = [each for each in mine if not flaw(wanted, each, now)]

    # The id decides between equals, so that two workers keep the same one.
    def merit(each: Subscription) -> tuple[bool, bool, datetime, str]:
        whole = not each.disabled_filters, not _absent(wanted, each)
        return *whole, _end(each, now), each.id

    return max(sound, key=merit, default=None)


def _absent(wanted: Wanted, subscription: Subscription) -> list[str]:
    refused = (each.filter for each in subscription.disabled_filters)
    return missing(wanted.event_filters, [*subscription.event_filters, *refused])


def _disabled(subscription: Subscription) -> str:
    count = len(subscription.disabled_filters)
    return f"RingCentral has disabled {count} of its filters" if count else ""


def _is_new(subscription: Subscription, now: datetime) -> bool:
    return bool(subscription.created_at and now - subscription.created_at < BEARABLE)


def _ends_soon(wanted: Wanted, subscription: Subscription, now: datetime) -> bool:
    end = _end(subscription, now)
    life = timedelta(seconds=wanted.expires_in)
    if subscription.created_at:  # RingCentral may have granted less than was asked
        life = min(life, end - subscription.created_at)
    return end - now < life / 2


def _end(subscription: Subscription, now: datetime) -> datetime:
    return subscription.expires_at or now


def _alike(address: str) -> str:
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}".casefold() + slash + path
