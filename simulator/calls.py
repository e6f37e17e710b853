"""The call log's entries: one for each fax call that ended, also those that left no fax behind."""

from datetime import timedelta

from simulator.faxes import Fax, Party, Recipient
from simulator.state import Call, Extension
from simulator.world import World

RESULTS = {
    "LineBusy": ("Busy", "Line Busy"),
    "NoAnswer": ("No Answer", "No Answer"),
    "WrongNumber": ("Wrong Number", "Wrong Number"),
    "InvalidNumber": ("Wrong Number", "Bad Number"),
    "InternationalDisabled": ("International Disabled", "International Disabled"),
    "NotEnoughCredits": ("No Calling Credit", "No Credit"),
    "RenderingFailed": ("Send Error", "Fax Prepare Error"),
    "SentPartially": ("Fax Partially Sent", "Fax Partially Sent"),
    "NoFaxMachine": ("Receive Error", "Receive Error"),
}
SECONDS_PER_PAGE = 28


def log_inbound(world: World, fax: Fax) -> None:
    """An inbound fax came through."""
    _add(world, fax, fax.recipients[0].party, ("Received", ""))


def log_outbound(world: World, fax: Fax, recipient: Recipient) -> None:
    """A call of an outbound fax ended."""
    if recipient.error or recipient.status.endswith("Failed"):
        outcome = RESULTS.get(recipient.error, ("Fax Not Sent", "Fax Not Sent"))
    else:
        outcome = ("Sent", "")
    _add(world, fax, recipient.party, outcome)


def log_lost(world: World, extension: Extension, sender: Party | None = None) -> Call:
    """An inbound fax call failed; nothing but this entry tells of it."""
    seconds = float(world.draw("calls").randint(3, 40))
    call = Call(
        id=world.new_uuid(),
        session_id=world.new_id(),
        extension_id=extension.id,
        direction="Inbound",
        sender=sender or world.stranger(),
        target=extension.party,
        started=world.clock.now() - timedelta(seconds=seconds),
        seconds=seconds,
        result="Receive Error",
        reason="Fax Not Received",
        description="The fax was not received because of a line failure",
    )
    world.accounts[extension.account_id].calls.append(call)
    return call


def _add(world: World, fax: Fax, target: Party, outcome: tuple[str, str]) -> None:
    choice = world.draw("calls")
    pages = fax.page_count or 0
    seconds = 6 + pages * SECONDS_PER_PAGE * choice.uniform(0.7, 1.4)
    now = world.clock.now()
    if fax.direction == "Outbound":  # no call for it can have begun before it was there
        seconds = min(seconds, (now - fax.created).total_seconds())
    call = Call(
        id=world.new_uuid(),
        session_id=world.new_id(),
        extension_id=fax.extension_id,
        direction=fax.direction,
        sender=fax.sender,
        target=target,
        started=now - timedelta(seconds=seconds),
        seconds=round(seconds, 3),
        result=outcome[0],
        reason=outcome[1],
        fax_id=fax.id,
    )
    world.accounts[fax.account_id].calls.append(call)
