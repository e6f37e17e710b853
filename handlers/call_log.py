"""Gathers RingCentral's call log, account by account: each fax call, joined to its fax.

Reading it is Heavy (ten calls a minute), so it is read in batches: a quarter of an hour after a
sent fax came to its end, else once an hour, never for one fax. Needs the permission ReadCallLog.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import Account
from catalog import Catalog, FaxQuery, KnownLogin, LogReader, Mailbox, Transaction
from errors import PermissionMissing
from handlers.call_joining import (
    Join,
    by_message,
    by_number_and_time,
    is_missed,
    row_of,
    same_number,
    span,
)
from handlers.intake import CALLS_AFTER, Intake, course_of
from handlers.outcomes import Course, not_received
from ringcentral_api import CallQuery, CallRecord, RingCentral

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
AWAITED = timedelta(hours=2)
"""So long after the end of a sent fax its call is asked for every quarter of an hour."""
OVERLAP = timedelta(hours=2)
"""A call stands in the log when it is over, under the time at which it began."""
LOOK_BACK = timedelta(days=2)
FARTHEST = timedelta(days=90)
"""So far at most it is made up for what nobody read while no worker ran."""
TRY_AGAIN = timedelta(days=1)
"""When a login is tried once more that may read less than the whole company's log."""
BATCH = 250
COMPANY, OWN, NONE = "company", "own", "none"
Calls = list[tuple[Mailbox, CallRecord]]


@dataclass(frozen=True)
class CallLog:
    """Reads and keeps the calls of the watched mailboxes."""

    catalog: Catalog
    accounts: Mapping[str, Account]
    reach: Callable[[str], RingCentral]
    intake: Intake
    now: Callable[[], datetime]

    def gather(self, account_name: str) -> int:
        """Read what is new, and ask for the next batch; how many calls of ours were read.

        Raises:
            RingCentralError: RingCentral cannot be reached, or refuses something else.
        """
        if account_name not in self.accounts:
            return 0
        calls = self.read(account_name, OVERLAP)
        now = self.now()
        with self.catalog.transaction() as tx:
            ids = {each.account_id for each in tx.logins.all() if each.account == account_name}
            awaited = sum(tx.call_records.awaited(e, now - AWAITED) for e in ids if e)
            pause = CALLS_AFTER if awaited and self._may_read(tx, account_name) else HOUR
            tx.jobs.request("calls", account_name, now + pause, now)
        return len(calls)

    def read(self, account_name: str, back: timedelta) -> Calls:
        """Keep all calls since the last reading, and of the time `back` from now at least.

        Raises:
            RingCentralError: see `gather`.
        """
        with self.catalog.reading() as tx:
            logins = [each for each in tx.logins.all() if each.account == account_name]
            ids = {login.account_id for login in logins}
            present = [each for each in tx.mailboxes.present() if each.account_id in ids]
            readers = dict(tx.call_records.readers())
        mailboxes = {each.extension_id: each for each in present}
        accepted = [login for login in logins if login.refused_at is None]
        ours: Calls = []
        for login, call in self._told(accepted, readers, back):
            own = login.extension_id or ""
            mailbox = mailboxes.get(call.extension_id or own)
            if mailbox is not None:
                ours.append((mailbox, call))
        for start in range(0, len(ours), BATCH):
            self._record(ours[start : start + BATCH])
        return ours

    def _may_read(self, tx: Transaction, account_name: str) -> bool:
        readers = tx.call_records.readers()
        names = [each.name for each in tx.logins.all() if each.account == account_name]
        return any(name in readers and readers[name].way != NONE for name in names)

    def _told(
        self, logins: Sequence[KnownLogin], readers: Mapping[str, LogReader], back: timedelta
    ) -> Iterator[tuple[KnownLogin, CallRecord]]:
        """Those of the whole company where a login may read them, else each login's own."""
        ways = {login.name: self._way(readers.get(login.name)) for login in logins}
        for login in logins:
            if ways[login.name] == COMPANY:
                query = self._query(readers.get(login.name), back)
                calls = self._asked(login, query, COMPANY)
                if calls is not None:
                    yield from ((login, call) for call in calls)
                    return
                ways[login.name] = OWN
        for login in logins:
            if ways[login.name] == OWN:
                query = self._query(readers.get(login.name), back, login.extension_id or "~")
                calls = self._asked(login, query, OWN) or []
                yield from ((login, call) for call in calls)

    def _asked(self, login: KnownLogin, query: CallQuery, way: str) -> list[CallRecord] | None:
        """The calls; None where the login may not read them, which is kept in mind for a day."""
        calls: list[CallRecord] | None = None
        try:
            calls = list(self.reach(login.name).calls(query))
        except PermissionMissing:
            if way == OWN:
                log.info("The call log may not be read; the message store is the only witness.")
                way = NONE
        if calls is None and way == COMPANY:
            return None  # what it may read of its own is found out at once
        with self.catalog.transaction() as tx:
            read_at = query.date_to if calls is not None else None
            tx.call_records.note_reader(LogReader(login.name, way, self.now(), read_at))
        return calls

    def _way(self, reader: LogReader | None) -> str:
        """What to try; a refusal is believed for a day, from when it was first given."""
        if reader is None or reader.way == COMPANY or self.now() - reader.way_at >= TRY_AGAIN:
            return COMPANY
        return reader.way

    def _query(
        self, reader: LogReader | None, back: timedelta, extension_id: str = ""
    ) -> CallQuery:
        now = self.now()
        read_at = (reader.read_at if reader else None) or now - LOOK_BACK
        since = min(now - back, read_at - OVERLAP)
        return CallQuery(max(since, now - FARTHEST), now, extension_id)

    def _record(self, calls: Calls) -> None:
        with self.catalog.transaction() as tx:
            for mailbox, call in calls:
                if call.id and call.result != "In Progress":
                    self._record_one(tx, mailbox, call)

    def _record_one(self, tx: Transaction, mailbox: Mailbox, call: CallRecord) -> None:
        join = _joined(tx, mailbox, call)
        if not tx.call_records.record(row_of(call, mailbox, join, self.now())):
            return
        fax = tx.faxes.get(join.fax_id) if join.by else None
        if fax is not None and fax.direction == "Outbound":
            tx.faxes.mark_news(fax.id)
            self.intake.request_work(tx, mailbox, fax.id)
        since, began = mailbox.added_at, call.started_at
        if not join.by and is_missed(call) and since and began and began >= since:
            tx.outcomes.record(not_received(mailbox, call, self.now()))


def _joined(tx: Transaction, mailbox: Mailbox, call: CallRecord) -> Join:
    known = by_message(call, mailbox, ())
    if known.by:
        return by_message(call, mailbox, tx.faxes.recipients(known.fax_id))
    return by_number_and_time(call, list(_courses(tx, mailbox, call)))


def _courses(tx: Transaction, mailbox: Mailbox, call: CallRecord) -> Iterator[Course]:
    """The faxes that the call may have been for."""
    window = span(call)
    if window is None:
        return
    query = FaxQuery(
        mailbox=mailbox.id, direction=call.direction, since=window[0], until=window[1], limit=1000
    )
    for fax in tx.faxes.list(query):
        numbers = [each.number for each in tx.faxes.recipients(fax.id)]
        other = [fax.from_number] if fax.direction == "Inbound" else numbers
        side = call.sender if fax.direction == "Inbound" else call.target
        if any(same_number(number, side) for number in other):
            yield course_of(tx, fax.id)
