"""The clock to deletion: when RingCentral may delete a fax, by count and by age. Pure.

RingCentral keeps about 200 received messages of a mailbox whatever their age, and sent faxes for 30
days; with HIPAA received ones for 30 days too, or for the 7 to 90 days an account is set up for.
developers.ringcentral.com/guide/messaging/message-store/message-exports-report
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from catalog import KnownLogin, Waiting

INBOX_LIMIT = 200
DEFAULT_DAYS = 30
SLOWEST_PER_HOUR = 1 / 24
"""A mailbox without known traffic is taken to receive one fax a day."""
USED_BY_COUNT = 0.5
USED_BY_AGE = 0.75
"""From this share of its life at RingCentral on, a fax that is not archived is at risk."""


@dataclass(frozen=True)
class Keeping:
    """How long RingCentral keeps faxes: received ones by count, both kinds by days if told."""

    inbox_limit: int = INBOX_LIMIT
    sent_days: int = DEFAULT_DAYS
    inbox_days: int | None = None


@dataclass(frozen=True)
class Inbox:
    """One mailbox: when its received faxes came, the oldest first, and its traffic by the hour."""

    received: Sequence[datetime]
    per_hour: float
    keeping: Keeping
    now: datetime

    def newer_than(self, moment: datetime) -> int:
        """How many received faxes came later."""
        return len(self.received) - bisect_right(self.received, moment)


@dataclass(frozen=True)
class Life:
    """When a fax may be deleted, and the share of its life at RingCentral that is over."""

    ends_at: datetime
    used_by_count: float
    used_by_age: float

    @property
    def is_at_risk(self) -> bool:
        return self.used_by_count >= USED_BY_COUNT or self.used_by_age >= USED_BY_AGE


def keeping_of(login: KnownLogin | None) -> Keeping:
    """What is known of an account through one of its logins."""
    if login is None:
        return Keeping()
    told = login.retention_days
    return Keeping(
        sent_days=told or DEFAULT_DAYS,
        inbox_days=told or (DEFAULT_DAYS if login.hipaa else None),
    )


def life_of(fax: Waiting, inbox: Inbox) -> Life:
    """How long a fax is still there, as far as anybody can tell."""
    keeping, age = inbox.keeping, inbox.now - fax.created_at
    days = keeping.sent_days if fax.direction == "Outbound" else keeping.inbox_days
    ends, by_age = [], 0.0
    if days is not None:
        ends.append(_days_after(fax.created_at, days))
        by_age = age / timedelta(days=1) / days
    by_count = 0.0
    if fax.direction != "Outbound":
        newer = inbox.newer_than(fax.created_at)
        by_count = newer / keeping.inbox_limit
        hours = max(0, keeping.inbox_limit - newer) / max(inbox.per_hour, SLOWEST_PER_HOUR)
        ends.append(inbox.now + timedelta(hours=hours))
    return Life(min(ends), by_count, by_age)


def lives(waiting: Iterable[Waiting], inboxes: Mapping[str, Inbox]) -> dict[str, Life]:
    """The life of each fax by its id; one of a mailbox that is not known is left out."""
    known = ((fax, inboxes.get(fax.mailbox_id)) for fax in waiting)
    return {fax.id: life_of(fax, inbox) for fax, inbox in known if inbox is not None}


def unseen_share(unseen: timedelta, per_hour: float) -> float:
    """Which share of an inbox may have come in the time in which nobody looked."""
    return max(0.0, unseen / timedelta(hours=1)) * per_hour / INBOX_LIMIT


def first_deadline(created_at: datetime) -> datetime:
    """Until the next sweep knows better: the oldest goes first."""
    return _days_after(created_at, DEFAULT_DAYS)


def _days_after(moment: datetime, days: int) -> datetime:
    """So many days later, or the end of all time: one odd date must not stop a mailbox."""
    try:
        return moment + timedelta(days=days)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
