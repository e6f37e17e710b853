"""The life of faxes: received, sent, finished, read, deleted; each change is announced."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.calls import log_inbound, log_outbound
from simulator.events import announce
from simulator.faxes import Document, Fax, Party, Recipient
from simulator.refusals import invalid
from simulator.retention import shrink_inbox
from simulator.state import Extension
from simulator.world import World

_ERRORS = (
    "AllLinesInUse Undefined NoFaxSendPermission NoInternationalPermission NoFaxMachine NoAnswer "
    "LineBusy CallerHungUp NotEnoughCredits SentPartially InternationalCallingDisabled "
    "DestinationCountryDisabled UnknownCountryCode NotAccepted InvalidNumber CallDeclined "
    "TooManyCallsPerLine CallFailed RenderingFailed TooManyPages ReturnToDBQueue NoCallTime "
    "WrongNumber ProhibitedNumber InternalError FaxSendingProhibited ThePhoneIsBlacklisted "
    "UserNotFound ConvertError DBGeneralError SkypeBillingFailed AccountSuspended "
    "ProhibitedDestination InternationalDisabled"
)
ERRORS = frozenset(_ERRORS.split())
OUTCOMES = ("Sent", "Delivered", "SendingFailed", "DeliveryFailed")
LIKELY_ERRORS = ("LineBusy", "NoAnswer", "NoFaxMachine", "CallFailed", "InvalidNumber")


@dataclass(frozen=True)
class Outcome:
    """How a fax ended for a recipient; only an `error` means SendingFailed, neither means Sent."""

    status: str = ""
    error: str = ""


@dataclass(frozen=True)
class Outbound:
    """A fax to be sent; `document` None means it fails with the faxErrorCode `doom`."""

    to: tuple[Party, ...]
    document: Document | None
    resolution: str = "High"
    cover_index: int = 0
    cover_text: str = ""
    sources: tuple[dict[str, object], ...] = ()
    send_at: datetime | None = None
    doom: str = ""


def receive(
    world: World, extension: Extension, faxes: Sequence[tuple[Party, Document]]
) -> list[Fax]:
    """Let faxes arrive, each with its sender and document."""
    arrived = [_arrive(world, extension, sender, document) for sender, document in faxes]
    if world.settings.coalesce:
        announce(world, arrived, "new")
    else:
        for fax in arrived:
            announce(world, [fax], "new")
    return arrived


def _arrive(world: World, extension: Extension, sender: Party, document: Document) -> Fax:
    fax = _new_fax(world, extension, "Inbound", document)
    fax.sender = sender
    fax.recipients = [Recipient("", extension.party, "Received")]
    fax.page_count = document.pages
    extension.mailbox.add(fax)
    log_inbound(world, fax)
    shrink_inbox(world.accounts[extension.account_id], extension.mailbox, fax.created)
    return fax


def _new_fax(world: World, extension: Extension, direction: str, document: Document | None) -> Fax:
    now = world.clock.now()
    return Fax(
        id=world.new_id(),
        account_id=extension.account_id,
        extension_id=extension.id,
        direction=direction,
        sender=extension.party,
        recipients=[],
        created=now,
        modified=now,
        document=document,
        attachment_id=world.new_id(),
    )


def submit(world: World, extension: Extension, outbound: Outbound) -> Fax:
    """Queue an outbound fax; it is finished by `set_outcome` or, if so set, by the clock."""
    fax = _new_fax(world, extension, "Outbound", outbound.document)
    fax.recipients = [Recipient(world.new_id(), party) for party in outbound.to]
    fax.read_status = "Read"
    fax.page_count = 0
    fax.rendered = False
    fax.resolution = outbound.resolution
    fax.cover_index, fax.cover_text = outbound.cover_index, outbound.cover_text
    fax.sources, fax.doom = list(outbound.sources), outbound.doom
    extension.mailbox.add(fax)
    announce(world, [fax], "new")
    if world.settings.finish_after >= 0:
        start = outbound.send_at or fax.created
        due = start + timedelta(seconds=world.settings.finish_after)
        world.agenda.at(due, lambda: _finish_by_itself(world, fax))
    return fax


def _finish_by_itself(world: World, fax: Fax) -> None:
    choice = world.draw("outcomes")
    for recipient in fax.recipients:
        if recipient.status == "Queued" and fax.availability == "Alive" and not fax.gone:
            failed = choice.random() < world.settings.failure_rate
            error = choice.choice(LIKELY_ERRORS) if failed else ""
            set_outcome(world, fax, Outcome(error=error), [recipient])


def render(world: World, fax: Fax) -> None:
    """The document of an outbound fax is ready: page count and content appear."""
    if not fax.rendered and fax.document is not None:
        fax.rendered = True
        fax.page_count = fax.document.pages
        touch(world, fax)


def set_outcome(
    world: World, fax: Fax, outcome: Outcome, recipients: Sequence[Recipient] = ()
) -> None:
    """Finish an outbound fax for one recipient, or for all: Sent, or failed with a faxErrorCode.

    Raises Refusal (400) for an inbound fax or a word RingCentral does not use.
    """
    status, error = outcome.status, outcome.error
    if fax.document is None:
        status, error = "SendingFailed", fax.doom
    status = status or ("SendingFailed" if error else "Sent")
    if fax.direction != "Outbound" or status not in OUTCOMES or (error and error not in ERRORS):
        raise invalid("status")
    render(world, fax)
    for each in recipients or fax.recipients:
        each.status, each.error = status, error
        log_outbound(world, fax, each)
    if fax.document is None:
        fax.page_count = None
    touch(world, fax)


def set_step(world: World, fax: Fax, outcome: Outcome, recipients: Sequence[Recipient]) -> None:
    """A recipient's status becomes any word, on the way or not, known or of later years.

    Raises Refusal (400) for an inbound fax, or without a word.
    """
    if fax.direction != "Outbound" or not outcome.status:
        raise invalid("status")
    for each in recipients:
        each.status, each.error = outcome.status, outcome.error
    touch(world, fax)


def dial(world: World, fax: Fax, error: str, recipients: Sequence[Recipient]) -> None:
    """A call for a fax failed, and it stays queued to be tried again: only the call log tells.

    Raises Refusal (400) for an inbound fax or a word RingCentral does not use.
    """
    if fax.direction != "Outbound" or error not in ERRORS:
        raise invalid("error")
    for each in recipients:
        log_outbound(world, fax, Recipient(each.id, each.party, each.status, error))


def touch(world: World, fax: Fax) -> None:
    """The fax changed now."""
    fax.change(world.clock.now())
    announce(world, [fax], "updated")


def mark(world: World, fax: Fax, read_status: str) -> None:
    """Set Read or Unread. Raises Refusal (400) for anything else."""
    if read_status not in ("Read", "Unread"):
        raise invalid("readStatus")
    fax.read_status = read_status
    touch(world, fax)


def delete(world: World, fax: Fax, *, purge: bool = False) -> None:
    """Alive becomes Deleted, Deleted becomes Purged; `purge` goes there at once."""
    if fax.availability == "Purged":
        return
    last = purge or fax.availability == "Deleted"
    now = world.clock.now()
    world.owner(fax).mailbox.withdraw(fax, "Purged" if last else "Deleted", now)
    touch(world, fax)


def hide(world: World, fax: Fax, seconds: float) -> None:
    """Show a fax nowhere until `seconds` (> 0) of the clock have passed; it changes then.

    Raises ValueError.
    """
    if seconds <= 0:
        raise ValueError("a fax is hidden for some seconds")
    due = fax.hidden_until = world.clock.now() + timedelta(seconds=seconds)

    def appear() -> None:
        if fax.hidden_until == due:
            fax.hidden_until = None
            fax.change(due)

    world.agenda.at(due, appear)


def restore(world: World, fax: Fax) -> None:
    """A Deleted fax is Alive again. Raises Refusal (400) for a purged one."""
    if fax.availability == "Purged":
        raise invalid("availability")
    world.owner(fax).mailbox.restore(fax)
    touch(world, fax)
