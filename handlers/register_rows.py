"""The rows of a register: what is told of each fax and recipient, by which names. Pure.

The first columns have the names, and the order, of RingCentral's own trigger "New Fax Received"
for Zapier (ringcentral.github.io/ringcentral-integration-docs/zapier/new-fax-received); those
after them are ours. docs/reference/register.md tells what each holds.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive import utc_text
from catalog import Beside, DocumentRow, Fax, LoggedCall, Recipient
from handlers.evidence_parts import FAILED
from ringcentral_api import failure_reason

Row = dict[str, Any]
NOBODY = Recipient()
ATTACHMENT = {
    "attachmentId": "id",
    "attachmentType": "type",
    "attachmentContentType": "contentType",
    "attachmentFilename": "filename",
    "attachmentSize": "size",
    "documentSha256": "sha256",
}
"""Columns of the CSV, and what each takes of every document."""
BEFORE = (
    "id",
    "creationTime",
    "direction",
    "faxPageCount",
    "faxResolution",
    "lastModifiedTime",
    "messageContent",
    "messageStatus",
    "priority",
    "readStatus",
    "subject",
    "from",
    "fromExtensionNumber",
    "fromName",
    "fromPhoneNumber",
    "to",
    "toExtensionNumber",
    "toName",
    "toPhoneNumber",
)
AFTER = (
    "recipientPosition",
    "recipientStatus",
    "recipientStatusSeenAt",
    "faxErrorCode",
    "failureReason",
    "callStartTime",
    "callDuration",
    "callResult",
    "coverPageText",
    "mailbox",
    "mailboxName",
    "faxkeepId",
    "archiveState",
    "archiveReason",
    "archiveStateAt",
    "ledgerLine",
    "sendingId",
    "requestedBy",
)
COLUMNS = (*BEFORE, *ATTACHMENT, *AFTER)


def rows_of(fax: Fax, beside: Beside, mailbox_name: str = "") -> Iterator[Row]:
    """The rows of one fax; one without recipients has one row."""
    record = _record(fax)
    listed = record.get("to")
    raw = listed if isinstance(listed, list) else []
    first = _common(fax, beside, record) | {"mailboxName": mailbox_name or None}
    is_sent = fax.direction != "Inbound"
    calls = beside.calls.get(fax.id, ()) if is_sent else ()
    for place, recipient in enumerate(beside.recipients.get(fax.id) or [NOBODY]):
        told = raw[place] if place < len(raw) and isinstance(raw[place], dict) else {}
        row = first | _recipient(recipient, told) | _call(calls, place)
        seen_at = beside.seen.get((fax.id, place)) if is_sent else None
        row["recipientPosition"] = place + 1
        row["recipientStatusSeenAt"] = utc_text(seen_at) if seen_at else None
        yield {name: row[name] for name in (*BEFORE, "attachments", *AFTER)}


def _common(fax: Fax, beside: Beside, record: Mapping[str, Any]) -> Row:
    sending_id, requested_by = beside.sendings.get(fax.id, (None, None))
    sender = record.get("from")
    extension = sender.get("extensionNumber") if isinstance(sender, dict) else None
    return {
        "id": fax.message_id,
        "creationTime": utc_text(fax.created_at),
        "direction": fax.direction,
        "faxPageCount": fax.pages or None,
        "faxResolution": fax.resolution,
        "lastModifiedTime": utc_text(fax.modified_at) if fax.modified_at else None,
        "messageContent": fax.subject,
        "messageStatus": fax.message_status or None,
        "priority": _text(record.get("priority")),
        "readStatus": fax.read_status or None,
        "subject": fax.subject,
        "from": _party(fax.from_number, fax.from_name),
        "fromExtensionNumber": _text(extension),
        "fromName": fax.from_name,
        "fromPhoneNumber": fax.from_number,
        "attachments": [_attachment(row) for row in beside.documents.get(fax.id, ())],
        "coverPageText": _text(record.get("coverPageText")),
        "mailbox": fax.mailbox_id,
        "faxkeepId": fax.id,
        "archiveState": fax.state,
        "archiveReason": fax.state_reason or None,
        "archiveStateAt": utc_text(fax.state_at),
        "ledgerLine": beside.lines.get(fax.id),
        "sendingId": sending_id,
        "requestedBy": requested_by,
    }


def _recipient(recipient: Recipient, told: Mapping[str, Any]) -> Row:
    failed = recipient.status in FAILED or bool(recipient.error_code)
    return {
        "to": _party(recipient.number, recipient.name),
        "toExtensionNumber": _text(told.get("extensionNumber")),
        "toName": recipient.name,
        "toPhoneNumber": recipient.number,
        "recipientStatus": recipient.status,
        "faxErrorCode": recipient.error_code,
        "failureReason": failure_reason(recipient.error_code).words if failed else None,
    }


def _call(calls: Sequence[LoggedCall], place: int) -> Row:
    """The last call to this recipient; one that is not known to be another's counts as well."""
    made = [each for each in calls if each.position in (place, None)]
    last = made[-1] if made else None
    return {
        "callStartTime": utc_text(last.started_at) if last and last.started_at else None,
        "callDuration": last.seconds if last else None,
        "callResult": last.result or None if last else None,
    }


def _attachment(row: DocumentRow) -> Row:
    return {
        "id": row.attachment_id,
        "type": "RenderedDocument" if not row.source else row.source,
        "contentType": row.content_type,
        "filename": row.name.removesuffix(".age"),
        "size": row.size,
        "sha256": row.sha256,
    }


def flat(attachments: Sequence[Row]) -> Row:
    """What is told of several documents, in their order, in one cell each."""
    return {
        column: " ".join(cell_of(each[name]) for each in attachments)
        for column, name in ATTACHMENT.items()
    }


def _record(fax: Fax) -> Mapping[str, Any]:
    try:
        record = json.loads(fax.raw)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _party(number: str | None, name: str | None) -> str | None:
    return f"{number} ({name})" if number and name else number or name


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, str | int) else None


def cell_of(value: object) -> str:
    return "" if value is None else str(value)
