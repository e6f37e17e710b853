"""Decides what must happen so that RingCentral calls us: keep, renew, create, delete. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ringcentral_api.subscriptions import Subscription
from subscriptions.filters import missing

BEARABLE = timedelta(hours=1)
"""So long a new subscription with disabled filters is kept: another would be no better."""
_ADDRESS = re.compile(r"\w+://[^\s\]]+")


@dataclass(frozen=True)
class Wanted:
    """One subscription that there should be, known by its address; `expires_in` in seconds."""

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


Action = Keep | Renew | Create


@dataclass(frozen=True)
class Own:
    """How we know ours: by what their addresses begin with, or because we made them.

    `base` is public URL and path, ending in `/`; "" when there is none now.
    """

    base: str
    ids: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        whole = parts.scheme and parts.hostname and len(parts.path) > 1 and self.base.endswith("/")
        if self.base and not whole:
            raise ValueError("Our own addresses need a full base with a path, ending in a slash.")

    def among(self, existing: Sequence[Subscription]) -> list[Subscription]:
        """Those that are ours; others are never touched."""
        return [each for each in existing if each.id in self.ids or self._begins(each.address)]

    def _begins(self, address: str) -> bool:
        return bool(self.base) and _alike(address).startswith(_alike(self.base))


@dataclass(frozen=True)
class Flaw:
    """Why RingCentral did not call for one that is wanted, since when if it says so.

    `filters` are those that were lacking; empty when none of them fired.
    """

    cause: str
    since: datetime | None = None
    filters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """What to do for one that is wanted, and what was wrong before."""

    wanted: Wanted
    action: Action
    flaw: Flaw | None


@dataclass(frozen=True)
class Plan:
    """A step for each that is wanted, and every other one of ours to delete.

    Create comes before Delete: address and secret cannot be changed, and no event may fall between.
    """

    steps: tuple[Step, ...]
    surplus: tuple[Delete, ...]


def plan(
    wanted: Sequence[Wanted], existing: Sequence[Subscription], now: datetime, own: Own
) -> Plan:
    """What must happen so that RingCentral calls us for all that is wanted, and once."""
    mine = own.among(existing)
    best = {each.address: _best(each, mine, now) for each in wanted}
    kept = {found.id for found in best.values() if found}
    steps = [
        Step(each, _first(each, mine, best[each.address], now), _flaw(each, mine, best, now))
        for each in wanted
    ]
    surplus = (each for each in mine if each.id not in kept)
    return Plan(tuple(steps), tuple(Delete(e.id, _no_use(wanted, e, now)) for e in surplus))


def flaw(wanted: Wanted, subscription: Subscription, now: datetime) -> str:
    """Why it must be replaced; empty when it need not."""
    if _alike(subscription.address) != _alike(wanted.address):
        return "it calls an old address"
    if subscription.status != "Active":
        return f"its status is {subscription.status or 'unknown'}"
    if subscription.expires_at and subscription.expires_at <= now:
        return "it has expired"
    return "" if _is_new(subscription, now) else _disabled(subscription)


def _no_use(wanted: Sequence[Wanted], subscription: Subscription, now: datetime) -> str:
    of = [each for each in wanted if _alike(each.address) == _alike(subscription.address)]
    return (flaw(of[0], subscription, now) or "a double") if of else "it calls an old address"


def _flaw(
    wanted: Wanted,
    mine: Sequence[Subscription],
    best: Mapping[str, Subscription | None],
    now: datetime,
) -> Flaw | None:
    found = best[wanted.address]
    if found is not None:
        lacking = tuple(_lacking(wanted, found))
        return Flaw("some of its filters did not fire", None, lacking) if lacking else None
    there = [each for each in mine if _alike(each.address) == _alike(wanted.address)]
    if not there:
        old = "it called an old address" if mine else "there was no subscription"
        return Flaw(old)
    return _why(max(there, key=lambda each: _end(each, now)), now)


def _why(dead: Subscription, now: datetime) -> Flaw:
    if dead.status != "Active":
        # RingCentral's own words; an address in them would be ours, whose end is a secret.
        words = _ADDRESS.sub("(address)", dead.blacklisted_reason or "")
        reason = f": {words}" if words else ""
        return Flaw(f"RingCentral had suspended it{reason}"[:200], dead.blacklisted_at)
    if dead.expires_at and dead.expires_at <= now:
        return Flaw("the subscription had expired", dead.expires_at)
    refused = tuple(each.filter for each in dead.disabled_filters)
    return Flaw("RingCentral had disabled filters", None, refused)


def _lacking(wanted: Wanted, subscription: Subscription) -> list[str]:
    """The wanted filters that do not fire, disabled ones too."""
    return missing(wanted.event_filters, subscription.event_filters)


def _first(
    wanted: Wanted, mine: Sequence[Subscription], best: Subscription | None, now: datetime
) -> Action:
    if best is None:
        reasons = sorted({flaw(wanted, each, now) for each in mine})
        return Create("; ".join(reasons) or "there is none")
    absent, needless = _absent(wanted, best), missing(best.event_filters, wanted.event_filters)
    if absent:
        return Renew(best.id, f"it lacks {len(absent)} filters")
    if needless:
        return Renew(best.id, f"it has {len(needless)} filters too many")
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
