"""The second witness: RingCentral's call log tells of each fax call, also of faxes long gone.

What it names and the catalog does not know is fetched if it is still there, and is a loss with
evidence if it is not. Its daily reading of the log is kept like any other (handlers/call_log.py).
Needs the permission ReadCallLog; without it there is one witness only.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import Account
from archive import utc_text
from catalog import Catalog, EventJournal, Mailbox, NewFax
from errors import NotFound
from handlers.call_log import FARTHEST, LOOK_BACK, CallLog
from handlers.intake import Intake
from handlers.losses import DOUBT, Losses
from handlers.records import Told, fax_id_of
from ringcentral_api import CallRecord, Message, RingCentral

log = logging.getLogger(__name__)

AGAIN = timedelta(days=1)
STILL_COMING = DOUBT
"""A fax whose call ended lately may only be late to show; tomorrow it is asked for once more."""


@dataclass(frozen=True)
class CallLogWitness:
    """Compares the call log with the catalog, account by account."""

    catalog: Catalog
    journal: EventJournal
    accounts: Mapping[str, Account]
    call_log: CallLog
    reach: Callable[[str], RingCentral]
    intake: Intake
    losses: Losses
    now: Callable[[], datetime]

    def compare(self, account_name: str) -> int:
        """Look for faxes that only the call log tells of; how many there were.

        Raises:
            RingCentralError: RingCentral cannot be reached, or refuses something else.
        """
        if account_name not in self.accounts:
            return 0
        now = self.now()
        with self.catalog.transaction() as tx:
            tx.jobs.request("witness", account_name, now + AGAIN, now)
        since = self._since(account_name, now)
        found = 0
        for mailbox, call in self.call_log.read(account_name, now - since):
            still_coming = call.started_at and call.started_at > now - STILL_COMING
            if call.message_id and not still_coming and not self._is_known(mailbox, call):
                self._take_in(mailbox, call)
                found += 1
        self.journal.note_sign(_sign_of(account_name), now)
        return found

    def _since(self, account_name: str, now: datetime) -> datetime:
        """Two days back, or as much farther as the last time lies farther back than a day."""
        last = self.journal.signs().get(_sign_of(account_name), now)
        return max(min(now, last + AGAIN) - LOOK_BACK, now - FARTHEST)

    def _is_known(self, mailbox: Mailbox, call: CallRecord) -> bool:
        with self.catalog.reading() as tx:
            return tx.faxes.get(fax_id_of(mailbox, call.message_id)) is not None

    def _take_in(self, mailbox: Mailbox, call: CallRecord) -> None:
        now = self.now()
        seen = self.losses.seen_gone(mailbox, call.message_id)
        if seen is not None and _is_older(call, mailbox):
            return  # it was gone before our time
        message = None if seen else self._message(mailbox, call)
        with self.catalog.transaction() as tx:
            tx.observations.note("the call log told of a fax that no list had", mailbox.id, now)
            if seen is not None:
                fax = _fax_of(mailbox, call, now)
                self.losses.lose_unseen(tx, mailbox, fax, {**seen, "call_log": _entry(call)})
            elif message is not None:
                told = Told("message-store", "call-log", now)
                self.intake.take(tx, mailbox, [message], told)

    def _message(self, mailbox: Mailbox, call: CallRecord) -> Message | None:
        """The message that the call left; None while something else than RingCentral says 404."""
        with suppress(NotFound):
            return self.reach(mailbox.login).message(mailbox.extension_id, call.message_id)
        return None


def _sign_of(account_name: str) -> str:
    return f"call log of {account_name} compared"


def _is_older(call: CallRecord, mailbox: Mailbox) -> bool:
    """Whether a call came before its mailbox was watched."""
    began, added = call.started_at, mailbox.added_at
    return began is not None and added is not None and began < added


def _fax_of(mailbox: Mailbox, call: CallRecord, now: datetime) -> NewFax:
    return NewFax(
        account_id=mailbox.account_id,
        mailbox_id=mailbox.id,
        message_id=call.message_id,
        direction=call.direction or "Unknown",
        message_status="",
        read_status="",
        availability="Purged",
        created_at=call.started_at or now,
        raw="{}",
        origin="call-log",
        found_by="call-log",
        from_number=call.sender or None,
    )


def _entry(call: CallRecord) -> dict[str, object]:
    """The call as evidence: no number, no name."""
    return {
        "call": call.id,
        "result": call.result,
        "started_at": utc_text(call.started_at) if call.started_at else None,
        "seconds": call.seconds,
    }
