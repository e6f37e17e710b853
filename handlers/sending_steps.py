"""What every change of a sending has in common: what belongs to it, and how it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from catalog import (
    Addressee,
    Mailbox,
    Outcome,
    Sending,
    SendingChange,
    SendingDocument,
    Transaction,
)
from errors import Later
from handlers.intake import Intake
from handlers.records import Told
from ringcentral_api import Message

BUSY_SECONDS = 15.0
DECIDE = "Look in RingCentral's app whether it was sent, then use `faxkeep outbox decide`."


@dataclass(frozen=True)
class Ordered:
    """A sending with everything that belongs to it."""

    sending: Sending
    mailbox: Mailbox
    to: Sequence[Addressee]
    documents: Sequence[SendingDocument]


def ordered_of(tx: Transaction, sending: Sending) -> Ordered | None:
    """A sending with everything that belongs to it; None when its mailbox is not known."""
    mailbox = tx.mailboxes.get(sending.mailbox_id)
    if mailbox is None:
        return None
    to, documents = tx.sendings.recipients(sending.id), tx.sendings.documents(sending.id)
    return Ordered(sending, mailbox, to, documents)


def enter_sent(
    intake: Intake, tx: Transaction, ordered: Ordered, message: Message, by: str = ""
) -> None:
    """In the caller's transaction: it has become this message, which is a fax of ours now."""
    now = intake.now()
    if not tx.sendings.mark_sent(ordered.sending, message.id, now, by):
        raise Later("Somebody else changed it just now.", BUSY_SECONDS)
    intake.take(tx, ordered.mailbox, [message], Told("message-store", "sending", now))


def end(tx: Transaction, sending: Sending, change: SendingChange, now: datetime) -> None:
    """It does not go as it was ordered, and somebody should be told."""
    fenced = replace(change, attempted_at=sending.attempted_at)
    if not tx.sendings.change(sending.id, fenced, now):
        return
    to = tx.sendings.recipients(sending.id)
    outcome = Outcome(
        id=f"{change.state}:{sending.id}:{sending.attempts}",
        kind="stuck" if change.state == "unsure" else "failed",
        at=now,
        mailbox_id=sending.mailbox_id,
        direction="Outbound",
        number=to[0].number if to else "",
        facts={
            "status": change.state,
            "reason": change.reason,
            "advice": change.advice,
            "attempts": sending.attempts,
        },
    )
    tx.outcomes.record(outcome)
