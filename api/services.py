"""What the API needs of the rest of the house; stands on the application as `extensions["api"]`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Protocol

from flask import current_app

from api.idempotency import InHand
from api.pace import Pace
from api.places import Places
from api.tokens import Keyring
from archive import Spool
from catalog import (
    Addressee,
    Catalog,
    DocumentRow,
    Fax,
    IdempotencyKey,
    Sending,
    SendingDocument,
    SendingQuery,
)
from sending import OutgoingFax, Review

AT_ONCE = 24
"""Requests that are answered side by side; most of the server's threads stay for the webhook."""
UPLOADS_AT_ONCE = 12
"""Faxes that are taken in side by side: each may be slow, and takes a thread as long as it is."""
UPLOADS_OF_ONE = 3
"""Of one token: a client that went to sleep in the middle of a fax keeps its place until its
connection ends, and shall keep nobody else out. (A thread that reads for it cannot be left behind:
granian stands still when an answer is given while its body is still being read.)"""


class Documents(Protocol):
    """Reads archived documents back."""

    def document(self, fax: Fax, number: int, into: BinaryIO) -> DocumentRow:
        """Write one document of an archived fax (numbered from 1); ArchiveError, KeyMissing."""


class WholeSending(Protocol):
    """One sending with its recipients and documents."""

    @property
    def sending(self) -> Sending: ...
    @property
    def to(self) -> Sequence[Addressee]: ...
    @property
    def documents(self) -> Sequence[SendingDocument]: ...


@dataclass(frozen=True)
class FaxWish:
    """A fax that a program wants sent, from this mailbox ("" for the only one).

    `digests` are the SHA-256 of its documents as they came, and whether they are flattened.
    """

    fax: OutgoingFax
    mailbox_id: str
    digests: tuple[str, ...]


class Outbox(Protocol):
    """Takes orders for faxes, and tells what became of them."""

    def accept(self, wish: FaxWish, by: str, key: IdempotencyKey | None) -> Sending:
        """Promise to send it; NotSendable, KeyReused, UserError."""

    def find(self, sending_id: str) -> WholeSending | None:
        """One sending, or None."""

    def list(self, query: SendingQuery) -> Sequence[Sending]:
        """A page of them, the newest first."""

    def cancel(self, sending_id: str, by: str) -> Sending:
        """Have it never sent; WrongState when that is too late."""


class EvidenceMaker(Protocol):
    """Makes evidence of a fax."""

    def make(self, fax_id: str, into: BinaryIO) -> object:
        """Write it as a ZIP; ArchiveError, KeyMissing, UserError."""


@dataclass(frozen=True)
class Services:
    """Each part opens when it is first asked for, so that the webhook never waits for any."""

    keyring: Keyring
    catalog: Callable[[], Catalog]
    documents: Callable[[], Documents]
    spool: Callable[[], Spool]
    outbox: Callable[[], Outbox]
    review: Callable[[OutgoingFax, datetime], Review]
    evidence: Callable[[], EvidenceMaker]
    now: Callable[[], datetime]
    steady: Callable[[], float] = time.monotonic
    pace: Pace = field(default_factory=Pace)
    in_hand: InHand = field(default_factory=InHand)
    uploads: Places = field(default_factory=lambda: Places(UPLOADS_AT_ONCE, UPLOADS_OF_ONE))


def services() -> Services:
    """Those of the application that answers this request."""
    found: Services = current_app.extensions["api"]
    return found
