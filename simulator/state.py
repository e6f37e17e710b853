"""The things RingCentral holds, faxes apart: accounts, extensions, calls and subscriptions."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.faxes import Party
from simulator.mailbox import Mailbox

_SCOPES = (
    "ReadMessages EditMessages Faxes SubscriptionWebhook ReadAccounts EditAccounts ReadCallLog"
)
ALL_SCOPES = frozenset(_SCOPES.split())


@dataclass(eq=False)
class Extension:
    """One user, queue or fax line of an account, with its faxes.

    `readable` says whether administrators may read these.
    """

    id: str
    account_id: str
    number: str
    name: str
    phone: str
    jwt: str = ""
    jwt_expires: str = ""
    type: str = "User"
    status: str = "Enabled"
    admin: bool = False
    content_type: str = "application/pdf"
    readable: bool = True
    removed: datetime | None = None
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def party(self) -> Party:
        """Itself as a side of a fax."""
        return Party(self.phone, self.name)


@dataclass(frozen=True)
class Number:
    """A phone number in E.164; `extension_id` is empty where it is mapped to none."""

    id: str
    number: str
    usage: str
    type: str
    extension_id: str = ""


@dataclass(eq=False)
class Account:
    """One RingCentral account and the one app registered with it; the first has `position` 1.

    `other_extensions` says what happens when an administrator subscribes to another extension's
    messages: allow, refuse (SUB-405) or disable (the filter comes back as disabled).
    """

    id: str
    position: int
    name: str
    client_id: str
    client_secret: str
    scopes: frozenset[str] = ALL_SCOPES
    extensions: dict[str, Extension] = field(default_factory=dict)
    numbers: list[Number] = field(default_factory=list)
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

    @property
    def ended(self) -> datetime:
        """When it was over."""
        return self.started + timedelta(seconds=self.seconds)


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
