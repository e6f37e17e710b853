"""What an evidence tells of a fax: the content of evidence.json, from what was gathered. Pure.

docs/reference/evidence-format.md describes it.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive import LedgerLine, utc_text
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
from handlers.losses import told_evidence
from ringcentral_api import failure_reason, reason_of_call

OURS = "this installation's clock"
LEDGER = "this installation's clock, in a signed line of the ledger"
THEIRS = "RingCentral"
FAILED = ("SendingFailed", "DeliveryFailed")
WENT_WELL = ("Sent", "Received")
"""Results of calls."""
STATES = {
    "archived": "Archived: its document was checked, encrypted and entered in the ledger.",
    "pending": "Not archived yet: it is known, but its document was not fetched so far.",
    "refused": "Not archived: what RingCentral gave was not a whole, true document.",
    "lost": "Lost: RingCentral deleted it before it could be fetched.",
}


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


def facts_of(gathered: Gathered, making: Making) -> dict[str, object]:
    """Everything that evidence.json says, but for its format."""
    fax, record = gathered.fax, gathered.record
    return {
        "fax": fax.id,
        "made_at": utc_text(making.at),
        "made_by": making.by,
        "note": making.note,
        "chain": making.chain,
        "state": {
            "is": fax.state,
            "reason": fax.state_reason,
            "since": utc_text(fax.state_at),
            "words": STATES[fax.state],
        },
        "about": _about(gathered),
        "recipients": list(_recipients(gathered)),
        "steps": [
            {
                **step,
                "reason_in_words": _words(step["error_code"]),
                "recorded": step in making.recorded,
            }
            for step in record["steps"]
        ],
        "documents": _documents(gathered, making),
        "records": [_sealed(seq, each) for seq, each in making.sealed],
        "handed_over": _handed(gathered.handed) if gathered.handed else None,
        "calls": [
            {**call, "reason_in_words": _outcome(call), "recorded": call in making.recorded}
            for call in record["calls"]
        ],
        "refused": [_aside(aside) for aside in gathered.asides],
        "loss": told_evidence(fax) or None,
        "times": list(_times(gathered, making)),
        "clock": _clock(gathered),
        "proven": list(_proven(gathered)),
        "not_proven": list(_not_proven(gathered, making)),
        "source": record["source"],
    }


def _about(gathered: Gathered) -> dict[str, object]:
    names = [
        "account",
        "mailbox",
        "message",
        "direction",
        "message_status",
        "availability",
        "pages",
        "resolution",
        "subject",
        "from",
    ]
    mailbox = gathered.mailbox
    return {name: gathered.record[name] for name in names} | {
        "mailbox_name": mailbox.name if mailbox else "",
        "extension_number": mailbox.extension_number if mailbox else "",
    }


def _recipients(gathered: Gathered) -> Iterator[dict[str, object]]:
    last = {step.position: step for step in gathered.steps}
    for position, recipient in enumerate(gathered.recipients):
        step = last.get(position)
        failed = recipient.status in FAILED or bool(recipient.error_code)
        reason = failure_reason(recipient.error_code) if failed else None
        yield {
            "position": position,
            "number": recipient.number,
            "name": recipient.name,
            "status": recipient.status,
            "status_seen_at": utc_text(step.seen_at) if step and recipient.status else None,
            "error_code": recipient.error_code,
            "reason": reason.words if reason else None,
            "advice": reason.advice if reason else None,
        }


def _words(error_code: str | None) -> str | None:
    return failure_reason(error_code).words if error_code else None


def _outcome(call: Mapping[str, Any]) -> str | None:
    """Why a call failed, in words; None of one that did not."""
    if call["result"] in WENT_WELL:
        return None
    return reason_of_call(call["result"], call["reason"]).words


def _documents(gathered: Gathered, making: Making) -> list[dict[str, object]]:
    return [
        {
            "file": entry.name,
            "sha256": entry.sha256,
            "size": entry.size,
            "kind": row.kind,
            "pages": row.pages,
            "content_type": row.content_type,
            "attachment_id": row.attachment_id,
            "archived_as": row.name,
            "note": row.note,
            "came_from": row.source or THEIRS,
        }
        for row, entry in zip(gathered.documents, making.documents, strict=True)
    ]


def _sealed(seq: int, sealed: SealedRecord) -> dict[str, object]:
    return {
        "file": f"records/{sealed.name}",
        "revision": sealed.record["revision"],
        "line": seq,
        "key": base64.b64encode(sealed.key).decode(),
    }


def _handed(handed: Handed) -> dict[str, object]:
    sending = handed.sending
    moments = {name: getattr(sending, name) for name in ("requested_at", "due_at", "attempted_at")}
    return {
        "sending": sending.id,
        "state": sending.state,
        "origin": sending.origin,
        "requested_by": sending.requested_by,
        **{name: utc_text(at) if at else None for name, at in moments.items()},
        "state_at": utc_text(sending.state_at),
        "attempts": sending.attempts,
        "decided_by": sending.decided_by,
        "original_message": sending.original_message_id,
        "cover_index": sending.cover_index,
        "cover_text": sending.cover_text,
        "resolution": sending.resolution,
        "to": [{"number": each.number, "name": each.name} for each in handed.to],
        "documents": [vars(each) for each in handed.documents],
    }


def _aside(aside: Aside) -> dict[str, object]:
    names = ("sha256", "size", "reason", "detail")
    return {name: getattr(aside, name) for name in names} | {"at": utc_text(aside.at)}


def _clock(gathered: Gathered) -> dict[str, object] | None:
    if gathered.skew is None:
        return None
    seconds, at = gathered.skew
    return {"ringcentral_ahead_seconds": round(seconds, 3), "measured_at": utc_text(at)}


def _times(gathered: Gathered, making: Making) -> Iterator[dict[str, str]]:
    fax = gathered.fax
    told: list[tuple[str, datetime | None, str]] = []
    if handed := gathered.handed:
        told.append(("asked for, to be sent", handed.sending.requested_at, OURS))
        told.append(("last handed over to RingCentral", handed.sending.attempted_at, OURS))
    told.append(("created at RingCentral", fax.created_at, f"{THEIRS} (creationTime)"))
    told.append(("first known here", fax.first_seen_at, OURS))
    told.append(("last changed there", fax.modified_at, f"{THEIRS} (lastModifiedTime)"))
    yield from (
        {"what": what, "at": utc_text(at), "source": source} for what, at, source in told if at
    )
    for call in gathered.record["calls"]:
        if call["started_at"]:
            source = f"{THEIRS}'s call log (startTime)"
            yield {"what": "call began", "at": call["started_at"], "source": source}
    for line in gathered.lines:
        what = _EVENTS.get(str(line.entry.get("kind")), "entered in the ledger")
        yield {"what": what, "at": line.at, "source": LEDGER}
    yield {"what": "this evidence made", "at": utc_text(making.at), "source": OURS}


_EVENTS = {
    "archived": "archived",
    "amended": "record amended",
    "aside": "bytes refused and set aside",
    "lost": "loss entered",
}


def _proven(gathered: Gathered) -> Iterator[str]:
    yield "Nothing in this ZIP has changed since it was signed with the ledger's key."
    fax = gathered.fax
    if fax.state == "archived" and gathered.documents:
        yield (
            "The document is, byte for byte, the one whose SHA-256 was entered in the ledger when"
            " the fax was archived."
        )
    if fax.state == "archived":
        yield (
            "The delivery steps marked as recorded stand in sealed records that the ledger's lines"
            " name; the keys that open them are here."
        )
    if fax.state == "lost":
        yield "The loss was entered in the ledger, with what RingCentral answered."
    if gathered.asides:
        yield "Bytes that failed the check were set aside and entered in the ledger."


def _not_proven(gathered: Gathered, making: Making) -> Iterator[str]:
    fax = gathered.fax
    yield "That what RingCentral told is true: states, numbers, names and its times are its word."
    yield (
        "That the times of this installation are right, and that the holder of the ledger's key did"
        " not write the ledger anew: against that stands a line noted elsewhere before."
    )
    if fax.direction == "Outbound":
        yield "Who took the fax from the recipient's machine, or whether anybody read it."
    if fax.state != "archived":
        yield f"The document: there is none here, for the fax is {fax.state}."
        if not gathered.lines:
            yield "Its place in the ledger: it has none yet. All of this is as known when made."
    elif not gathered.documents:
        yield "What was to be faxed: RingCentral gave no document of it."
    known = [*gathered.record["steps"], *gathered.record["calls"]]
    unrecorded = sum(each not in making.recorded for each in known)
    if fax.state == "archived" and unrecorded:
        yield f"That {unrecorded} steps or calls stand in the ledger: they were seen afterwards."
    for row in gathered.documents:
        if row.source:
            yield f"That RingCentral gave {row.name}: it came from {row.source}."
