"""The call log: each fax call that was made, whatever became of the fax. A second witness.

developers.ringcentral.com: readCompanyCallLog, readUserCallLog. Both count as Heavy.
"""

from dataclasses import dataclass, field
from datetime import datetime

from ringcentral_api.calls import HEAVY, Call
from ringcentral_api.directory import ACCOUNT, LARGEST_PAGE, records_of
from ringcentral_api.reading import Json, digits, inner, moment, number, spelled, text


@dataclass(frozen=True)
class CallRecord:
    """One fax call; `message_id` is the fax it left, "" for none or untold.

    `seconds` is its duration, `result` and `reason` are RingCentral's words, `raw` is its JSON.
    """

    id: str
    message_id: str
    extension_id: str
    direction: str
    started_at: datetime | None
    seconds: float | None
    result: str
    reason: str
    sender: str = field(repr=False)
    target: str = field(repr=False)
    raw: Json = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class CallQuery:
    """The fax calls that began between two moments; of the whole company, or of one extension."""

    date_from: datetime
    date_to: datetime
    extension_id: str = ""


def calls_call(server_url: str, query: CallQuery) -> Call:
    """List them in pages; both dates are always sent, the default is one day only."""
    owner = f"/extension/{query.extension_id}" if query.extension_id else ""
    params = (
        ("type", "Fax"),
        ("view", "Simple"),
        ("perPage", str(LARGEST_PAGE)),
        ("dateFrom", spelled(query.date_from)),
        ("dateTo", spelled(query.date_to)),
    )
    return Call("GET", f"{server_url}{ACCOUNT}{owner}/call-log", HEAVY, params)


def calls_from(answer: object) -> list[CallRecord]:
    """The calls of one page."""
    return list(map(_record, records_of(answer)))


def _record(record: Json) -> CallRecord:
    milliseconds = number(record.get("durationMs"))
    seconds = number(record.get("duration")) if milliseconds is None else milliseconds / 1000
    return CallRecord(
        id=text(record.get("id")) or "",
        message_id=digits(inner(record.get("message")).get("id")) or "",
        extension_id=digits(inner(record.get("extension")).get("id")) or "",
        direction=text(record.get("direction")) or "",
        started_at=moment(record.get("startTime")),
        seconds=seconds,
        result=text(record.get("result")) or "",
        reason=text(record.get("reason")) or "",
        sender=text(inner(record.get("from")).get("phoneNumber")) or "",
        target=text(inner(record.get("to")).get("phoneNumber")) or "",
        raw=record,
    )
