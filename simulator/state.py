"""The things RingCentral holds: accounts, extensions, faxes, calls and subscriptions."""

import hashlib
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

_SCOPES = (
    "ReadMessages EditMessages Faxes SubscriptionWebhook ReadAccounts EditAccounts ReadCallLog"
)
ALL_SCOPES = frozenset(_SCOPES.split())


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
    evicted: datetime | None = None
    rendered: bool = True
    cover_index: int = 0
    cover_text: str = ""
    sources: list[dict[str, object]] = field(default_factory=list)
    doom: str = ""
    ailment: Ailment | None = None
    examined: int = -1
    gone: bool = False

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

    @property
    def subject(self) -> str:
        """Samples show the called number."""
        return self.recipients[0].party.number if self.recipients else ""


@dataclass(eq=False)
class Extension:
    """One user, queue or fax line of an account, with its message store."""

    id: str
    account_id: str
    number: str
    name: str
    phone: str
    jwt: str
    type: str = "User"
    status: str = "Enabled"
    admin: bool = False
    content_type: str = "application/pdf"
    faxes: dict[str, Fax] = field(default_factory=dict)
    inbox: deque[Fax] = field(default_factory=deque)

    @property
    def party(self) -> Party:
        """Itself as a side of a fax."""
        return Party(self.phone, self.name)


@dataclass(eq=False)
class Account:
    """One RingCentral account and the one app registered with it.

    `other_extensions` says what happens when an administrator subscribes to another extension's
    messages: allow, refuse (SUB-405) or disable (the filter comes back as disabled).
    """

    id: str
    name: str
    client_id: str
    client_secret: str
    scopes: frozenset[str] = ALL_SCOPES
    extensions: dict[str, Extension] = field(default_factory=dict)
    inbox_limit: int = 200
    retention_days: int = 30
    hipaa: bool = False
    other_extensions: str = "allow"
    refresh_tokens: bool = True
    calls: list["Call"] = field(default_factory=list)


@dataclass(frozen=True)
class Call:
    """One finished fax call."""

    id: str
    session_id: str
    extension_id: str
    direction: str
    sender: Party
    target: Party
    started: datetime
    seconds: float
    result: str
    reason: str = ""
    description: str = ""
    fax_id: str = ""


@dataclass(eq=False)
class Subscription:
    """A webhook subscription; `filters` are resolved, `disabled` are those that never fire."""

    id: str
    account_id: str
    extension_id: str
    client_id: str
    address: str
    secret: str
    filters: list[str]
    created: datetime
    expires: datetime
    lifetime: int
    disabled: list[str] = field(default_factory=list)
    disabled_reason: str = "SubscriptionNotAllowed"
    generation: int = 0
    status: str = "Active"
    blacklisted_at: datetime | None = None
    blacklist_reason: str = ""
    failing_since: datetime | None = None
    failures: int = 0

    def alive(self, now: datetime) -> bool:
        """Not expired; it may still be blacklisted."""
        return now < self.expires

    def extend(self, now: datetime, lifetime: int) -> None:
        """Live `lifetime` seconds from now."""
        self.lifetime = lifetime
        self.expires = now + timedelta(seconds=lifetime)
        self.generation += 1


@dataclass(frozen=True)
class Caller:
    """Who makes a request."""

    account: Account
    extension: Extension
    session_id: str


TASK_TIME = timedelta(seconds=10)


@dataclass(frozen=True)
class Task:
    """One export of an account's messages."""

    id: str
    account_id: str
    extension_id: str
    date_from: datetime
    date_to: datetime
    types: tuple[str, ...]
    created: datetime

    def done(self, now: datetime) -> bool:
        """Whether its archives can be fetched."""
        return now >= self.created + TASK_TIME
