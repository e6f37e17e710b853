"""Gathers what health is judged from, and keeps the alarms that follow from it."""

import logging
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from catalog import DOOR, WORKER, Alarm, Catalog, EventJournal, Mailbox, Transaction
from handlers.deletion import lives, unseen_share
from handlers.health import (
    MANY_ATTEMPTS,
    NOTE,
    PROBLEM,
    RECENT,
    WARNING,
    Disk,
    Risk,
    Sign,
    Vitals,
    Work,
    signs,
)
from handlers.inboxes import WAITING_BATCH, demands_of, inboxes_of
from handlers.rhythm import UNUSUAL, WEEKS, silent_hours, weeks_known
from handlers.stuck import found_stuck
from handlers.timetable import intervals
from handlers.troubles import at_risk
from handlers.ways import HOLDS_FAXES

log = logging.getLogger(__name__)

PATIENCE = timedelta(hours=1)
"""RingCentral takes ten faxes a minute: a fax that waits longer waits for something else."""


@dataclass(frozen=True)
class Watched:
    """What of the settings is judged: the data folder, the logins, whether calls are wanted, how
    often mailboxes are looked at, and the destinations of notices.
    """

    data: Path
    logins: Sequence[str]
    calls_wanted: bool
    poll: timedelta
    destinations: Sequence[str] = ()


@dataclass(frozen=True)
class HealthCheck:
    """Looks at everything we know. Asks RingCentral nothing."""

    catalog: Catalog
    journal: EventJournal
    watched: Watched
    key_advice: Callable[[], Sequence[str]]
    now: Callable[[], datetime]

    def signs(self) -> list[Sign]:
        """Everything worth saying now, the worst first."""
        return signs(self.vitals())

    def update_alarms(self) -> list[Sign]:
        """Raise what is new, clear what is over; what is worth saying now."""
        vitals, now = self.vitals(), self.now()
        found, risks = signs(vitals), {risk.mailbox_id: risk for risk in vitals.risks}
        told = {(s.kind, s.subject): _alarm(s, now) for s in found if s.severity != NOTE}
        with self.catalog.transaction() as tx:
            known = {(alarm.kind, alarm.subject): alarm for alarm in tx.alarms.open()}
            new = [alarm for key, alarm in told.items() if key not in known]
            tx.alarms.raise_all(new)
            for alarm in new:
                if alarm.kind == "at-risk":
                    tx.outcomes.record(at_risk(alarm, risks.get(alarm.subject)))
            for key, before in known.items():
                if key in told:
                    tx.alarms.renew(replace(told[key], raised_at=before.raised_at))
                else:
                    tx.alarms.clear(before, now)
        for key, alarm in told.items():
            if _is_news(alarm, known.get(key)):
                log.warning("%s: %s %s", alarm.severity, alarm.words, alarm.advice)
        return found

    def vitals(self) -> Vitals:
        """What is known at this moment."""
        now, journal_signs = self.now(), self.journal.signs()
        with self.catalog.reading() as tx:
            mailboxes = tx.mailboxes.present()
            logins = [each for each in tx.logins.all() if each.name in self.watched.logins]
            known = {login.name for login in logins}
            return Vitals(
                now=now,
                calls_wanted=self.watched.calls_wanted,
                worker_seen_at=journal_signs.get(WORKER),
                door_seen_at=journal_signs.get(DOOR),
                logins=logins,
                missing_logins=[each for each in self.watched.logins if each not in known],
                mailboxes=mailboxes,
                spacing=intervals(demands_of(tx, mailboxes, now), self.watched.poll),
                risks=_risks(tx, now),
                stuck=found_stuck(tx, now),
                unseen=dict(_unseen(mailboxes, now)),
                silent=dict(_silent(tx, mailboxes, now)),
                windows=[each for each in tx.windows.list(now) if each.ended_at is None],
                work=_work(tx, now),
                disk=self._disk(tx, now),
                contradicted=tx.days.contradicted(),
                last_days=dict(_last_days(tx, mailboxes)),
                unwatched=[
                    each
                    for each in tx.census.extensions()
                    if each.gone_at is None and each.unwatched_reason and each.kind in HOLDS_FAXES
                ],
                key_advice=self.key_advice(),
                destinations=[tx.notices.destination(each) for each in self.watched.destinations],
                notices_given_up=tx.notices.given_up_since(now - RECENT),
            )

    def _disk(self, tx: Transaction, now: datetime) -> Disk:
        week = timedelta(days=7)
        per_day = tx.traffic.archived_bytes(now - week) / week.days
        return Disk(shutil.disk_usage(self.watched.data).free, per_day)


def _risks(tx: Transaction, now: datetime) -> list[Risk]:
    waiting = tx.traffic.waiting(WAITING_BATCH)
    found = lives(waiting, inboxes_of(tx, waiting, now))
    ends = defaultdict(list)
    for fax in waiting:
        if fax.id in found and found[fax.id].is_at_risk:
            ends[fax.mailbox_id].append(found[fax.id].ends_at)
    return [Risk(mailbox_id, len(each), min(each)) for mailbox_id, each in ends.items()]


def _unseen(mailboxes: Sequence[Mailbox], now: datetime) -> Iterator[tuple[str, float]]:
    for mailbox in mailboxes:
        if mailbox.looked_at is not None:
            yield mailbox.id, unseen_share(now - mailbox.looked_at, mailbox.peak_per_hour)


def _silent(
    tx: Transaction, mailboxes: Sequence[Mailbox], now: datetime
) -> Iterator[tuple[str, float]]:
    last_ones = tx.traffic.last_received()
    for mailbox in mailboxes:
        last = last_ones.get(mailbox.id, now)
        if now - last < timedelta(hours=UNUSUAL) or mailbox.added_at is None:
            continue
        weeks = weeks_known(last, min(mailbox.added_at, mailbox.listed_from_at or now), now)
        if weeks:
            by_hour = tx.traffic.received_by_hour(mailbox.id, last - timedelta(weeks=WEEKS))
            yield mailbox.id, silent_hours(by_hour, weeks, last, now)


def _work(tx: Transaction, now: datetime) -> Work:
    given_up, failing = tx.jobs.troubled(MANY_ATTEMPTS)
    changed = tx.traffic.states_since(now - RECENT)
    return Work(
        given_up=given_up,
        failing=failing,
        refused=changed.get("refused", 0),
        lost=changed.get("lost", 0),
        unsure=tx.sendings.count_by_state().get("unsure", 0),
        unsent=len(tx.sendings.late(now - PATIENCE, WAITING_BATCH)),
    )


def _last_days(tx: Transaction, mailboxes: Sequence[Mailbox]) -> Iterator[tuple[str, str]]:
    for mailbox in mailboxes:
        statement = tx.days.last_day(mailbox.id)
        if statement is not None:
            yield mailbox.id, statement.day


def _alarm(sign: Sign, now: datetime) -> Alarm:
    return Alarm(sign.kind, sign.subject, now, None, sign.severity, sign.words, sign.advice)


def _is_news(alarm: Alarm, before: Alarm | None) -> bool:
    """Whether it is new, or has become worse."""
    return before is None or (before.severity, alarm.severity) == (WARNING, PROBLEM)
