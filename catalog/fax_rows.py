"""A fax as the catalog takes it in and hands it out: plain values, nothing else."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Recipient:
    """One entry of a message's `to`; for an inbound fax our own number, without a status."""

    recipient_id: str | None = None
    number: str | None = None
    name: str | None = None
    status: str | None = None
    error_code: str | None = None
    raw: str = field(default="", compare=False)
    """RingCentral's own JSON of this entry; kept with each delivery step, not read back here."""


@dataclass(frozen=True)
class NewFax:
    """What is told of a fax. `raw` is RingCentral's JSON.

    `origin` is who tells it: 'message-store', 'event' (a notification), 'export' (RingCentral's
    message store export), 'import' (another archiver) or 'call-log'. `found_by` is what we did
    when we first heard of it: 'event', 'look', 'listing', 'sending', 'export', 'import' or
    'call-log'.
    """

    account_id: str
    mailbox_id: str
    message_id: str
    direction: str
    message_status: str
    read_status: str
    availability: str
    created_at: datetime
    raw: str
    origin: str
    modified_at: datetime | None = None
    pages: int | None = None
    resolution: str | None = None
    subject: str | None = None
    from_number: str | None = None
    from_name: str | None = None
    found_by: str = ""
    recipients: tuple[Recipient, ...] = ()

    @property
    def id(self) -> str:
        """Account and message: the one identity of a fax."""
        return f"{self.account_id}-{self.message_id}"


@dataclass(frozen=True)
class Fax:
    """One row: what RingCentral says (see NewFax), and how far we are with it.

    `state` is pending, archived, refused or lost. `version` counts the material changes; with
    `unrecorded` the fax is archived but some of them are not yet in its record on disk.
    `availability_at` is when we learned of the present availability. `listed_at` is the last full
    listing that named it, `unlisted_at` the first that did not. `evidence` is JSON: how we know
    that it is lost.
    """

    id: str
    account_id: str
    mailbox_id: str
    message_id: str
    direction: str
    message_status: str
    read_status: str
    availability: str
    availability_at: datetime
    created_at: datetime
    modified_at: datetime | None
    pages: int | None
    resolution: str | None
    subject: str | None
    from_number: str | None
    from_name: str | None
    raw: str
    origin: str
    state: str
    state_reason: str
    state_at: datetime
    folder: str | None
    revision: int
    version: int
    unrecorded: bool
    first_seen_at: datetime
    found_by: str = ""
    evidence: str = ""
    listed_at: datetime | None = None
    unlisted_at: datetime | None = None


@dataclass(frozen=True)
class DeliveryStep:
    """One status of one recipient, when we first saw it, and RingCentral's JSON that said so."""

    position: int
    step: int
    status: str
    error_code: str | None
    seen_at: datetime
    raw: str


@dataclass(frozen=True)
class FaxQuery:
    """Which faxes to list; None leaves a condition out.

    `number` is compared as stored, with sender and recipients; `since` is included, `until` is
    not; `before` is the id of the last fax of the page before.
    """

    mailbox: str | None = None
    direction: str | None = None
    state: str | None = None
    number: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    before: str | None = None


@dataclass(frozen=True)
class Recorded:
    """What `record` found: a fax we did not know, and whether anything material changed.

    `steps` are those that it added.
    """

    new: bool
    changed: bool
    steps: tuple[DeliveryStep, ...] = field(default=(), compare=False)
