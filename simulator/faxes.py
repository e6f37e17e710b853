"""A fax and its parts: the document, the parties, the recipients, and what ails it."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Document:
    """The bytes of a fax as RingCentral keeps them."""

    data: bytes
    content_type: str
    pages: int

    @cached_property
    def sha256(self) -> str:
        """Of the bytes, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Party:
    """A side of a fax; `number` in E.164."""

    number: str
    name: str = ""
    location: str = ""


@dataclass(eq=False)
class Recipient:
    """One addressee of an outbound fax; `error` is a faxErrorCode, filled when it failed."""

    id: str
    party: Party
    status: str = "Queued"
    error: str = ""


@dataclass
class Ailment:
    """A content fault that one fax has caught, for some tries or until a moment."""

    name: str
    tries: int
    until: datetime | None = None
    status: int = 409


@dataclass(eq=False)
class Fax:
    """One message of type Fax in one extension's message store."""

    id: str
    account_id: str
    extension_id: str
    direction: str
    sender: Party
    recipients: list[Recipient]
    created: datetime
    modified: datetime
    document: Document | None
    attachment_id: str
    resolution: str = "High"
    page_count: int | None = None
    read_status: str = "Unread"
    availability: str = "Alive"
    unavailable_since: datetime | None = None
    hidden_until: datetime | None = None
    evicted: datetime | None = None
    rendered: bool = True
    cover_index: int = 0
    cover_text: str = ""
    sources: list[dict[str, object]] = field(default_factory=list)
    doom: str = ""
    ailment: Ailment | None = None
    examined: int = -1
    gone: bool = False
    epitaph: dict[str, Any] | None = None
    """Its record in the truth, made once when it is gone: nothing can change any more."""

    @property
    def status(self) -> str:
        """The aggregate over recipients (SPEC MessageStatusEnum)."""
        if self.direction == "Inbound":
            return "Received"
        states = [recipient.status for recipient in self.recipients]
        for state in ("Queued", "SendingFailed"):
            if state in states:
                return state
        return "Delivered" if set(states) == {"Delivered"} else "Sent"

    def change(self, now: datetime) -> None:
        """It changed now; no two changes have the same time."""
        self.modified = max(now, self.modified + timedelta(milliseconds=1))

    @property
    def subject(self) -> str:
        """Samples show the called number."""
        return self.recipients[0].party.number if self.recipients else ""
