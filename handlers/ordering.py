"""Takes orders to send a fax: checked, kept durably with its documents, and only then promised.

The documents come first and the row last. Until the row is committed nothing was promised, so what
a crash leaves before that is swept.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from archive.outbox import OutboxFiles
from catalog import (
    Addressee,
    Catalog,
    Fax,
    IdempotencyKey,
    Mailbox,
    Place,
    Sending,
    SendingDocument,
    Transaction,
)
from errors import KeyReused, NotSendable, UserError, WrongState
from handlers.sending_records import addressees, order_file
from sending import Document, OutgoingFax, Recipient, Review

SEND = "send"
"""The job that brings one sending further; its argument is the sending's id."""


@dataclass(frozen=True)
class Order:
    """A fax that somebody wants sent. `mailbox_id` "" means the only one there is.

    `by` says who wants it, `origin` how it came: cli or api.
    """

    fax: OutgoingFax
    mailbox_id: str = ""
    by: str = ""
    origin: str = "cli"


@dataclass(frozen=True)
class Resend:
    """A fax of the catalog that is to go out once more; to nobody named: to whom it did not reach.

    A received one is forwarded, and needs a recipient.
    """

    fax_id: str
    to: tuple[Recipient, ...] = ()
    by: str = ""
    country: str = "US"


@dataclass(frozen=True)
class Orders:
    """Accepts orders; `review` finds what is wrong with a fax, `new_id` gives each its id."""

    catalog: Catalog
    files: OutboxFiles
    review: Callable[[OutgoingFax, datetime], Review]
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    failpoint: Callable[[str], None]

    def accept(self, order: Order, key: IdempotencyKey | None = None) -> Sending:
        """Promise to send it; what was promised before under this key is returned as it is now.

        Raises:
            NotSendable: everything that is wrong with the fax, at once.
            KeyReused: the key named another request.
            UserError: there is no such mailbox, or a file changed while it was read.
        """
        with self.catalog.reading() as tx:
            if earlier := earlier_of(tx, key):
                return earlier
            mailbox = sending_mailbox(tx, order.mailbox_id)
        review = self.review(order.fax, self.now())
        if review.problems:
            raise NotSendable(review.problems)
        sending = self._drafted(order, mailbox)
        to = addressees(order.fax.to, order.fax.country)
        counted = zip(order.fax.documents, review.counts, strict=True)
        rows = [_row(place, *each) for place, each in enumerate(counted)]
        documents = self._kept(sending, to, rows, order.fax.documents)
        self.failpoint("order-kept")
        return self._entered(sending, to, documents, key)

    def resend(self, wish: Resend) -> Sending:
        """Promise to have RingCentral send a fax again, or a received one on.

        Raises:
            WrongState: there is nothing in it that could be sent again.
            NotSendable: a number is wrong.
        """
        with self.catalog.reading() as tx:
            fax = tx.faxes.get(wish.fax_id)
            if fax is None:
                raise UserError("No such fax. `faxkeep faxes` lists them.")
            mailbox = sending_mailbox(tx, fax.mailbox_id)
            to = self._again_to(tx, fax, wish)
        now = self.now()
        sending = Sending(
            id=self.new_id(),
            mailbox_id=mailbox.id,
            state="waiting",
            state_at=now,
            origin="resend",
            requested_by=wish.by,
            requested_at=now,
            due_at=now,
            resolution=fax.resolution or "High",
            original_message_id=fax.message_id,
        )
        return self._entered(sending, to, [], None)

    def _again_to(self, tx: Transaction, fax: Fax, wish: Resend) -> Sequence[Addressee]:
        if wish.to:
            return addressees(wish.to, wish.country)
        if fax.direction == "Inbound":
            raise WrongState("A received fax is forwarded: say to whom.")
        failed = [
            Addressee(each.number, each.name or "")
            for each in tx.faxes.recipients(fax.id)
            if each.status == "SendingFailed" and each.number
        ]
        if not failed:
            raise WrongState("It failed for nobody, so that RingCentral would not send it again.")
        return failed

    def _drafted(self, order: Order, mailbox: Mailbox) -> Sending:
        fax, now = order.fax, self.now()
        return Sending(
            id=self.new_id(),
            mailbox_id=mailbox.id,
            state="waiting",
            state_at=now,
            origin=order.origin,
            requested_by=order.by,
            requested_at=now,
            due_at=max(fax.send_at, now) if fax.send_at else now,
            send_at=fax.send_at,
            cover_index=fax.cover_index,
            cover_text=fax.cover_text,
            resolution=fax.resolution,
            country=fax.country,
            has_files=True,
        )

    def _kept(
        self,
        sending: Sending,
        to: Sequence[Addressee],
        rows: Sequence[SendingDocument],
        documents: Sequence[Document],
    ) -> list[SendingDocument]:
        with ExitStack() as opened:
            readers = (_opened(each, opened) for each in documents)
            sealed = self.files.put(sending.id, order_file(sending, to, rows), readers)
        if [each.size for each in sealed] != [each.size for each in documents]:
            self.files.remove(sending.id)
            raise UserError("A file was changed while it was read. Nothing is sent; try again.")
        return [replace(row, sha256=each.sha256) for row, each in zip(rows, sealed, strict=True)]

    def _entered(
        self,
        sending: Sending,
        to: Sequence[Addressee],
        documents: Sequence[SendingDocument],
        key: IdempotencyKey | None,
    ) -> Sending:
        try:
            with self.catalog.transaction() as tx:
                earlier = earlier_of(tx, key)
                if earlier is None:
                    tx.sendings.add(sending, to, documents, key)
                    request_sending(tx, sending, self.now())
                self.failpoint("before-order-commit")
        except KeyReused:
            self.files.remove(sending.id)
            raise
        if earlier is not None:
            self.files.remove(sending.id)
            return earlier
        self.failpoint("order-entered")
        return sending


def sending_mailbox(tx: Transaction, mailbox_id: str) -> Mailbox:
    """The mailbox that a fax goes from; "" for the only one. UserError when it is not clear."""
    present = tx.mailboxes.present()
    fitting = [each for each in present if mailbox_id in ("", each.id, each.extension_number)]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(f"{each.id} ({each.extension_number or each.name})" for each in present)
    problem = "There is no such mailbox to send from" if mailbox_id else "Say from which mailbox"
    raise UserError(f"{problem}. Known are: {known or 'none; run `faxkeep sync` first'}.")


def earlier_of(tx: Transaction, key: IdempotencyKey | None) -> Sending | None:
    """What was promised under this key before; KeyReused when that was another request."""
    known = tx.sendings.with_key(key) if key else None
    if known is None or key is None:
        return None
    sending, fingerprint = known
    if fingerprint != key.fingerprint:
        raise KeyReused("This idempotency key came with another request before. Use a new one.")
    return sending


def request_sending(tx: Transaction, sending: Sending, now: datetime) -> None:
    """Have a sending brought further when it is due, in the lane of the login that reads its
    mailbox.
    """
    mailbox = tx.mailboxes.get(sending.mailbox_id)
    place = Place(mailbox.login if mailbox else "", sending.due_at)
    tx.jobs.request(SEND, sending.id, max(sending.due_at, now), now, place)


def _row(place: int, document: Document, pages: int | None) -> SendingDocument:
    return SendingDocument(
        position=place,
        name=document.name,
        content_type=document.content_type,
        size=document.size,
        sha256="",
        pages=pages,
    )


def _opened(document: Document, opened: ExitStack) -> BinaryIO:
    """One document is open at a time."""
    opened.close()
    return opened.enter_context(document.open())
