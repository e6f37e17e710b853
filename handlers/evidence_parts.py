"""What an evidence is made of: what was gathered of a fax, and what was decided. Plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive import LedgerLine
from archive.evidence import Entry, SealedRecord
from catalog import (
    Addressee,
    Aside,
    DeliveryStep,
    DocumentRow,
    Fax,
    Mailbox,
    Recipient,
    Sending,
    SendingDocument,
)

FAILED = ("SendingFailed", "DeliveryFailed")
"""States of a recipient."""


@dataclass(frozen=True)
class Handed:
    """How a fax was handed over to RingCentral through us."""

    sending: Sending
    to: Sequence[Addressee]
    documents: Sequence[SendingDocument]


@dataclass(frozen=True)
class Gathered:
    """All that is known of one fax at one moment; `lines` are the ledger's, about it, checked.

    `record` is what `archive_record` makes of it. `skew` is how many seconds RingCentral's clock
    was ahead of ours when that was last measured, and when.
    """

    fax: Fax
    mailbox: Mailbox | None
    recipients: Sequence[Recipient]
    steps: Sequence[DeliveryStep]
    documents: Sequence[DocumentRow]
    asides: Sequence[Aside]
    lines: Sequence[LedgerLine]
    record: Mapping[str, Any]
    handed: Handed | None = None
    skew: tuple[float, datetime] | None = None


@dataclass(frozen=True)
class Making:
    """What is decided of an evidence before it is written.

    `sealed` are the archive's records with the number of the line that names each.
    """

    at: datetime
    by: str
    chain: bool
    note: str
    documents: Sequence[Entry] = ()
    sealed: Sequence[tuple[int, SealedRecord]] = ()
    recorded: Sequence[Any] = ()
    """The steps and calls that the latest sealed record tells."""
