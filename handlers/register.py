"""Registers of faxes, for audits: one row for each fax and recipient, as CSV or JSON, streamed.

The first columns have the names, and the order, of RingCentral's own trigger "New Fax Received"
for Zapier (ringcentral.github.io/ringcentral-integration-docs/zapier/new-fax-received); those
after them are ours. docs/reference/register.md tells what each holds.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, BinaryIO

from archive import utc_text
from catalog import (
    Beside,
    Catalog,
    DocumentRow,
    Fax,
    FaxQuery,
    LoggedCall,
    Recipient,
    Transaction,
)
from errors import UserError
from handlers.evidence_parts import FAILED
from handlers.export import Encoded, all_faxes, harmless_cell
from ringcentral_api import failure_reason

Row = dict[str, Any]
NOBODY = Recipient()
AT_ONCE = 1000
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


@dataclass(frozen=True)
class Register:
    """Lists the faxes of some days, the oldest first; needs no key.

    Of one day so many are read at once; one with more is read hour by hour.
    """

    catalog: Catalog
    at_once: int = AT_ONCE

    def rows(self, days: tuple[date, date], query: FaxQuery) -> Iterator[Row]:
        """A row for each fax of these UTC days (both included) and each of its recipients.

        All of one moment, however long the reading takes. Of the query, what is said of time and
        pages does not count.

        Raises:
            UserError: the last day comes before the first.
        """
        if days[0] > days[1]:
            raise UserError("The first day must not come after the last one.")
        with self.catalog.reading() as tx:
            names = {each.id: each.name for each in tx.mailboxes.all()}
            for window in _windows(tx, days, replace(query, limit=self.at_once)):
                yield from _rows_of_window(tx, window, names)


def write_csv(rows: Iterable[Row], into: BinaryIO) -> int:
    """Write rows as CSV (RFC 4180, UTF-8) that no spreadsheet takes for formulas; how many."""
    writer = csv.writer(Encoded(into))
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        flat = row | _flat(row["attachments"])
        writer.writerow([harmless_cell(_cell(flat[name])) for name in COLUMNS])
        count += 1
    return count


def write_json(rows: Iterable[Row], into: BinaryIO) -> int:
    """Write rows as one JSON array (UTF-8), a row a line; how many."""
    count = 0
    for row in rows:
        into.write(b",\n" if count else b"[\n")
        # Half a character (a lone surrogate) has no UTF-8; its escape is JSON all the same.
        into.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace"))
        count += 1
    into.write(b"\n]\n" if count else b"[]\n")
    return count


def _windows(
    tx: Transaction, days: tuple[date, date], query: FaxQuery
) -> Iterator[tuple[FaxQuery, Sequence[Fax]]]:
    """Spans of time in their order, none with many faxes, and the faxes of each in theirs."""
    for number in range((days[1] - days[0]).days + 1):
        begin = datetime.combine(days[0] + timedelta(days=number), time(), UTC)
        day = replace(query, since=begin, until=begin + timedelta(days=1))
        found = tx.faxes.list(day)
        if len(found) < query.limit:
            yield day, found[::-1]
            continue
        for hour in range(24):
            since = begin + timedelta(hours=hour)
            one = replace(day, since=since, until=since + timedelta(hours=1))
            yield one, list(all_faxes(tx, one))[::-1]


def _rows_of_window(
    tx: Transaction, window: tuple[FaxQuery, Sequence[Fax]], names: Mapping[str, str]
) -> Iterator[Row]:
    span, faxes = window
    if not faxes or span.since is None or span.until is None:
        return
    beside = tx.registers.beside(span.since, span.until)
    for fax in faxes:
        yield from rows_of(fax, beside, names.get(fax.mailbox_id, ""))


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


def _flat(attachments: Sequence[Row]) -> Row:
    """What is told of several documents, in their order, in one cell each."""
    return {
        column: " ".join(_cell(each[name]) for each in attachments)
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


def _cell(value: object) -> str:
    return "" if value is None else str(value)
