"""Reads the body of a RingCentral notification; knows every shape it has been seen in.

A notification says *that* a mailbox changed, rarely *what*. So the only results are: look at this
mailbox, here is a fax in full (the fast path), this is about our subscription, or none of our
business. Envelope: developers.ringcentral.com/guide/notifications.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_PATH = re.compile(
    r"/restapi/v1\.0/account/(?P<account>[^/?]+)/extension/(?P<extension>[^/?]+)"
    r"/(?P<topic>message-store(?:/instant)?|fax)(?:\?.*)?$"
)
_SUBSCRIPTION = re.compile(r"/restapi/v1\.0/subscription/")
_EXTENSIONS = re.compile(r"/restapi/v1\.0/account/[^/?]+/extension/?(?:\?.*)?$")


@dataclass(frozen=True)
class Notification:
    """What a notification means to us.

    `kind` is "change" (look at the mailbox), "fax" (`fax` holds the message in full), "extensions"
    (the account's extensions changed), "reminder" (of a subscription that will expire) or "other".
    `account_id` and `extension_id` are "" where none is named. `is_change`: it may be about a fax
    that is known, not only about new ones; that decides how soon to look, and nothing else.
    """

    kind: str
    uuid: str
    event: str
    extension_id: str = ""
    account_id: str = ""
    fax: Mapping[str, object] | None = None
    is_change: bool = field(default=True, compare=False)


def parse_notification(body: bytes) -> Notification:
    """Read one notification body.

    Raises:
        ValueError: the body is not a notification; it must be kept as it came.
    """
    envelope = _object(_json(body), "the body")
    event = envelope.get("event")
    if not isinstance(event, str) or not event.isprintable():
        raise ValueError("no event name")
    uuid = _text(envelope.get("uuid"))
    if _SUBSCRIPTION.match(event):
        return Notification("reminder", uuid, event)
    if _EXTENSIONS.match(event):
        return Notification("extensions", uuid, event)
    path = _PATH.match(event)
    if path is None:
        return Notification("other", uuid, event)
    content = _object(envelope.get("body"), "the event's body")
    extension_id = _extension(path["extension"], content, envelope)
    account_id = _first_digits(path["account"], content.get("accountId"))
    named = (uuid, event, extension_id, account_id)
    if path["topic"] != "message-store" and content.get("id") is not None:
        if content.get("type") == "Fax":
            return Notification("fax", *named, content, is_change=False)
        return Notification("other", *named)
    kind = "change" if _concerns_fax(content) else "other"
    return Notification(kind, *named, is_change=not _tells_of_new_ones_only(content))


def _json(body: bytes) -> object:
    """Strict JSON. Python would also read NaN and half characters, which no database can hold."""
    try:
        value = json.loads(body)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _concerns_fax(content: Mapping[str, object]) -> bool:
    """Whether the counters name faxes; an entry without a type could be one.

    Which counter moved says nothing of the direction, so the counts are not read here.
    """
    changes = content.get("changes")
    if not isinstance(changes, list):
        return True
    types = [change.get("type") for change in changes if isinstance(change, dict)]
    return not types or any(not isinstance(t, str) or t.lower() == "fax" for t in types)


def _tells_of_new_ones_only(content: Mapping[str, object]) -> bool:
    """Whether every entry about faxes counts new ones, and none that were updated."""
    changes = content.get("changes")
    entries = [e for e in changes if isinstance(e, dict)] if isinstance(changes, list) else []
    faxes = [e for e in entries if str(e.get("type", "fax")).lower() == "fax"]
    return bool(faxes) and all(e.get("newCount") and not e.get("updatedCount") for e in faxes)


def _extension(in_path: str, content: Mapping[str, object], envelope: Mapping[str, object]) -> str:
    return _first_digits(in_path, content.get("extensionId"), envelope.get("ownerId"))


def _first_digits(*candidates: object) -> str:
    texts = (_text(candidate) for candidate in candidates)
    return next((text for text in texts if text.isascii() and text.isdigit()), "")


def _text(value: object) -> str:
    """Ids come as numbers and as strings; a boolean is neither."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    return text if text.isprintable() else ""


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is not a JSON object")
    return value
