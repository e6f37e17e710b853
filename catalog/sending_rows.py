"""A fax that is to be sent, as the catalog takes it in and hands it out: plain values."""

from dataclasses import dataclass, field
from datetime import datetime

WAITING = "waiting"
SENDING = "sending"
SENT = "sent"
REFUSED = "refused"
UNSURE = "unsure"
CANCELLED = "cancelled"
EXPIRED = "expired"
STATES = (WAITING, SENDING, SENT, REFUSED, UNSURE, CANCELLED, EXPIRED)


@dataclass(frozen=True)
class Addressee:
    """One recipient of a sending: the number in E.164, and the name for the cover sheet or ""."""

    number: str = field(repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True)
class SendingDocument:
    """One document of a sending. `sha256` is of its plain bytes, `pages` None where unknown."""

    position: int
    name: str = field(repr=False)
    content_type: str
    size: int
    sha256: str
    pages: int | None = None


@dataclass(frozen=True)
class IdempotencyKey:
    """What a caller named its request, so that it may repeat it without sending twice.

    `scope` says who may use which keys (a token, say), `fingerprint` is a digest of the request.
    """

    scope: str
    key: str = field(repr=False)
    fingerprint: str


@dataclass(frozen=True)
class Sending:
    """One order to send a fax, and how far it is.

    `state` is waiting, sending (an attempt was begun whose end is not known yet), sent (RingCentral
    has it as `message_id`), refused, unsure (a person must decide), cancelled or expired. `reason`
    and `advice` say why and what to do. `due_at` is not before when it goes: `send_at`, or at once.
    `looks` counts how often RingCentral was asked what became of the attempt of `attempted_at`.
    `original_message_id` is the message that it sends again or on. `has_files` while its documents
    lie in the outbox. `decided_by` is the person who ended an unsure one.
    """

    id: str
    mailbox_id: str
    state: str
    state_at: datetime
    origin: str
    requested_by: str
    requested_at: datetime
    due_at: datetime
    reason: str = ""
    advice: str = ""
    send_at: datetime | None = None
    cover_index: int | None = None
    cover_text: str = field(default="", repr=False)
    resolution: str = "High"
    country: str = ""
    original_message_id: str = ""
    attempts: int = 0
    attempted_at: datetime | None = None
    looks: int = 0
    looked_at: datetime | None = None
    message_id: str | None = None
    decided_by: str = ""
    has_files: bool = False

    @property
    def fax_id(self) -> str | None:
        """The fax that it became; None until RingCentral surely has it."""
        account, _, _ = self.mailbox_id.rpartition("-")
        return f"{account}-{self.message_id}" if self.message_id else None


@dataclass(frozen=True)
class SendingQuery:
    """Which sendings to list; None leaves a condition out.

    `before` is the id of the last one of the page before.
    """

    mailbox: str | None = None
    state: str | None = None
    limit: int = 100
    before: str | None = None


@dataclass(frozen=True)
class SendingChange:
    """A sending goes from one state into another, and why; `by` names the person, if one did it.

    `attempted_at` is that of the attempt it follows from: it means nothing to a later one.
    """

    was: str
    state: str
    reason: str = ""
    advice: str = ""
    by: str = ""
    attempted_at: datetime | None = None
