"""Reads the archive's records back into the catalog's rows, which is all that a rebuild needs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from catalog import Aside, CallRow, DeliveryStep, DocumentRow, Fax, Recipient
from handlers.records import DIRECTIONS, DOCUMENT_FIELDS, compact


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
        raw=compact(source["record"]),
        origin=source["told_by"],
        found_by=source.get("found_by", ""),
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
            raw=compact(entry["record"]) if entry["record"] is not None else "",
        )
        for entry in record["steps"]
    ]


def calls_of_record(record: Mapping[str, Any]) -> list[CallRow]:
    return [
        CallRow(
            account_id=record["account"],
            id=entry["call"],
            mailbox_id=record["mailbox"],
            fax_id=record["fax"],
            position=entry["position"],
            joined_by=entry["joined_by"],
            direction=record["direction"],
            started_at=datetime.fromisoformat(entry["started_at"]) if entry["started_at"] else None,
            seconds=entry["seconds"],
            result=entry["result"],
            reason=entry["reason"],
            from_number=entry["from"],
            to_number=entry["to"],
            raw=compact(entry["record"]),
            seen_at=datetime.fromisoformat(entry["seen_at"]),
        )
        for entry in record.get("calls", ())
    ]


def documents_of_record(record: Mapping[str, Any]) -> list[DocumentRow]:
    return [
        DocumentRow(
            place, **{name: entry[name] for name in DOCUMENT_FIELDS}, source=entry.get("source", "")
        )
        for place, entry in enumerate(record["documents"])
    ]


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


def bare_fax(mailbox_id: str, told: Mapping[str, Any], at: datetime) -> Fax:
    """What little is told of a fax that was never archived; the next look tells the rest.

    A sent one counts as queued until then: it must not be archived as one without documents.
    """
    account_id, direction = mailbox_id.rpartition("-")[0], told["direction"]
    return Fax(
        id=f"{account_id}-{told['message']}",
        account_id=account_id,
        mailbox_id=mailbox_id,
        message_id=told["message"],
        direction=direction,
        message_status="Queued" if direction == "Outbound" else "Received",
        read_status="",
        availability="Alive",
        availability_at=at,
        created_at=datetime.fromisoformat(told["created_at"]),
        modified_at=None,
        pages=None,
        resolution=None,
        subject=None,
        from_number=None,
        from_name=None,
        raw=compact({"id": told["message"]}),
        origin="event",
        state="pending",
        state_reason="",
        state_at=at,
        folder=None,
        revision=0,
        version=0,
        unrecorded=False,
        first_seen_at=at,
    )


def refused_fax_of_record(record: Mapping[str, Any], aside: Aside) -> Fax:
    """All that refused bytes tell of a fax that was never archived."""
    direction = next(name for name, word in DIRECTIONS.items() if word == record["direction"])
    told = {**record, "message": record["message_id"], "direction": direction}
    bare = bare_fax(record["mailbox_id"], told, aside.at)
    return replace(bare, state="refused", state_reason=aside.reason)


def lost_fax_of_entry(entry: Mapping[str, Any], at: datetime) -> Fax:
    """All that the ledger tells of a fax that was lost."""
    return replace(
        bare_fax(entry["mailbox"], entry, at),
        message_status="",
        availability="Purged",
        origin=entry["told_by"],
        found_by=entry["found_by"],
        state="lost",
        state_reason=entry["evidence"]["cause"],
        evidence=compact(entry["evidence"]),
        first_seen_at=datetime.fromisoformat(entry["evidence"]["known_since"]),
    )
