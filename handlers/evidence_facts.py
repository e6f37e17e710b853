"""What an evidence tells of a fax: the content of evidence.json, from what was gathered. Pure.

docs/reference/evidence-format.md describes it.
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from archive import utc_text
from archive.evidence import SealedRecord
from catalog import Aside
from handlers.evidence_parts import FAILED, Gathered, Handed, Making
from handlers.evidence_words import CALL_LOG, OURS, STATES, THEIRS, not_proven, proven, times
from handlers.losses import told_evidence
from ringcentral_api import failure_reason, reason_of_call

WENT_WELL = ("Sent", "Received")
"""Results of calls."""


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
        "recorded": fax.state == "archived" and not fax.unrecorded,
        "about": _about(gathered),
        "recipients": list(_recipients(gathered)),
        "steps": [
            {
                **step,
                "reason_in_words": _words(step["error_code"]),
                "seen_at_by": OURS,
                "recorded": step in making.recorded,
            }
            for step in record["steps"]
        ],
        "documents": _documents(gathered, making),
        "records": [_sealed(seq, each) for seq, each in making.sealed],
        "handed_over": _handed(gathered.handed) if gathered.handed else None,
        "calls": [
            {
                **call,
                "reason_in_words": _outcome(call),
                "started_at_by": CALL_LOG,
                "seen_at_by": OURS,
                "recorded": call in making.recorded,
            }
            for call in record["calls"]
        ],
        "refused": [_aside(aside) for aside in gathered.asides],
        "loss": told_evidence(fax) or None,
        "times": list(times(gathered, making)),
        "clock": _clock(gathered),
        "proven": list(proven(gathered)),
        "not_proven": list(not_proven(gathered, making)),
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
