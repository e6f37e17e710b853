"""RingCentral's fax messages as values, read alike from lists, syncs and instant events."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from errors import Unreachable
from ringcentral_api.reading import Json, as_object, digits, inner, moment, number, objects, text

_EXTENSION_IN_URI = re.compile(r"/extension/(\d{1,20})/")


@dataclass(frozen=True)
class Party:
    """One end of a fax; `number` as RingCentral spells it, or the extension number."""

    number: str | None = field(repr=False)
    name: str | None = field(repr=False)

    @classmethod
    def from_json(cls, value: Json) -> "Party":
        """Read `from`."""
        return cls(_number(value), text(value.get("name")))


@dataclass(frozen=True)
class Recipient:
    """One `to` entry: the true outcome of a sent fax is here, the message's own is an aggregate."""

    recipient_id: str | None
    number: str | None = field(repr=False)
    name: str | None = field(repr=False)
    status: str | None
    error_code: str | None

    @classmethod
    def from_json(cls, value: Json) -> "Recipient":
        """Read one entry of `to`."""
        return cls(
            recipient_id=text(value.get("recipientId")),
            number=_number(value),
            name=text(value.get("name")),
            status=text(value.get("messageStatus")),
            error_code=text(value.get("faxErrorCode")),
        )


@dataclass(frozen=True)
class Attachment:
    """Where a document of the message is; `size` in bytes. Download by `uri`, never build one."""

    id: str | None
    uri: str | None
    type: str | None
    content_type: str | None
    file_name: str | None = field(repr=False)
    size: int | None

    @classmethod
    def from_json(cls, value: Json) -> "Attachment":
        """Read one entry of `attachments`; the file name has two spellings."""
        return cls(
            id=text(value.get("id")),
            uri=text(value.get("uri")),
            type=text(value.get("type")),
            content_type=text(value.get("contentType")),
            file_name=text(value.get("fileName")) or text(value.get("filename")),
            size=number(value.get("size")),
        )


@dataclass(frozen=True)
class Message:
    """One message; of a deleted one a sync tells `id` and `availability` only. Times are UTC."""

    id: str
    extension_id: str | None
    type: str | None
    direction: str | None
    availability: str | None
    message_status: str | None
    read_status: str | None
    created_at: datetime | None
    modified_at: datetime | None
    pages: int | None
    resolution: str | None
    subject: str | None = field(repr=False)
    sender: Party | None
    recipients: tuple[Recipient, ...]
    attachments: tuple[Attachment, ...]
    raw: Json = field(repr=False, hash=False)

    @classmethod
    def from_json(cls, value: object) -> "Message":
        """Read a message or the body of an instant event; Unreachable without an object or id."""
        body = as_object(value, "a message is not an object")
        return cls(
            id=_message_id(body),
            extension_id=_extension_id(body),
            type=text(body.get("type")),
            direction=text(body.get("direction")),
            availability=text(body.get("availability")),
            message_status=text(body.get("messageStatus")),
            read_status=text(body.get("readStatus")),
            created_at=moment(body.get("creationTime")),
            modified_at=moment(body.get("lastModifiedTime")),
            pages=number(body.get("faxPageCount")) or None,  # 0 means: not counted yet
            resolution=text(body.get("faxResolution")),
            subject=text(body.get("subject")),
            sender=Party.from_json(inner(body["from"])) if inner(body.get("from")) else None,
            recipients=tuple(map(Recipient.from_json, objects(body.get("to")))),
            attachments=tuple(map(Attachment.from_json, objects(body.get("attachments")))),
            raw=body,
        )


def _message_id(body: Json) -> str:
    found = digits(body.get("id"))
    if found is None:
        raise Unreachable("RingCentral's answer cannot be read: a message has no id.")
    return found


def _extension_id(body: Json) -> str | None:
    given = digits(body.get("extensionId"))
    if given is not None:
        return given
    in_uri = _EXTENSION_IN_URI.search(text(body.get("uri")) or "")
    return in_uri[1] if in_uri else None


def _number(party: Json) -> str | None:
    return text(party.get("phoneNumber")) or text(party.get("extensionNumber"))
