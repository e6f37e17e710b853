"""Translates between RingCentral's message, the catalog's fax and the archive's record.

The archive's record is what `fax.json.age` holds; docs/archive-format.md describes it. Reading it
back gives the catalog's rows again, which is all that a rebuild needs.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from archive import Document, FaxAddress, LedgerLine, utc_text
from catalog import (
    Aside,
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
from ringcentral_api import Attachment, Message

GONE = ("Purged",)
DIRECTIONS = {"Inbound": "inbound", "Outbound": "outbound"}


def fax_id_of(mailbox: Mailbox, message_id: str) -> str:
    return f"{mailbox.account_id}-{message_id}"


def new_fax(mailbox: Mailbox, message: Message, origin: str, now: datetime) -> NewFax:
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
        created_at=message.created_at or message.modified_at or now,
        modified_at=message.modified_at,
        raw=_compact(message.raw),
        origin=origin,
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
            raw=_compact(raw[place]) if place < len(raw) else "",
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
    """Whether there is something to fetch; a queued fax may have no document yet."""
    if fax is None or fax.state not in ("pending", "refused") or fax.availability in GONE:
        return False
    return fax.direction == "Inbound" or fax.message_status != "Queued"


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
        "first_seen_at": utc_text(fax.first_seen_at),
        "source": {"system": "RingCentral", "told_by": fax.origin, "record": json.loads(fax.raw)},
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


def fax_of_record(record: Mapping[str, Any], folder: str, archived_at: datetime) -> Fax:
    """The catalog's row of an archived fax, read back from its record."""
    source = record["source"]
    return Fax(
        id=record["fax"],
        account_id=record["account"],
        mailbox_id=record["mailbox"],
        message_id=record["message"],
        direction=record["direction"],
        message_status=record["message_status"],
        read_status=record["read_status"],
        availability=record["availability"],
        availability_at=datetime.fromisoformat(record["availability_at"]),
        created_at=datetime.fromisoformat(record["created_at"]),
        modified_at=datetime.fromisoformat(record["modified_at"])
        if record["modified_at"]
        else None,
        pages=record["pages"],
        resolution=record["resolution"],
        subject=record["subject"],
        from_number=record["from"]["number"],
        from_name=record["from"]["name"],
        raw=_compact(source["record"]),
        origin=source["told_by"],
        state="archived",
        state_reason="",
        state_at=archived_at,
        folder=folder,
        revision=record["revision"],
        version=record["revision"],
        unrecorded=False,
        first_seen_at=datetime.fromisoformat(record["first_seen_at"]),
    )


def recipients_of_record(record: Mapping[str, Any]) -> list[Recipient]:
    return [
        Recipient(
            recipient_id=entry["recipient"],
            number=entry["number"],
            name=entry["name"],
            status=entry["status"],
            error_code=entry["error_code"],
        )
        for entry in record["recipients"]
    ]


def steps_of_record(record: Mapping[str, Any]) -> list[DeliveryStep]:
    return [
        DeliveryStep(
            position=entry["position"],
            step=entry["step"],
            status=entry["status"],
            error_code=entry["error_code"],
            seen_at=datetime.fromisoformat(entry["seen_at"]),
            raw=_compact(entry["record"]) if entry["record"] is not None else "",
        )
        for entry in record["steps"]
    ]


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
        )
        for place, (document, name) in enumerate(zip(documents, names, strict=True))
    ]


def documents_of_record(record: Mapping[str, Any]) -> list[DocumentRow]:
    return [
        DocumentRow(place, **{name: entry[name] for name in DOCUMENT_FIELDS})
        for place, entry in enumerate(record["documents"])
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
    """A document as `fax.json` and the ledger describe it."""
    return {name: getattr(row, name) for name in DOCUMENT_FIELDS}


def aside_of_record(record: Mapping[str, Any], fax_id: str, folder: str) -> Aside:
    """The catalog's row of refused bytes, read back from the archive's note beside them."""
    return Aside(
        fax_id=fax_id,
        sha256=record["sha256"],
        folder=folder,
        reason=record["reason"],
        detail=record["detail"],
        size=record["size"],
        at=datetime.fromisoformat(record["at"]),
    )


def refused_fax_of_record(record: Mapping[str, Any], aside: Aside) -> Fax:
    """All that refused bytes tell of a fax that was never archived; the next look tells the rest.

    A sent one counts as queued until then: it must not be archived as one without documents.
    """
    direction = next(name for name, word in DIRECTIONS.items() if word == record["direction"])
    return Fax(
        id=aside.fax_id,
        account_id=aside.fax_id.rsplit("-", 1)[0],
        mailbox_id=record["mailbox_id"],
        message_id=record["message_id"],
        direction=direction,
        message_status="Queued" if direction == "Outbound" else "Received",
        read_status="",
        availability="Alive",
        availability_at=aside.at,
        created_at=datetime.fromisoformat(record["created_at"]),
        modified_at=None,
        pages=None,
        resolution=None,
        subject=None,
        from_number=None,
        from_name=None,
        raw=_compact({"id": record["message_id"]}),
        origin="event",
        state="refused",
        state_reason=aside.reason,
        state_at=aside.at,
        folder=None,
        revision=0,
        version=0,
        unrecorded=False,
        first_seen_at=aside.at,
    )


def ledger_row(line: LedgerLine) -> LedgerRow:
    """A ledger line as the catalog keeps it."""
    return LedgerRow(
        seq=line.seq,
        at=datetime.fromisoformat(line.at),
        kind=str(line.entry["kind"]),
        fax_id=str(line.entry["fax"]),
        hash=line.hash,
        line=line.text,
    )


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
