"""A fax call in words: as the archive's record keeps it, and as people read it. Pure."""

import json

from archive import utc_text
from catalog import CallRow


def call_record(call: CallRow) -> dict[str, object]:
    """What the record of a sent fax says of one of its calls."""
    return {
        "call": call.id,
        "position": call.position,
        "joined_by": call.joined_by,
        "started_at": utc_text(call.started_at) if call.started_at else None,
        "seconds": call.seconds,
        "result": call.result,
        "reason": call.reason,
        "from": call.from_number,
        "to": call.to_number,
        "seen_at": utc_text(call.seen_at),
        "record": json.loads(call.raw),
    }
