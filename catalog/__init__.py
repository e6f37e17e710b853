"""What we know: the one database. Never sees a byte of a fax."""

from catalog.access_tokens import AccessToken
from catalog.alarms import Alarm
from catalog.asides import Aside
from catalog.call_records import CallRow, LogReader
from catalog.catalog import Catalog, Transaction
from catalog.census import KnownExtension, KnownNumber
from catalog.day_statements import DayStatement
from catalog.documents import DocumentRow
from catalog.fax_rows import DeliveryStep, Fax, FaxQuery, NewFax, Recipient, Recorded
from catalog.group_commit import GroupCommit
from catalog.jobs import ALONE, Job, Place
from catalog.journal import DOOR, WORKER, Closing, Event, EventJournal, RawEvent
from catalog.ledger import LedgerRow
from catalog.logins import KnownLogin
from catalog.mailboxes import Listing, Mailbox
from catalog.notices import Attempt, DestinationRow, NoticeQuery, NoticeRow
from catalog.observations import Observation
from catalog.outcomes import Outcome
from catalog.registers import Beside, LoggedCall
from catalog.sending_rows import (
    Addressee,
    IdempotencyKey,
    Sending,
    SendingChange,
    SendingDocument,
    SendingQuery,
)
from catalog.traffic import Waiting
from catalog.windows import BlindWindow, OwnSubscription

__all__ = [
    "ALONE",
    "DOOR",
    "WORKER",
    "AccessToken",
    "Addressee",
    "Alarm",
    "Aside",
    "Attempt",
    "Beside",
    "BlindWindow",
    "CallRow",
    "Catalog",
    "Closing",
    "DayStatement",
    "DeliveryStep",
    "DestinationRow",
    "DocumentRow",
    "Event",
    "EventJournal",
    "Fax",
    "FaxQuery",
    "GroupCommit",
    "IdempotencyKey",
    "Job",
    "KnownExtension",
    "KnownLogin",
    "KnownNumber",
    "LedgerRow",
    "Listing",
    "LogReader",
    "LoggedCall",
    "Mailbox",
    "NewFax",
    "NoticeQuery",
    "NoticeRow",
    "Observation",
    "Outcome",
    "OwnSubscription",
    "Place",
    "RawEvent",
    "Recipient",
    "Recorded",
    "Sending",
    "SendingChange",
    "SendingDocument",
    "SendingQuery",
    "Transaction",
    "Waiting",
]
