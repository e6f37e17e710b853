"""What we know: the one database. Never sees a byte of a fax."""

from catalog.asides import Aside
from catalog.catalog import Catalog, Transaction
from catalog.documents import DocumentRow
from catalog.fax_rows import DeliveryStep, Fax, FaxQuery, NewFax, Recipient, Recorded
from catalog.group_commit import GroupCommit
from catalog.jobs import Job
from catalog.journal import Event, EventJournal, RawEvent
from catalog.ledger import LedgerRow
from catalog.mailboxes import Mailbox

__all__ = [
    "Aside",
    "Catalog",
    "DeliveryStep",
    "DocumentRow",
    "Event",
    "EventJournal",
    "Fax",
    "FaxQuery",
    "GroupCommit",
    "Job",
    "LedgerRow",
    "Mailbox",
    "NewFax",
    "RawEvent",
    "Recipient",
    "Recorded",
    "Transaction",
]
