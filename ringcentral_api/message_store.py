"""The calls that read the message store, and what a list or a sync answers; none can write."""

import re
from dataclasses import dataclass
from datetime import datetime

from errors import NotFound, Unreachable
from ringcentral_api.calls import LIGHT, Call
from ringcentral_api.messages import Message
from ringcentral_api.reading import Json, as_object, inner, spelled, text

LARGEST_PAGE = 1000
_EXTENSION = re.compile(r"~|[0-9]{1,20}")
_MESSAGE = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True)
class MessageQuery:
    """Faxes created between two moments; without `availability` RingCentral hides deleted ones."""

    date_from: datetime
    date_to: datetime | None = None
    direction: str | None = None
    availability: tuple[str, ...] = ()


@dataclass(frozen=True)
class FullSync:
    """The frame of a full synchronization; the sync token it returns carries the frame on."""

    date_from: datetime
    date_to: datetime | None = None
    record_count: int = 250


@dataclass(frozen=True)
class SyncResult:
    """What a sync told; `sync_type` may be FSync in spite of a token: then it is complete."""

    records: tuple[Message, ...]
    sync_token: str
    sync_type: str | None
    older_records_exist: bool


def list_call(server_url: str, extension_id: str, query: MessageQuery) -> Call:
    """List faxes; `dateFrom` is always sent, RingCentral's default is one day only."""
    optional = {
        "dateTo": query.date_to and spelled(query.date_to),
        "direction": query.direction,
    }
    params = (
        ("messageType", "Fax"),
        ("perPage", str(LARGEST_PAGE)),
        ("dateFrom", spelled(query.date_from)),
        *((key, value) for key, value in optional.items() if value),
        *(("availability", value) for value in query.availability),
    )
    return Call("GET", _extension(server_url, extension_id) + "/message-store", LIGHT, params)


def sync_call(server_url: str, extension_id: str, frame: FullSync | str) -> Call:
    """Synchronize: a frame starts anew, a sync token goes on within the token's own frame."""
    url = _extension(server_url, extension_id) + "/message-sync"
    if isinstance(frame, str):
        return Call("GET", url, LIGHT, (("syncType", "ISync"), ("syncToken", frame)))
    date_to = (("dateTo", spelled(frame.date_to)),) if frame.date_to else ()
    params = (
        ("syncType", "FSync"),
        ("messageType", "Fax"),
        ("recordCount", str(frame.record_count)),
        ("dateFrom", spelled(frame.date_from)),
        *date_to,
    )
    return Call("GET", url, LIGHT, params)


def message_call(server_url: str, extension_id: str, message_id: str) -> Call:
    """Read one message."""
    if not _MESSAGE.fullmatch(message_id):
        raise NotFound("That is not the id of a message.")
    url = f"{_extension(server_url, extension_id)}/message-store/{message_id}"
    return Call("GET", url, LIGHT)


def messages_from(answer: object) -> list[Message]:
    """The messages of one page of a list."""
    return list(_records(as_object(answer, "a list is not an object")))


def sync_from(answer: object) -> SyncResult:
    """Read a sync; without a new token it is no answer, for the next sync could not follow it."""
    body = as_object(answer, "a sync is not an object")
    info = inner(body.get("syncInfo"))
    token = text(info.get("syncToken"))
    if not token:
        raise Unreachable("RingCentral's answer cannot be read: a sync has no sync token.")
    return SyncResult(
        records=_records(body),
        sync_token=token,
        sync_type=text(info.get("syncType")),
        older_records_exist=info.get("olderRecordsExist") in (True, "true"),
    )


def _records(body: Json) -> tuple[Message, ...]:
    records = body.get("records")
    if not isinstance(records, list):
        raise Unreachable("RingCentral's answer cannot be read: it has no list of records.")
    return tuple(map(Message.from_json, records))


def _extension(server_url: str, extension_id: str) -> str:
    if not _EXTENSION.fullmatch(extension_id):
        raise NotFound("That is not the id of an extension.")
    return f"{server_url}/restapi/v1.0/account/~/extension/{extension_id}"
