"""A notice as a program reads it: the JSON of webhooks and commands. Pure."""

import json
from datetime import UTC, datetime

from notifications.notice import TYPES, Notice
from notifications.words import words


def payload(notice: Notice) -> bytes:
    """One JSON object in UTF-8 without needless space, in the Standard Webhooks' structure.

    `timestamp` is when the outcome came to be known, whenever it is delivered. Facts that are not
    known yet are null; what the outcome has not is left out.
    """
    said = words(notice)
    references = {
        "outcome": notice.outcome,
        "mailbox": notice.mailbox,
        "mailbox_name": notice.mailbox_name,
        "fax": notice.fax,
        "direction": notice.direction,
        "number": notice.number,
        "link": notice.link,
    }
    data = {
        **{name: value for name, value in references.items() if value},
        **notice.facts,
        "subject": said.subject,
        "text": said.text,
    }
    told = {
        "id": notice.id,
        "type": TYPES[notice.kind],
        "timestamp": utc_text(notice.at),
        "data": data,
    }
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()


def utc_text(moment: datetime) -> str:
    """`2026-11-23T08:15:30.123Z`."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
