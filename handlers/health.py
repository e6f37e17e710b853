"""Whether all is well, in plain words: what is wrong, and what to do about it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog import BlindWindow, DayStatement, DestinationRow, KnownExtension, KnownLogin, Mailbox
from handlers.sign import NOTE, PROBLEM, WARNING, Sign
from handlers.signs_of_mailboxes import (
    Risk,
    Stuck,
    call_signs,
    contradiction_signs,
    reach_signs,
    risk_signs,
    silence_signs,
    statement_signs,
    stuck_signs,
    unwatched_signs,
)
from handlers.signs_of_ours import (
    JWT_WARNING,
    MANY_ATTEMPTS,
    RECENT,
    SKEW_WARNING,
    Disk,
    Work,
    clock_signs,
    disk_signs,
    door_signs,
    key_signs,
    login_signs,
    untried_signs,
    work_signs,
    worker_signs,
)
from handlers.signs_of_telling import telling_signs

__all__ = [
    "JWT_WARNING",
    "MANY_ATTEMPTS",
    "NOTE",
    "PROBLEM",
    "RECENT",
    "SKEW_WARNING",
    "WARNING",
    "Disk",
    "Risk",
    "Sign",
    "Stuck",
    "Vitals",
    "Work",
    "is_well",
    "signs",
]

RANK = {PROBLEM: 0, WARNING: 1, NOTE: 2}


@dataclass(frozen=True)
class Vitals:
    """Everything that is judged. `calls_wanted`: whether RingCentral is to call us.

    By the mailboxes' ids: `spacing` is the time between two looks, `unseen` the share of the inbox
    since the last one, `silent` the busy hours without a fax, `last_days` the last stated days.
    """

    now: datetime
    calls_wanted: bool
    worker_seen_at: datetime | None
    door_seen_at: datetime | None
    logins: Sequence[KnownLogin]
    missing_logins: Sequence[str]
    mailboxes: Sequence[Mailbox]
    spacing: Mapping[str, timedelta]
    risks: Sequence[Risk]
    unseen: Mapping[str, float]
    silent: Mapping[str, float]
    windows: Sequence[BlindWindow]
    work: Work
    disk: Disk
    contradicted: Sequence[DayStatement]
    last_days: Mapping[str, str]
    unwatched: Sequence[KnownExtension]
    key_advice: Sequence[str] = ()
    stuck: Sequence[Stuck] = ()
    destinations: Sequence[DestinationRow] = ()
    notices_given_up: int = 0


def signs(vitals: Vitals) -> list[Sign]:
    """Everything worth saying, the worst first."""
    found = [*_of_ours(vitals), *_of_mailboxes(vitals)]
    return sorted(found, key=lambda sign: (RANK[sign.severity], sign.kind, sign.subject))


def is_well(found: Sequence[Sign]) -> bool:
    """Whether nothing needs a person."""
    return all(sign.severity == NOTE for sign in found)


def _of_ours(vitals: Vitals) -> Iterator[Sign]:
    yield from worker_signs(vitals.worker_seen_at, vitals.now)
    if vitals.calls_wanted:
        yield from door_signs(vitals.door_seen_at, vitals.now)
    yield from login_signs(vitals.logins, vitals.now)
    yield from untried_signs(vitals.missing_logins)
    yield from clock_signs(vitals.logins, vitals.now)
    yield from disk_signs(vitals.disk)
    yield from work_signs(vitals.work)
    yield from key_signs(vitals.key_advice)
    yield from telling_signs(vitals.destinations, vitals.notices_given_up, vitals.now)


def _of_mailboxes(vitals: Vitals) -> Iterator[Sign]:
    yield from reach_signs(vitals.mailboxes, vitals.spacing, vitals.now)
    yield from silence_signs(vitals.mailboxes, vitals.silent)
    yield from risk_signs(vitals.mailboxes, vitals.risks, vitals.unseen)
    yield from stuck_signs(vitals.mailboxes, vitals.stuck)
    if vitals.calls_wanted:
        yield from call_signs(vitals.mailboxes, vitals.windows)
    yield from statement_signs(vitals.mailboxes, vitals.last_days, vitals.now)
    yield from contradiction_signs(vitals.contradicted, vitals.now)
    yield from unwatched_signs(vitals.unwatched)
