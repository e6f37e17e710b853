"""Translates RingCentral's message into the catalog's fax, and that into the archive's record.

The archive's record is what `fax.json.age` holds; docs/archive-format.md describes it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from archive import Document, FaxAddress, LedgerLine, utc_text
from catalog import (
    DeliveryStep,
    DocumentRow,
    Fax,
    LedgerRow,
    Mailbox,
    NewFax,
    Recipient,
    Transaction,
)
from errors import FaxkeepError
from handlers.call_telling import call_record
from ringcentral_api import Attachment, Message

GONE = ("Purged",)
DIRECTIONS = {"Inbound": "inbound", "Outbound": "outbound"}


def fax_id_of(mailbox: Mailbox, message_id: str) -> str:
    return f"{mailbox.account_id}-{message_id}"


@dataclass(frozen=True)
class Told:
    """Who tells us of a message, by what we came to hear of it, and when; see NewFax."""

    origin: str
    found_by: str
    at: datetime


def new_fax(mailbox: Mailbox, message: Message, told: Told) -> NewFax:
    """The catalog's view of a message; one without direction or time is kept all the same."""
    sender = message.sender
    return NewFax(
        account_id=mailbox.account_id,
        mailbox_id=mailbox.id,
        message_id=message.id,
        direction=_direction(message),
        message_status=message.message_status or "",
        read_status=message.read_status or "",
        availability=message.availability or "Alive",
        created_at=message.created_at or message.modified_at or told.at,
        modified_at=message.modified_at,
        raw=compact(message.raw),
        origin=told.origin,
        found_by=told.found_by,
        pages=message.pages,
        resolution=message.resolution,
        subject=message.subject,
        from_number=sender.number if sender else None,
        from_name=sender.name if sender else None,
        recipients=_recipients(message),
    )


def _direction(message: Message) -> str:
    if message.direction in DIRECTIONS:
        return message.direction
    return "Inbound" if message.message_status == "Received" else "Outbound"


def _recipients(message: Message) -> tuple[Recipient, ...]:
    listed = message.raw.get("to")
    raw = listed if isinstance(listed, list) else []
    return tuple(
        Recipient(
            recipient_id=entry.recipient_id,
            number=entry.number,
            name=entry.name,
            status=entry.status,
            error_code=entry.error_code,
            raw=compact(raw[place]) if place < len(raw) else "",
        )
        for place, entry in enumerate(message.recipients)
    )


def message_of(fax: Fax) -> Message:
    """The message as RingCentral last told it."""
    return Message.from_json(json.loads(fax.raw))


def attachments_to_keep(message: Message) -> Sequence[Attachment]:
    """The documents as they were faxed; where RingCentral names none rendered, all it names."""
    fetchable = [attachment for attachment in message.attachments if attachment.uri]
    rendered = [a for a in fetchable if a.type == "RenderedDocument"]
    return rendered or fetchable


def is_due(fax: Fax | None) -> bool:
    """Whether there is something to fetch; a queued fax may have no document yet.

    RingCentral never told of one that was only imported.
    """
    if fax is None or fax.origin == "import" or fax.availability in GONE:
        return False
    if fax.state not in ("pending", "refused"):
        return False
    return not is_queued(fax)


def is_queued(fax: Fax) -> bool:
    """Whether RingCentral is still sending it, as far as we know."""
    return fax.direction != "Inbound" and fax.message_status == "Queued"


def needs_work(fax: Fax | None) -> bool:
    """Whether there is something to fetch, or news that the archive's record does not tell yet."""
    return is_due(fax) or (fax is not None and fax.unrecorded)


def address_of(fax: Fax) -> FaxAddress:
    return FaxAddress(
        mailbox_id=fax.mailbox_id,
        direction=DIRECTIONS[fax.direction],
        message_id=fax.message_id,
        created_at=fax.created_at,
    )


def known_fax(tx: Transaction, fax_id: str) -> Fax:
    """The fax; FaxkeepError when a job names one that the catalog does not know."""
    fax = tx.faxes.get(fax_id)
    if fax is None:
        raise FaxkeepError("A job names a fax that the catalog does not know.")
    return fax


def archive_record(tx: Transaction, fax: Fax) -> dict[str, object]:
    """What `fax.json` says of a fax, but for its documents, format and revision."""
    return {
        "fax": fax.id,
        "account": fax.account_id,
        "mailbox": fax.mailbox_id,
        "message": fax.message_id,
        "direction": fax.direction,
        "message_status": fax.message_status,
        "read_status": fax.read_status,
        "availability": fax.availability,
        "availability_at": utc_text(fax.availability_at),
        "created_at": utc_text(fax.created_at),
        "modified_at": utc_text(fax.modified_at) if fax.modified_at else None,
        "pages": fax.pages,
        "resolution": fax.resolution,
        "subject": fax.subject,
        "from": {"number": fax.from_number, "name": fax.from_name},
        "recipients": [_recipient_record(recipient) for recipient in tx.faxes.recipients(fax.id)],
        "steps": [_step_record(step) for step in tx.faxes.steps(fax.id)],
        "calls": [call_record(call) for call in tx.call_records.of(fax.id)],
        "first_seen_at": utc_text(fax.first_seen_at),
        "source": {
            "system": "RingCentral",
            "told_by": fax.origin,
            "found_by": fax.found_by,
            "record": json.loads(fax.raw),
        },
    }


def _recipient_record(recipient: Recipient) -> dict[str, object]:
    return {
        "recipient": recipient.recipient_id,
        "number": recipient.number,
        "name": recipient.name,
        "status": recipient.status,
        "error_code": recipient.error_code,
    }


def _step_record(step: DeliveryStep) -> dict[str, object]:
    return {
        "position": step.position,
        "step": step.step,
        "status": step.status,
        "error_code": step.error_code,
        "seen_at": utc_text(step.seen_at),
        "record": json.loads(step.raw) if step.raw else None,
    }


def document_rows(documents: Sequence[Document], names: Sequence[str]) -> list[DocumentRow]:
    """The catalog's rows of documents published under these names."""
    return [
        DocumentRow(
            position=place,
            attachment_id=document.attachment_id,
            name=name,
            sha256=document.facts.sha256,
            size=document.facts.size,
            content_type=document.content_type,
            kind=document.facts.kind,
            pages=document.facts.pages,
            note=document.facts.note,
            source=document.source,
        )
        for place, (document, name) in enumerate(zip(documents, names, strict=True))
    ]


DOCUMENT_FIELDS = (
    "attachment_id",
    "name",
    "sha256",
    "size",
    "content_type",
    "kind",
    "pages",
    "note",
)


def document_record(row: DocumentRow) -> dict[str, object]:
    """A document as `fax.json` and the ledger describe it; the usual source is left out."""
    source = {"source": row.source} if row.source else {}
    return {name: getattr(row, name) for name in DOCUMENT_FIELDS} | source


def ledger_row(line: LedgerLine) -> LedgerRow:
    """A ledger line as the catalog keeps it."""
    return LedgerRow(
        seq=line.seq,
        at=datetime.fromisoformat(line.at),
        kind=str(line.entry["kind"]),
        fax_id=str(line.entry.get("fax", "")),
        hash=line.hash,
        line=line.text,
    )


def compact(value: object) -> str:
    """JSON in one form, so that equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
